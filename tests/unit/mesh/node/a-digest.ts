/**
 * A digest with nothing special about it, for tests that change a term or two.
 * @module
 */
import type { Digest } from "../../../../mesh/node/digest.ts";

export const QUIET: Digest = {
  node: "",
  at_ms: 0,
  free_ms: { realtime: 0, interactive: 0, batch: 0 },
  state_of_charge: 1,
  temperature_k: 300,
  npu_temperature_k: 300,
  npu_speed: 1,
  resident: ["scene-indices"],
  refusing: null,
};

/** Free for every class at one instant. */
export const freeAt = (ms: number): Digest["free_ms"] => ({
  realtime: ms,
  interactive: ms,
  batch: ms,
});
