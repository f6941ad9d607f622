/**
 * Which node, in which region: an object cannot look up whom it serves, so every call says it.
 * @module
 */
import type { Elements } from "../../mesh/orbit/elements.ts";
import type { Region } from "../../mesh/region.ts";

/** What an object needs to know of the node it serves. */
export interface NodeAddress {
  /** The node's id in the constellation. */
  node: string;
  /** The region of this object, not always that which owns the node now. */
  region: Region;
  /** How the node flies, as the caller's catalogue has it. */
  elements: Elements;
}
