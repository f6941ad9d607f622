/**
 * From an ask to an answer: places the ask, and sends it to the candidates in turn until one runs
 * it. Every inference API comes through here.
 * @module
 */
import type { Measured } from "../../contract/board.ts";
import { ProblemError, PROBLEMS } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { elementBytes, freeTensors, type Tensor } from "../../contract/tensor.ts";
import { residentName } from "../../contract/uploaded-model.ts";
import {
  type Job,
  type JobResult,
  jobText,
  type StreamedResult,
  type TextResult,
} from "../../durable-objects/node/job.ts";
import { lacksMethod } from "../../durable-objects/shared/lacks-method.ts";
import {
  receiveTensors,
  sendTensors,
  travelAsStream,
} from "../../durable-objects/shared/tensor-stream.ts";
import { nodeObject, type Stub } from "../../durable-objects/names.ts";
import type { Execution } from "../../ledger/execution.ts";
import { type MeshClock, meshNow, realDelay } from "../../mesh/clock.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import type { Reason } from "../../mesh/placement/scores.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import { ELEVATION_MASK } from "../../mesh/placement/place.ts";
import { type PriceList, priceOf } from "../../mesh/billing/receipt.ts";
import type { Region } from "../../mesh/region.ts";
import type { ModelSpec } from "../../models/catalogue.ts";
import { ModelError } from "../../models/operations/model-error.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { retryAfter } from "../retry-after.ts";
import type { Services } from "../services.ts";
import { nextExecutionId } from "../idempotency/execution-id.ts";
import { placeOf, regionOf } from "../params/origin.ts";
import { giveBack, pay, type Payment } from "../billing/wallets.ts";
import { attachedBoards } from "../sky/attached-boards.ts";
import { emulatesLatency, passDown, passUp } from "./emulation.ts";
import { type InferAsk, jobOf } from "./job.ts";
import { whyHardware } from "../models/needs-hardware.ts";
import { measurePlacement, placeMicroseconds } from "../sky/placement-timer.ts";
import { checkedPolicy } from "../params/policy.ts";
import { pricesFor } from "../billing/price-lists.ts";
import { type SkyKeeper, skyKeeper } from "../sky/sky-keeper.ts";

/** What a run gave, and how long it took. */
export interface Answer {
  outputs: Tensor[];
  execution: Execution;
  measured: {
    place_us: number | null;
    engine_ms: number;
    wall_ms: number;
    /** By the node's board, if it ran the ask. */
    board: Measured | undefined;
  };
}

/**
 * Runs an ask on the first of the ranked nodes that admits it, and pays for it.
 * @throws ProblemError `no_node` or `deadline` if every node refuses, those of pay() and
 * pricesFor(), and those for a wrong origin, policy or header
 */
export async function think(services: Services, request: InferAsk): Promise<Answer> {
  const { env, log, timing } = services;
  const settings = settingsOf(env);
  // A request that is wrong is refused before anything is reserved for it.
  const emulate = emulatesLatency(services);
  const constellation = await constellationOf(services);
  const keeper = skyKeeper(constellation);
  const place = placeOf(request.origin, constellation);
  const region = regionOf(services, place);
  const hardware = counted(() => whyHardware(request.spec, request.inputs, env));
  const ask: Ask = {
    ...counted(() => askOf(request, place, meshNow(settings.clock, Date.now()))),
    needs_hardware: hardware !== null,
    policy: checkedPolicy(request.policy, constellation),
  };
  const ranked = await timing.measure("place", async () => {
    const sky = await keeper.at({ env, log, region }, ask.at);
    if (ask.needs_hardware) await attachedBoards(env, constellation, keeper.hints, Date.now());
    return measurePlacement(() => keeper.placer.rank(ask, sky));
  });
  // Runs behind the answer, so that no request waits for it.
  services.after(keeper.upkeep(env, region));
  // If every node refuses already, the ask reserves no budget, and the request gets back what it
  // counted for against the rate.
  if (ranked.every(({ refusal }) => refusal !== null)) {
    giveBack(services);
    throw nobodyNow(ranked, { ask, hardware }, settings.clock);
  }
  const prices = await pricesFor(services, ask.at);
  const payment = await pay(services, priceOf(ask, prices));
  const { outputs, execution, engine_ms, board } = await timing.measure(
    "think",
    () =>
      askInTurn(services, {
        constellation,
        keeper,
        request,
        ask,
        hardware,
        ranked,
        prices,
        payment,
        emulate,
      }),
  ).finally(() => payment.settle("unknown"));
  return {
    outputs,
    execution,
    measured: { place_us: placeMicroseconds(), engine_ms, wall_ms: timing.total(), board },
  };
}

