/**
 * Which node's object is meant, in which region: an object is told, as it cannot look it up.
 * @module
 */
import type { Elements } from "../../mesh/orbit/elements.ts";
import type { Region } from "../../mesh/region.ts";

export interface NodeAddress {
  node: string;
  region: Region;
  /** How the node flies, as the caller's catalogue has it. */
  elements: Elements;
}
