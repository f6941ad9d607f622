/**
 * Counts inferences and measures their steps, for the protocol's statistics: those of one tenant, of one
 * version of a model, in this isolate since it started.
 *
 * What the ledger knows of all isolates is in /v1/usage. These numbers are for who tunes a client, and are
 * there at once; they hold nothing of another tenant's.
 * @module
 */
import { watchCache } from "../../telemetry/cache-metrics.ts";
import type { Services } from "../services.ts";
import type { ListedModel } from "./listed-models.ts";

/** How often, and how long in all. */
export interface Measured {
  count: number;
  ms: number;
}

/** What was counted of one model. All times are measured. */
export interface InferenceCounts {
  /** Real clock, ms since 1970; 0: none yet. */
  last_ms: number;
  /** Items of the batches that ran. */
  items: number;
  /** From a request's arrival to its answer, or to its refusal. */
  success: Measured;
  fail: Measured;
  /** Of those that succeeded: reading the body, finding and reaching a node and back, running, writing. */
  input_ms: number;
  queue_ms: number;
  infer_ms: number;
  output_ms: number;
}

/** Told by who serves a request, as far as it comes. */
export interface InferenceSteps {
  /** The body has been read. @param items of its batch */
  read(items: number): void;
  /** The model has run. @param engine_ms how long the engine took */
  ran(engine_ms: number): void;
}

const NOTHING: InferenceCounts = {
  last_ms: 0,
  items: 0,
  success: { count: 0, ms: 0 },
  fail: { count: 0, ms: 0 },
  input_ms: 0,
  queue_ms: 0,
  infer_ms: 0,
  output_ms: 0,
};

// A few hundred bytes each. Whose were not counted for longest are forgotten, and begin at 0.
const KEPT_MAX = 4_096;
const kept = new Map<string, InferenceCounts>();
watchCache("inference_counts", () => kept.size);

/** When the isolate began to count; in workerd the clock stands at 0 before the first request. */
let since_ms = 0;

/**
 * Serves an inference and counts it.
 * @param serve does it, and tells of its steps
 * @returns what it returned
 * @throws what it threw
 */
export async function countInference<T>(
  services: Services,
  model: ListedModel,
  serve: (steps: InferenceSteps) => Promise<T>,
): Promise<T> {
  since_ms ||= Date.now();
  const { timing } = services;
  const began = timing.total();
  let [read, ran, engine_ms, items] = [began, began, 0, 0];
  const steps: InferenceSteps = {
    read: (count) => [read, items] = [timing.total(), count],
    ran: (ms) => [ran, engine_ms] = [timing.total(), ms],
  };
  try {
    const served = await serve(steps);
    const counts = countsOf(services, model);
    counts.last_ms = Date.now();
    counts.items += items;
    add(counts.success, timing.total());
    counts.input_ms += read - began;
    counts.queue_ms += Math.max(0, ran - read - engine_ms);
    counts.infer_ms += engine_ms;
    counts.output_ms += timing.total() - ran;
    return served;
  } catch (error) {
    add(countsOf(services, model).fail, timing.total());
    throw error;
  }
}

/**
 * What has been counted for the caller's tenant.
 * @returns `since_ms` is when the isolate began to count: real clock, ms since 1970
 */
export function inferenceCounts(
  { caller }: Services,
  model: ListedModel,
): { counts: InferenceCounts; since_ms: number } {
  since_ms ||= Date.now();
  return { counts: kept.get(keyOf(caller.tenant_id, model)) ?? NOTHING, since_ms };
}

function countsOf({ caller }: Services, model: ListedModel): InferenceCounts {
  const key = keyOf(caller.tenant_id, model);
  const counts = kept.get(key) ?? structuredClone(NOTHING);
  kept.delete(key);
  kept.set(key, counts);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
  return counts;
}

const keyOf = (tenant_id: string, { name, version }: ListedModel): string =>
  `${tenant_id}\n${name}\n${version}`;

function add(measured: Measured, ms: number): void {
  measured.count++;
  measured.ms += ms;
}