/**
 * What a count gives: an uploaded model may not take inputs that each by itself fit its specification.
 * @throws ProblemError `invalid_request` with what the count says
 */
function counted<T>(count: () => T): T {
  try {
    return count();
  } catch (error) {
    if (error instanceof ModelError) throw new ProblemError("invalid_request", error.message);
    throw error;
  }
}

function askOf(
  { spec, inputs, bytes_up, deadline_ms, class: askClass }: InferAsk,
  place: Ask["origin"],
  at: Ask["at"],
): Omit<Ask, "policy"> {
  return {
    at,
    origin: place,
    operations: spec.operations(inputs.map(({ shape }) => shape), inputs),
    model: spec.uploaded ? residentName(spec.uploaded) : spec.name,
    memory_bytes: spec.memory_bytes,
    load_bytes: spec.file_bytes,
    bytes_up,
    bytes_down: bytesDown(spec, inputs),
    deadline_ms,
    class: askClass,
    elevation_mask: ELEVATION_MASK,
  };
}

/** The bytes of the answer: they follow from the shapes of the inputs before anything runs. */
function bytesDown(spec: ModelSpec, inputs: readonly Tensor[]): number {
  return spec.outputShapes(inputs.map(({ shape }) => shape), inputs).reduce((sum, shape, i) => {
    const elements = shape.reduce((product, size) => product * size, 1);
    // Of BYTES only the lengths are known before the run.
    return sum + elements * (elementBytes(spec.outputs[i].datatype) ?? 4);
  }, 0);
}

interface Round {
  constellation: Constellation;
  keeper: SkyKeeper;
  request: InferAsk;
  ask: Ask;
  hardware: ReturnType<typeof whyHardware>;
  ranked: Candidate[];
  prices: PriceList;
  payment: Payment;
  emulate: boolean;
}

/**
 * Asks one candidate after the other until one answers. Each candidate's digest becomes a hint.
 * @throws ProblemError as nobody() makes it, if no candidate answers
 */
async function askInTurn(
  services: Services,
  round: Round,
): Promise<JobResult & { ok: true }> {
  const { constellation, keeper, request, ask, ranked, prices, payment, emulate } = round;
  const { clock } = settingsOf(services.env);
  const id = nextExecutionId(services);
  const refusals: Reason[] = [];
  let again = Infinity;
  let attempts = 0;
  // If a node did not answer, it may have run the ask all the same: then the wallet must not be told
  // that the ask was free.
  let unsure = false;
  for (const candidate of ranked) {
    if (candidate.refusal) {
      refusals.push(candidate.refusal);
      again = Math.min(again, candidate.again ?? Infinity);
      continue;
    }
    attempts++;
    const elements = constellation.elements(candidate.index);
    const job = jobOf({
      caller: services.caller,
      request_id: services.request_id,
      request,
      ask,
      candidate,
      id,
      attempts,
      elements,
      prices,
      lease_id: payment.lease_id,
    });
    if (emulate) await passUp(clock, candidate.timing);
    const result = await send(services, job, request.inputs);
    if (!result) unsure = true;
    const digest = result?.digest;
    if (digest) keeper.note(services.caller.tenant_id, candidate.index, digest);
    if (result && "refusal" in result && result.refusal === "no_hardware") {
      keeper.boardHasGone(candidate.index);
    }
    if (emulate) {
      const leaves = result?.ok ? result.ends : meshNow(clock, Date.now());
      await passDown(clock, leaves, candidate.timing, !result?.ok);
    }
    if (result?.ok) {
      // If the request has run before, the ledger may have charged that run, to the lease that it
      // had, and does not charge this one: whether this lease pays, only the ledger knows.
      payment.settle(services.repeated ? "unknown" : "charged");
      return result;
    }
    if (result && "failed" in result) {
      payment.settle(services.repeated || unsure ? "unknown" : result.billed ? "charged" : "free");
      const { failure, message } = result.failed;
      throw new ProblemError(failure, message, {
        headers: PROBLEMS[failure].status === 503 ? retryAfter() : {},
      });
    }
    refusals.push(result?.refusal ?? "gone");
    if (digest?.refusing) again = Math.min(again, digest.refusing.until_ms);
  }
  payment.settle(unsure ? "unknown" : "free");
  throw nobody(refusals, round, realDelay(clock, again - meshNow(clock, Date.now())));
}

