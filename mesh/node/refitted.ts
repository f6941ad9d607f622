/**
 * A node's state under hardware other than it was written under: its mesh was given another profile,
 * or its shell was.
 * @module
 */
import { type Joules, joules } from "../units.ts";
import type { HardwareProfile } from "./profile.ts";
import { fitting } from "./residency.ts";
import type { NodeState } from "./state.ts";

/**
 * Has a state as its node's hardware can hold it. A battery keeps its joules, and what a smaller one
 * cannot hold is lost; of the models those used longest ago leave a smaller memory. Heat stays, and so does
 * work that was begun, with what it draws.
 * @param state as an object kept it, of any time
 * @returns the same state where all of it fits
 */
export function refitted(state: NodeState, profile: HardwareProfile): NodeState {
  const battery: Joules = joules(Math.min(state.battery, profile.battery));
  const resident = fitting(state.resident, profile.memory_bytes);
  if (battery === state.battery && resident.length === state.resident.length) return state;
  return { ...state, battery, resident };
}
