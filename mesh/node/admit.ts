/**
 * Whether a node takes an ask, and what it books for it.
 * A refusal is a value: the mesh goes on to the next node.
 * @module
 */
import type { Sunlight } from "../orbit/sunlight.ts";
import type { AskClass } from "../billing/receipt.ts";
import {
  type EpochMs,
  epochMs,
  type Joules,
  joules,
  type Seconds,
  seconds,
  type Watts,
} from "../units.ts";
import { npuSpeed } from "./heat.ts";
import { comingOrbit, lowestCharge } from "./outlook.ts";
import { type HardwareProfile, npuDraw, npuTime } from "./profile.ts";
import { promise, queue, type QueuedAsk, schedule } from "./queue.ts";
import { holds, loaded, type Resident } from "./residency.ts";
import { busyUntil, type NodeState, npuTemperature, type Work } from "./state.ts";

/**
 * Why a node does not take an ask. `dark`: its battery would come under its floor before the Sun is
 * back. `hot`: its NPU is at its stop temperature. `busy`: its queue or memory is promised to others.
 * `no_memory`: the model is larger than its memory. `no_hardware`: the model runs on attached hardware
 * only, and none is attached to the node. `too_late`: it cannot be done by its deadline. `gone`: it is
 * out of service.
 */
export const REFUSALS = [
  "dark",
  "hot",
  "busy",
  "no_memory",
  "no_hardware",
  "too_late",
  "gone",
] as const;
/** One of REFUSALS. */
export type Refusal = typeof REFUSALS[number];

/** What one execution needs of a node. */
export interface Demand {
  /** Of the execution: its receipt has the same. */
  id: string;
  class: AskClass;
  /** Arithmetic operations of the whole run. */
  operations: number;
  model: Resident;
  /** What must come over the link where the model is not in memory. */
  load_bytes: number;
  /** Whether the model is too large or too dear for an isolate; missing: it is not. */
  needs_hardware?: boolean;
  /** From arrival to the NPU's last operation; Infinity without a deadline. */
  within: Seconds;
}

/** An admitted ask until it runs: its place in the queue, and what its run will draw. */
export interface Reservation extends QueuedAsk {
  draw: Watts;
  energy: Joules;
  /** As planned at admission; asks with nearer promises may still come before it. */
  starts: EpochMs;
  model: Resident;
}

/** What admit() decides: a place in the queue, or why there is none. */
export type Admitted = { ok: true; reservation: Reservation } | { ok: false; refusal: Refusal };

/**
 * How long a model takes over the link to a node.
 * @param bytes the size of its file
 */
export const loadTime = (bytes: number, profile: HardwareProfile): Seconds =>
  seconds(bytes * 8 / profile.load_bps);

/**
 * Decides whether a node takes one more ask, and plans its run. Changes nothing: the caller adds the
 * reservation to those that wait.
 * @param state brought to now by advance()
 * @param waiting the reservations that have not begun
 * @param attached whether a board is attached that runs what an isolate cannot; default: none is
 * @throws RangeError if the demand's operations are negative or NaN
 */
