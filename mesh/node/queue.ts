/**
 * The NPU's queue: which ask runs next, and whether one more can be taken without breaking a promise.
 *
 * Every admitted ask holds a promise, the instant by which it is done: its own deadline, or the
 * horizon of its class if that is sooner. The NPU takes the earliest promise first (EDF, Liu and
 * Layland 1973; a run is not interrupted), so realtime goes before interactive before batch, and an
 * ask of class batch that has waited long enough goes before them all: nothing starves. An ask is
 * admitted only if the schedule then keeps every promise, so "too late" is said at the door. What a
 * lower class may have waiting is bounded, and its promises leave a reserve of time, so that a
 * realtime ask that is still to come finds room.
 * Pure: knows neither energy nor heat.
 * @module
 */
import type { AskClass } from "../billing/receipt.ts";
import { type EpochMs, epochMs, type Seconds, seconds } from "../units.ts";

/** An ask as the queue sees it. */
export interface QueuedAsk {
  id: string;
  class: AskClass;
  arrived: EpochMs;
  /** When its model is in memory: it cannot run before. */
  ready: EpochMs;
  /** On the NPU, dispatch included. */
  npu: Seconds;
  /** The promise. */
  end_by: EpochMs;
}

interface Discipline {
  /** Without a deadline, an ask is done this long after its arrival at the latest, its run excepted. */
  horizon_s: number;
  /** Of that time, the share that asks of this class may have waiting. */
  share: number;
}

/**
 * A realtime ask is worth most within a blink; whoever waits at a screen gives up after seconds; batch
 * has half a minute, which is less than what proxies between a client and the mesh allow.
 */
export const DISCIPLINE: Readonly<Record<AskClass, Discipline>> = {
  realtime: { horizon_s: 0.5, share: 1 },
  interactive: { horizon_s: 2, share: 0.3 },
  batch: { horizon_s: 30, share: 0.1 },
};

/**
 * Of the time before a promise to a lower class, what the plan must leave free when the next ask of
 * a lower class comes. Without it the promises of batch fall due together half a minute after a rush
 * and shut realtime out for seconds: tests/unit/mesh/node/overload_test.ts fails then.
 */
const REALTIME_RESERVE = 0.6;

// Admission looks at every waiting ask: this bounds its work, and what one object holds in memory.
export const QUEUE_MAX = 256;

/**
 * The instant by which an ask is promised to be done: its deadline, or its class's horizon if that is
 * sooner.
 * @param deadline ms since 1970 by which it must be done for the answer to be in time; Infinity
 *   without one
 */
export function promise(
  { arrived, ready, npu, deadline }: {
    arrived: EpochMs;
    ready: EpochMs;
    npu: Seconds;
    deadline: number;
  },
  askClass: AskClass,
): EpochMs {
  const alone = Math.max(arrived, ready) + npu * 1e3;
  const horizon = alone + DISCIPLINE[askClass].horizon_s * 1e3;
  return epochMs(Math.min(deadline, horizon));
}

/**
 * When each waiting ask starts if no other comes: what a dispatcher would do, step by step.
 * @param free_from when the NPU has done what it has begun
 * @returns the waiting asks in the order of their runs, each with its start
 */
export function schedule<A extends QueuedAsk>(
  waiting: readonly A[],
  free_from: EpochMs,
): { ask: A; starts: EpochMs }[] {
  const open = [...waiting].sort((a, b) => a.end_by - b.end_by || a.arrived - b.arrived);
  const order: { ask: A; starts: EpochMs }[] = [];
  let free: number = free_from;
  while (open.length > 0) {
    let next = open.findIndex(({ ready }) => ready <= free);
    if (next < 0) {
      // All of them wait for their models: the NPU stands still until the first is there.
      free = open.reduce((first, { ready }) => Math.min(first, ready), Infinity);
      next = open.findIndex(({ ready }) => ready <= free);
    }
    const [ask] = open.splice(next, 1);
    order.push({ ask, starts: epochMs(free) });
    free += ask.npu * 1e3;
  }
  return order;
}

