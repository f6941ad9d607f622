/**
 * What a request needs, and from where: all that placement knows of it.
 * @module
 */
import type { Geodetic } from "../orbit/frames.ts";
import type { AskClass } from "../billing/receipt.ts";
import type { Degrees, EpochMs } from "../units.ts";
import type { CompiledPolicy } from "./policy.ts";

/** The node, by its index, that holds the data already. */
export interface NodeOrigin {
  node: number;
}

export interface Ask {
  at: EpochMs;
  origin: Geodetic | NodeOrigin;
  operations: number;
  /** What it runs, what that takes of a node's memory, and what must be loaded where it is not in it. */
  model: string;
  memory_bytes: number;
  load_bytes: number;
  bytes_up: number;
  bytes_down: number;
  /** From `at` to the answer's arrival, modelled; null for none. */
  deadline_ms: number | null;
  class: AskClass;
  elevation_mask: Degrees;
  /** Where the model may run; null: anywhere. Relays on the way are not asked. */
  policy: CompiledPolicy | null;
}

export const isNodeOrigin = (origin: Ask["origin"]): origin is NodeOrigin => "node" in origin;
