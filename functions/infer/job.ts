/**
 * Writes the job that a candidate is sent: demand, bill and placement of one ask.
 * @module
 */
import { toModelled } from "../../contract/to-placement.ts";
import { type Job, jobVersion } from "../../durable-objects/node/job.ts";
import type { Elements } from "../../mesh/orbit/elements.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import type { Objective } from "../../mesh/placement/objective.ts";
import type { Caller } from "../services.ts";
import { onBoardOf } from "./on-board.ts";
import { policyRecord } from "../params/policy.ts";
import type { Origin } from "../../contract/origin.ts";
import type { Policy } from "../../contract/policy.ts";
import type { TraceHeaders } from "../../contract/trace.ts";
import type { Tensor } from "../../contract/tensor.ts";
import type { AskClass, PriceList } from "../../mesh/billing/receipt.ts";
import { LIGHT, type RadioProfile } from "../../mesh/radio/profile.ts";
import { seconds } from "../../mesh/units.ts";
import type { ModelSpec } from "../../models/catalogue.ts";

/** An inference that some API has read and checked. */
export interface InferAsk {
  spec: ModelSpec;
  inputs: Tensor[];
  /** What came over the wire: it is sent up, and billed. */
  bytes_up: number;
  origin: Origin;
  /** How long the modelled way up, wait, run and way down may take together; null: no limit. */
  deadline_ms: number | null;
  class: AskClass;
  policy: Policy | undefined;
  /** Undefined: latency. */
  objective: Objective | undefined;
}

/** What a job says of an ask without tensors: one of a language model. */
export interface TokensAsk extends Pick<InferAsk, "origin" | "policy" | "objective"> {
  spec: Pick<ModelSpec, "name" | "version"> & { uploaded: null };
}

/** Makes the job for one candidate. */
export function jobOf(
  {
    caller,
    request_id,
    request,
    ask,
    candidate,
    id,
    attempts,
    tentative,
    passed_s,
    elements,
    prices,
    lease_id,
    radio,
    trace,
  }: {
    caller: Caller;
    request_id: string;
    request: InferAsk | TokensAsk;
    ask: Ask;
    candidate: Candidate;
    id: string;
    /** How many nodes have been asked, counting this one. */
    attempts: number;
    /** Whether another node may run it too. */
    tentative: boolean;
    /** Of the deadline, before this node is asked; mesh clock. */
    passed_s: number;
    elements: Elements;
    prices: PriceList;
    /** The lease of budget that pays; null where the tenant has no budget. */
    lease_id: string | null;
    /** By which it was placed. */
    radio: RadioProfile;
    /** As Job.trace. */
    trace?: TraceHeaders;
  },
): Job {
  const { tenant_id, key_id } = caller;
  const { node, region, timing } = candidate;
  const modelled = toModelled(timing);
  const { uploaded } = request.spec;
  return {
    v: jobVersion(uploaded, tentative, !isLight(radio)),
    ...(tentative && { tentative }),
    id,
    request_id,
    ...(trace && { trace }),
    address: { node, region, elements },
    model: request.spec.name,
    ...(uploaded && { uploaded }),
    ...("inputs" in request && onBoardPart(request, ask)),
    demand: {
      id,
      class: ask.class,
      operations: ask.operations,
      model: { model: ask.model, bytes: ask.memory_bytes },
      load_bytes: ask.load_bytes,
      ...(ask.needs_hardware && { needs_hardware: true }),
      within: seconds(
        ask.deadline_ms === null
          ? Infinity
          : ask.deadline_ms / 1e3 - passed_s - timing.light - timing.transfer - timing.access,
      ),
    },
    bill: {
      tenant_id,
      key_id,
      model: request.spec.name,
      model_version: request.spec.version,
      class: ask.class,
      bytes_up: ask.bytes_up,
      lease_id,
    },
    prices,
    placement: {
      id,
      tenant_id,
      model: request.spec.name,
      class: ask.class,
      node,
      region,
      ...originColumns(request.origin),
      sub_lat: candidate.sub_point.lat,
      sub_lon: candidate.sub_point.lon,
      sub_alt_km: candidate.sub_point.alt,
      elevation_deg: candidate.look?.elevation ?? null,
      azimuth_deg: candidate.look?.azimuth ?? null,
      slant_range_km: candidate.look?.slant_range ?? null,
      sunlit: candidate.sunlit,
      path: candidate.path,
      policy: policyRecord(request.policy, request.objective),
      attempts,
      modelled_light_time_ms: modelled.light_time_ms,
      modelled_transfer_ms: modelled.transfer_ms,
      modelled_wait_ms: modelled.wait_ms,
      modelled_npu_ms: modelled.npu_ms,
      ...(!isLight(radio) && { modelled_access_ms: modelled.access_ms, radio: radio.name }),
      modelled_total_ms: modelled.total_ms,
      modelled_energy_mj: modelled.energy_mj,
      measured_wall_ms: null,
      placed_at_ms: Math.floor(ask.at),
    },
  };
}

/** Under `light` a job is as a release has it that knows no other radio. */
const isLight = ({ name }: RadioProfile): boolean => name === LIGHT.name;

function onBoardPart({ spec, inputs }: InferAsk, ask: Ask): Pick<Job, "onBoard"> {
  const onBoard = onBoardOf(spec, inputs, ask.needs_hardware ?? false);
  return onBoard ? { onBoard } : {};
}

function originColumns(origin: Origin) {
  return "node" in origin
    ? { origin_lat: null, origin_lon: null, origin_node: origin.node }
    : { origin_lat: origin.lat, origin_lon: origin.lon, origin_node: null };
}