/** Where queue() puts an ask, as an instant of its start, or why nowhere. */
export type Queued = { ok: true; starts: EpochMs } | { ok: false; refusal: "busy" | "too_late" };

/**
 * Decides whether one more ask can be promised what it needs, all others keeping their promises.
 * @param free_from when the NPU has done what it has begun
 */
export function queue(waiting: readonly QueuedAsk[], ask: QueuedAsk, free_from: EpochMs): Queued {
  if (ask.ready + ask.npu * 1e3 > ask.end_by) return { ok: false, refusal: "too_late" };
  if (waiting.length >= QUEUE_MAX || over(waiting, ask)) {
    return { ok: false, refusal: "busy" };
  }
  const plan = schedule([...waiting, ask], free_from);
  const mine = plan.findIndex((planned) => planned.ask === ask);
  const { starts } = plan[mine];
  if (starts + ask.npu * 1e3 > ask.end_by) {
    // An ask with a deadline of its own is told that this is too early; one without, that the node is busy.
    return { ok: false, refusal: isOwn(ask) ? "too_late" : "busy" };
  }
  const kept = plan.every(({ ask: other, starts }) => starts + other.npu * 1e3 <= other.end_by);
  // Only the asks from this one on are looked at, as it does not delay those before it.
  const room = ask.class === "realtime" ||
    plan.slice(mine).every(({ ask: other, starts }) =>
      leavesRoom(other, starts, ask.arrived) || (other === ask && isOwn(ask))
    );
  return kept && room ? { ok: true, starts } : { ok: false, refusal: "busy" };
}

/** Whether the promise is a deadline that the ask has set, and not its class's horizon. */
const isOwn = ({ class: askClass, arrived, ready, npu, end_by }: QueuedAsk): boolean =>
  end_by < promise({ arrived, ready, npu, deadline: Infinity }, askClass);

/** Whether realtime asks that are still to come find their share of the time before this one's last. */
function leavesRoom({ ready, npu, end_by }: QueuedAsk, starts: EpochMs, now: EpochMs): boolean {
  const from = Math.max(now, ready);
  return starts - from <= (1 - REALTIME_RESERVE) * (end_by - npu * 1e3 - from);
}

/** NPU seconds of this class that wait. */
const backlog = (waiting: readonly QueuedAsk[], askClass: AskClass): number =>
  waiting.reduce((sum, ask) => ask.class === askClass ? sum + ask.npu : sum, 0);

/** Whether the ask would take its class over its share. If no other of its class waits, it never does. */
function over(waiting: readonly QueuedAsk[], { class: askClass, npu }: QueuedAsk): boolean {
  const { horizon_s, share } = DISCIPLINE[askClass];
  const already = backlog(waiting, askClass);
  return already > 0 && already + npu > share * horizon_s;
}

/**
 * When a new ask of a class would start, as far as the queue tells, if it were as long as those that
 * wait. Where it would be refused, the instant lies beyond its class's horizon, so that whoever reads
 * it in a digest asks another node.
 * @param free_from when the NPU has done what it has begun
 */
export function freeFrom(
  waiting: readonly QueuedAsk[],
  free_from: EpochMs,
  askClass: AskClass,
  now: EpochMs = free_from,
): EpochMs {
  if (waiting.length === 0) return free_from;
  const alike = waiting.filter((ask) => ask.class === askClass);
  const mates = alike.length > 0 ? alike : waiting;
  const npu = seconds(mates.reduce((sum, ask) => sum + ask.npu, 0) / mates.length);
  const alone = { arrived: now, ready: now, npu };
  const end_by = promise({ ...alone, deadline: Infinity }, askClass);
  const queued = queue(waiting, { id: "", class: askClass, ...alone, end_by }, free_from);
  if (queued.ok) return queued.starts;
  const horizon_ms = DISCIPLINE[askClass].horizon_s * 1e3;
  return epochMs(Math.max(free_from, now + horizon_ms * (1 + KNOCK_AGAIN)));
}

// Of a class's horizon: a full queue may have room again after any run, but to ask after each would be
// knocking all the time. 8 ms for realtime, half a second for batch.
const KNOCK_AGAIN = 1 / 60;
