/**
 * What a node says of itself with every answer, short enough to ride along.
 * @module
 */
import type { Digest } from "../placement/hints.ts";
import type { HardwareProfile } from "./profile.ts";
import type { NodeState } from "./state.ts";

// Drained or hot nodes mend slowly: asking again sooner would be a knock at a closed door.
const MEND_MS = 30_000;

export function digestOf(node: string, state: NodeState, profile: HardwareProfile): Digest {
  const dark = state.battery <= profile.battery_floor;
  const hot = state.temperature >= profile.temperature_stop;
  return {
    node,
    at_ms: state.at,
    busy_until_ms: state.busy_until,
    state_of_charge: state.battery / profile.battery,
    temperature_k: state.temperature,
    refusing: dark || hot ? { refusal: dark ? "dark" : "hot", until_ms: state.at + MEND_MS } : null,
  };
}