export function admit(
  state: NodeState,
  waiting: readonly Reservation[],
  demand: Demand,
  { profile, sunlight, attached = false }: {
    profile: HardwareProfile;
    sunlight: Sunlight;
    attached?: boolean;
  },
): Admitted {
  if (!(demand.operations >= 0)) {
    throw new RangeError(`Cannot admit ${demand.operations} operations: must be a number >= 0`);
  }
  if (demand.model.bytes > profile.memory_bytes) return { ok: false, refusal: "no_memory" };
  if (demand.needs_hardware && !attached) return { ok: false, refusal: "no_hardware" };
  const temperature = npuTemperature(state);
  if (temperature >= profile.temperature_stop) return { ok: false, refusal: "hot" };
  // The speed of now holds for the run: a queue is short against the time in which an NPU warms.
  const speed = npuSpeed(temperature, profile);
  const npu = npuTime(demand.operations, speed, profile);
  const draw = npuDraw(speed, profile);
  const { id, class: askClass, model } = demand;
  if (promisedBytes(state, waiting, model) > profile.memory_bytes) {
    return { ok: false, refusal: "busy" };
  }
  const ready = readyAt(state, waiting, demand, profile);
  const deadline = state.at + demand.within * 1e3;
  const ask: QueuedAsk = {
    id,
    class: askClass,
    arrived: state.at,
    ready,
    npu,
    end_by: promise({ arrived: state.at, ready, npu, deadline }, askClass),
  };
  const queued = queue(waiting, ask, busyUntil(state));
  if (!queued.ok) return queued;
  const reservation: Reservation = {
    ...ask,
    draw,
    energy: joules(draw * npu),
    starts: queued.starts,
    model,
  };
  const all = { ...state, work: bookedWork(state, [...waiting, reservation]) };
  const ends = busyUntil(all);
  // No light is foreseen that far, and what cannot be foreseen is not promised.
  if (!(ends - state.at <= OUTLOOK_MAX_MS)) return { ok: false, refusal: "dark" };
  const lowest = lowestCharge(all, comingOrbit(state.at, sunlight, ends), profile);
  return lowest < profile.battery_floor
    ? { ok: false, refusal: "dark" }
    : { ok: true, reservation };
}

// A day of shadows is looked at in some milliseconds; without a bound one ask could hold a node for ever.
const OUTLOOK_MAX_MS = 86_400_000;

/** When the model is in memory: asks for one model load it once, and the link carries one at a time. */
function readyAt(
  { at, resident }: NodeState,
  waiting: readonly Reservation[],
  { model: { model }, load_bytes }: Demand,
  profile: HardwareProfile,
): EpochMs {
  if (holds(resident, model)) return at;
  const same = waiting.find((reservation) => reservation.model.model === model);
  if (same) return epochMs(Math.max(at, same.ready));
  const linkFree = Math.max(at, ...waiting.map(({ ready }) => ready));
  return epochMs(linkFree + loadTime(load_bytes, profile) * 1e3);
}

/** What must be in memory together: the models of the run under way, of all who wait, and this one. */
function promisedBytes(
  { work, resident }: NodeState,
  waiting: readonly Reservation[],
  wanted: Resident,
): number {
  const running = work.length > 0 ? resident.slice(-1) : [];
  const needed = [...running, ...waiting.map(({ model }) => model), wanted];
  const bytes = new Map(needed.map((one) => [one.model, one.bytes]));
  return [...bytes.values()].reduce((sum, size) => sum + size, 0);
}

/** Lists all that the NPU will do if nobody else comes: the runs begun, then those planned. */
export function bookedWork(state: NodeState, waiting: readonly Reservation[]): Work[] {
  const planned = schedule(waiting, busyUntil(state)).map(({ ask, starts }) => ({
    from: starts,
    until: epochMs(starts + ask.npu * 1e3),
    draw: ask.draw,
  }));
  return [...state.work, ...planned];
}

/**
 * Begins a reservation's run: the state with the NPU booked for it and its model in memory.
 * @param starts not before `state.at`
 * @param waiting who waits on: the models that they were promised stay in memory
 * @throws RangeError if the NPU is still busy at `starts`: a bug of the caller's schedule
 */
export function begin(
  state: NodeState,
  { draw, npu, model }: Reservation,
  starts: EpochMs,
  profile: HardwareProfile,
  waiting: readonly Reservation[],
): NodeState {
  if (starts < busyUntil(state)) {
    throw new RangeError(`Cannot begin at ${starts}: the NPU is busy until ${busyUntil(state)}`);
  }
  const work = { from: starts, until: epochMs(starts + npu * 1e3), draw };
  const needed = new Set(waiting.map(({ model }) => model.model));
  return {
    ...state,
    work: append(state.work, work),
    resident: loaded(state.resident, model, profile.memory_bytes, needed),
  };
}

/** Runs that follow one another at the same draw are one piece of work: a burst stays short. */
function append(work: readonly Work[], next: Work): Work[] {
  const last = work.at(-1);
  if (last && last.until === next.from && last.draw === next.draw) {
    return [...work.slice(0, -1), { ...last, until: next.until }];
  }
  return [...work, next];
}
