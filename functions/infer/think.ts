/**
 * From an ask to an answer: places the ask, and sends it to the candidates in turn until one runs
 * it. Every inference API comes through here.
 * @module
 */
import type { Measured } from "../../contract/board.ts";
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { elementBytes, type Tensor } from "../../contract/tensor.ts";
import { residentName } from "../../contract/uploaded-model.ts";
import type { Execution } from "../../ledger/execution.ts";
import { meshNow } from "../../mesh/clock.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import { ELEVATION_MASK } from "../../mesh/placement/place.ts";
import { priceOf } from "../../mesh/billing/receipt.ts";
import type { ModelSpec } from "../../models/catalogue.ts";
import { ModelError } from "../../models/operations/model-error.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import type { Services } from "../services.ts";
import { almanacAccess, placeOf } from "../params/origin.ts";
import { giveBack, pay } from "../billing/wallets.ts";
import { attachedBoards } from "../sky/attached-boards.ts";
import { askInTurn } from "./ask-in-turn.ts";
import { emulatesLatency } from "./emulation.ts";
import { explainRanking } from "./explain.ts";
import type { InferAsk } from "./job.ts";
import { nobodyNow } from "./nobody.ts";
import { countRefusal } from "./refusal-metrics.ts";
import { whyHardware } from "../models/needs-hardware.ts";
import { measurePlacement, placeMicroseconds } from "../sky/placement-timer.ts";
import { checkedPolicy } from "../params/policy.ts";
import { pricesFor } from "../billing/price-lists.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";

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
  const { env, timing } = services;
  const settings = settingsOf(env);
  // A request that is wrong is refused before anything is reserved for it.
  const emulate = emulatesLatency(services);
  const constellation = await constellationOf(services);
  const keeper = skyKeeper(constellation);
  const place = placeOf(request.origin, constellation);
  const access = almanacAccess(services, place);
  const hardware = counted(() => whyHardware(request.spec, request.inputs, env));
  const ask: Ask = {
    ...counted(() => askOf(request, place, meshNow(settings.clock, Date.now()))),
    needs_hardware: hardware !== null,
    policy: checkedPolicy(request.policy, constellation),
  };
  const ranked = await timing.measure("place", async (span) => {
    const sky = await keeper.at(access, ask.at);
    if (ask.needs_hardware) await attachedBoards(env, constellation, keeper.hints, Date.now());
    const candidates = measurePlacement(() => keeper.placer.rank(ask, sky));
    if (span) explainRanking(span, candidates);
    return candidates;
  });
  for (const { refusal } of ranked) if (refusal !== null) countRefusal("ranking", refusal);
  // Runs behind the answer, so that no request waits for it.
  services.after(keeper.upkeep(access));
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
    (span) =>
      askInTurn(services, {
        span,
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
  { spec, inputs, bytes_up, deadline_ms, class: askClass, objective }: InferAsk,
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
    objective,
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