// Which object owns a node's state depends on the time: if the clocks of two objects differ, they
// may send the ask to each other.
const MOVES_MAX = 3;

/**
 * Sends a job to a node, following its state from object to object.
 * @returns null if the object did not answer: the next candidate then gets the same id, so that
 * both runs are billed once
 */
async function send(
  { env, log }: Services,
  job: Job,
  inputs: Tensor[],
): Promise<Exclude<JobResult, { moved: Region }> | null> {
  try {
    for (let moves = 0; moves <= MOVES_MAX; moves++) {
      const result = await thinkAt(env, job, inputs);
      if (!("moved" in result)) return result;
      job = { ...job, address: { ...job.address, region: result.moved } };
    }
    throw new Error("its objects do not agree on which of them serves it");
  } catch (error) {
    log.warn("A node did not answer", { node: job.address.node, error });
    return null;
  }
}

/** Lets a node think; the inputs of a large run are freed, if it has run. */
async function thinkAt(env: Env, job: Job, inputs: Tensor[]): Promise<JobResult> {
  const node = nodeObject(env, job.address);
  // The type of an RPC's result has disposers in it; this one holds nothing but data, and a stream.
  if (!travelAsStream(inputs)) return await thinkSmall(node, job, inputs);
  const { sent, abandon } = sendTensors(inputs);
  try {
    const result = await node.thinkStreamed(job, sent) as StreamedResult;
    if (!("outputs" in result)) return result;
    const outputs = Array.isArray(result.outputs)
      ? result.outputs
      : await receiveTensors(result.outputs);
    // Not before: if the outputs do not arrive, the next node gets the inputs.
    freeTensors(inputs);
    return { ...result, outputs };
  } catch (error) {
    if (!lacksMethod(error)) throw error;
    // The object still runs a release before streams.
    return await node.think(job, inputs) as JobResult;
  } finally {
    abandon();
  }
}

/** With job and execution as text, unless the object still runs a release before that. */
async function thinkSmall(node: Stub<"NODES">, job: Job, inputs: Tensor[]): Promise<JobResult> {
  try {
    const result = await node.thinkText(jobText(job), inputs) as TextResult;
    return result.ok ? { ...result, execution: JSON.parse(result.execution) } : result;
  } catch (error) {
    if (!lacksMethod(error)) throw error;
    return await node.think(job, inputs) as JobResult;
  }
}

/** Why nobody can be asked, as far as is known without asking. */
function nobodyNow(
  ranked: readonly Candidate[],
  asked: Pick<Round, "ask" | "hardware">,
  clock: MeshClock,
): ProblemError {
  const again = ranked.map((candidate) => candidate.again ?? Infinity);
  const refusals = ranked.flatMap(({ refusal }) => refusal ?? []);
  // From a node no near ones are listed that would not serve.
  if (ranked.length === 0 && asked.hardware) refusals.push("no_hardware");
  return nobody(refusals, asked, realDelay(clock, Math.min(...again) - meshNow(clock, Date.now())));
}

/**
 * The problem when every node refuses: why, and when it is worth asking again.
 * @param again_ms until the first refusing node says that it serves again; Infinity if none says so
 */
function nobody(
  refusals: Reason[],
  { ask, hardware }: Pick<Round, "ask" | "hardware">,
  again_ms: number,
): ProblemError {
  if (refusals.length === 0) {
    return new ProblemError("no_node", "No node is above the elevation mask there", {
      headers: retryAfter(),
    });
  }
  const reasons = [...new Set(refusals)].join(", ");
  const headers = { "Perigee-Refusal": reasons };
  if (refusals.every((refusal) => refusal === "too_late")) {
    const detail = `No node can answer within ${ask.deadline_ms} ms`;
    return new ProblemError("deadline", detail, { headers });
  }
  if (hardware && refusals.every((refusal) => refusal === "no_hardware")) {
    const detail =
      `${hardware.says}. Attached hardware would run it, and no node within reach has any`;
    return new ProblemError(hardware.code, detail, { headers: { ...headers, ...retryAfter() } });
  }
  return new ProblemError("no_node", `All ${refusals.length} nodes near by refuse: ${reasons}`, {
    // Retry-After is when the first of them serves again, if any of them says when it will.
    headers: { ...headers, ...retryAfter(Number.isFinite(again_ms) ? again_ms : undefined) },
  });
}
