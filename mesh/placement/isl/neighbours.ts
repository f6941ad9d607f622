/**
 * The +Grid of a constellation, made once.
 * @module
 */
import type { Constellation } from "../../orbit/constellation.ts";
import { derivedGrid } from "./derived-grid.ts";
import { plusGrid } from "./plus-grid.ts";

const made = new WeakMap<Constellation, Int32Array>();

/**
 * Who links with whom.
 * @returns neighbours of node i at 4 * i .. 4 * i + 3, -1 where a terminal has no partner
 */
export function neighboursOf(constellation: Constellation): Int32Array {
  let neighbours = made.get(constellation);
  if (!neighbours) {
    const { shells } = constellation;
    neighbours = shells ? plusGrid(shells) : derivedGrid(constellation);
    made.set(constellation, neighbours);
  }
  return neighbours;
}
