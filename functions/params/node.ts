/**
 * Finds a node by the id that a caller gave.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";

/**
 * Finds a node of the constellation.
 * @param id as the caller wrote it
 * @returns the node's index
 * @throws ProblemError `node_not_found`
 */
export function nodeIndexOf(id: string, constellation: Constellation): number {
  const index = constellation.indexOf(id);
  if (index >= 0) return index;
  throw nodeNotFound(id, constellation);
}

/**
 * The problem of an id that the constellation does not hold.
 * @param id as the caller wrote it
 */
export const nodeNotFound = (id: string, { name }: Constellation): ProblemError =>
  new ProblemError(
    "node_not_found",
    `The constellation "${name}" has no node "${id.slice(0, 64)}"`,
  );
