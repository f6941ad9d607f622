/**
 * What a request needs, and from where: all that placement knows of it.
 * @module
 */
import type { Geodetic } from "../orbit/frames.ts";
import type { AskClass } from "../receipt.ts";
import type { Degrees, EpochMs } from "../units.ts";

export interface Ask {
  at: EpochMs;
  origin: Geodetic;
  operations: number;
  memory_bytes: number;
  bytes_up: number;
  bytes_down: number;
  /** From `at` to the answer's arrival, modelled; null for none. */
  deadline_ms: number | null;
  class: AskClass;
  elevation_mask: Degrees;
}
