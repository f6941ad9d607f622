/**
 * What a request needs, and from where: all that placement knows of it.
 * @module
 */
import type { Geodetic } from "../orbit/frames.ts";
import type { AskClass } from "../billing/receipt.ts";
import type { Degrees, EpochMs } from "../units.ts";
import type { Objective } from "./objective.ts";
import type { CompiledPolicy } from "./policy.ts";

/** The node, by its index, that holds the data already. */
export interface NodeOrigin {
  /** Its index in the constellation. */
  node: number;
}

/** One request, as placement sees it. */
export interface Ask {
  /** When it sets out, on the mesh clock. */
  at: EpochMs;
  origin: Geodetic | NodeOrigin;
  /** Arithmetic operations of the run. */
  operations: number;
  /** The name of the model that it runs. */
  model: string;
  /** What the model takes of a node's memory. */
  memory_bytes: number;
  /** What must come over the link where the model is not in memory. */
  load_bytes: number;
  /** Whether only a node with a board attached can run it; missing: any node can. */
  needs_hardware?: boolean;
  bytes_up: number;
  bytes_down: number;
  /** From `at` to the answer's arrival, modelled; null for none. */
  deadline_ms: number | null;
  class: AskClass;
  elevation_mask: Degrees;
  /** Where the model may run; null: anywhere. Relays on the way are not asked. */
  policy: CompiledPolicy | null;
  /** What the node is chosen for; missing: `latency`. */
  objective?: Objective;
}

/** Whether an ask comes from a node, and not from a place on the ground. */
export const isNodeOrigin = (origin: Ask["origin"]): origin is NodeOrigin => "node" in origin;
