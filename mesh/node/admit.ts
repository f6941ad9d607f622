/**
 * Whether a node takes an ask, and what it books for it.
 * A refusal is a value: the mesh goes on to the next node.
 * @module
 */
import { type EpochMs, epochMs, type Joules, joules, kelvin, type Seconds } from "../units.ts";
import type { HardwareProfile } from "./profile.ts";
import type { NodeState } from "./state.ts";

export const REFUSALS = ["dark", "hot", "busy", "no_memory", "too_late", "gone"] as const;
export type Refusal = typeof REFUSALS[number];

/** What one execution needs of a node. */
export interface Demand {
  operations: number;
  memory_bytes: number;
  /** When its bytes have reached the node, on the mesh clock. */
  arrives: EpochMs;
  /** When the NPU must be done for the answer to be in time; Infinity without a deadline. */
  done_by: number;
}

/** Time on the NPU and energy that an admitted ask has booked. */
export interface Lease {
  starts: EpochMs;
  ends: EpochMs;
  wait: Seconds;
  npu: Seconds;
  energy: Joules;
}

export type Admitted = { ok: true; lease: Lease } | { ok: false; refusal: Refusal };

export const npuSeconds = (operations: number, profile: HardwareProfile): Seconds =>
  operations / (profile.npu_tops * 1e12) as Seconds;

export const npuEnergy = (npu: Seconds, profile: HardwareProfile): Joules =>
  joules(npu * profile.npu_active);

/** @param state brought to now by advance() */
export function admit(state: NodeState, demand: Demand, profile: HardwareProfile): Admitted {
  if (!(demand.operations >= 0) || Number.isNaN(demand.arrives)) {
    throw new RangeError(
      `Cannot admit ${demand.operations} operations arriving at ${demand.arrives}: must be numbers, and >= 0`,
    );
  }
  if (demand.memory_bytes > profile.memory_bytes) return { ok: false, refusal: "no_memory" };
  if (state.temperature >= profile.temperature_stop) return { ok: false, refusal: "hot" };
  const npu = npuSeconds(demand.operations, profile);
  const energy = npuEnergy(npu, profile);
  if (state.battery - energy < profile.battery_floor) return { ok: false, refusal: "dark" };
  const starts = Math.max(demand.arrives, state.busy_until);
  const wait = (starts - demand.arrives) / 1e3 as Seconds;
  if (wait > profile.queue_max_s) return { ok: false, refusal: "busy" };
  const ends = starts + npu * 1e3;
  if (ends > demand.done_by) return { ok: false, refusal: "too_late" };
  return { ok: true, lease: { starts: epochMs(starts), ends: epochMs(ends), wait, npu, energy } };
}

/** The state with a lease booked: its energy debited, its heat in, the NPU taken until it ends. */
export function book(state: NodeState, lease: Lease, profile: HardwareProfile): NodeState {
  if (!(lease.energy >= 0)) throw new RangeError(`Cannot debit ${lease.energy} J: must be >= 0`);
  // Full load for ever adds temperature_rise; a share of the thermal time adds that share of it.
  const heat = profile.temperature_rise * lease.npu / profile.thermal_time_s;
  return {
    ...state,
    battery: joules(state.battery - lease.energy),
    temperature: kelvin(state.temperature + heat),
    busy_until: epochMs(Math.max(state.busy_until, lease.ends)),
  };
}
