/**
 * The +Grid of generated shells as a table, for who walks all of it: four neighbours for each node, by
 * shell-links.ts. Shells do not link with each other.
 * @module
 */
import type { Shell } from "../../orbit/shells.ts";
import { PORTS, ShellLinks } from "./shell-links.ts";

/** Neighbours of node i are result[4 * i .. 4 * i + 3], NO_NODE where a terminal has no partner. */
export function plusGrid(shells: readonly Shell[]): Int32Array {
  const count = shells.reduce((sum, shell) => sum + shell.planes * shell.per_plane, 0);
  const neighbours = new Int32Array(PORTS * count);
  let start = 0;
  for (const shell of shells) {
    const links = new ShellLinks(shell, start);
    const end = start + shell.planes * shell.per_plane;
    for (let index = start; index < end; index++) {
      for (let port = 0; port < PORTS; port++) {
        neighbours[PORTS * index + port] = links.to(index, port);
      }
    }
    start = end;
  }
  return neighbours;
}
