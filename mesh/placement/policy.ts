/**
 * Where a model may run: what is left of a policy once rules have become lookups.
 * @module
 */
import type { Ecef } from "../orbit/frames.ts";

export interface CompiledPolicy {
  /** @param point the node's Earth-fixed position, km */
  admits(index: number, point: Ecef): boolean;
}
