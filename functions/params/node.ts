/**
 * Finds a node by the id that a caller gave.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";

/** The node's index in the constellation; an id that it does not hold is a 404. */
export function nodeIndexOf(id: string, constellation: Constellation): number {
  const index = constellation.indexOf(id);
  if (index >= 0) return index;
  throw nodeNotFound(id, constellation);
}

export const nodeNotFound = (id: string, { name }: Constellation): ProblemError =>
  new ProblemError(
    "node_not_found",
    `The constellation "${name}" has no node "${id.slice(0, 64)}"`,
  );
