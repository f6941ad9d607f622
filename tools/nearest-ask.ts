/**
 * An ask of which nearness alone decides where it goes.
 * @module
 */
import type { Ask } from "../mesh/placement/ask.ts";
import { ELEVATION_MASK } from "../mesh/placement/place.ts";

/**
 * Makes an ask that any node takes.
 * @param at when it is placed, on the mesh clock
 * @param origin where it comes from
 */
export const nearestAsk = (at: Ask["at"], origin: Ask["origin"]): Ask => ({
  at,
  origin,
  operations: 0,
  model: "scene-indices",
  memory_bytes: 0,
  load_bytes: 0,
  bytes_up: 0,
  bytes_down: 0,
  deadline_ms: null,
  class: "interactive",
  elevation_mask: ELEVATION_MASK,
  policy: null,
});
