/**
 * The +Grid: which nodes a node's four laser terminals point to. Ports: fore, aft, right, left.
 *
 * Fore and aft are the next and last node of the same plane; right and left the node of the next and
 * last plane that stays nearest over an orbit. "Nearest" is by the mean cosine of the angle between
 * two nodes, which for circular orbits is A cos d - B sin d (see leastSeparation in tools/phasing.ts).
 *
 * - Seam: planes of a Walker delta go all the way round, so the last plane's right is the first; its
 *   slots are shifted by the phasing factor there, and the arithmetic below says by how much.
 * - Polar shells of few planes: side links exist, and are up only where the planes draw together;
 *   link lengths (lengths.ts) say when Earth is in the way.
 * - Shells of one node per plane have no fore and aft: the two nearest independent steps of the
 *   lattice take their place.
 * - Shells do not link with each other.
 * @module
 */
import type { Shell } from "../../orbit/shells.ts";
import { RADIANS_PER_DEGREE, TURN } from "../../units.ts";

/** Laser terminals of a node: fore, aft, and one to each side. */
export const PORTS = 4;
/** Stands for the neighbour of a terminal that has no partner. */
export const NO_NODE = -1;

/** Neighbours of node i are result[4 * i .. 4 * i + 3], NO_NODE where a terminal has no partner. */
export function plusGrid(shells: readonly Shell[]): Int32Array {
  const count = shells.reduce((sum, shell) => sum + shell.planes * shell.per_plane, 0);
  const neighbours = new Int32Array(PORTS * count).fill(NO_NODE);
  let start = 0;
  for (const shell of shells) {
    if (shell.per_plane === 1) linkLattice(neighbours, start, shell);
    else linkPlanes(neighbours, start, shell);
    start += shell.planes * shell.per_plane;
  }
  return neighbours;
}

function linkPlanes(neighbours: Int32Array, start: number, shell: Shell): void {
  const { planes, per_plane, phasing } = shell;
  const step = TURN / per_plane;
  const phase = TURN * phasing / (planes * per_plane);
  const sideways = nearest(shell, TURN / planes, range(per_plane, (k) => phase + k * step));
  const node = (plane: number, slot: number) =>
    start + plane * per_plane + ((slot % per_plane) + per_plane) % per_plane;
  for (let plane = 0; plane < planes; plane++) {
    const seam = plane === planes - 1;
    for (let slot = 0; slot < per_plane; slot++) {
      const from = node(plane, slot);
      link(neighbours, from, node(plane, slot + 1), 0);
      // Past the last plane the phase has gone on by F slots in all.
      const right = seam ? node(0, slot + sideways + phasing) : node(plane + 1, slot + sideways);
      if (planes > 1) link(neighbours, from, right, 2);
    }
  }
}

function linkLattice(neighbours: Int32Array, start: number, shell: Shell): void {
  const { planes, phasing } = shell;
  const cosines = range(planes, (a) =>
    a === 0 ? -Infinity : meanCosine(
      shell,
      TURN * a / planes,
      TURN * ((a * phasing) % planes) / planes,
    ));
  const first = argMax(cosines);
  for (let multiple = 1; multiple <= LATTICE_MULTIPLES; multiple++) {
    cosines[multiple * first % planes] = -Infinity;
    cosines[(planes - multiple * first % planes) % planes] = -Infinity;
  }
  const second = argMax(cosines);
  for (let plane = 0; plane < planes; plane++) {
    link(neighbours, start + plane, start + (plane + first) % planes, 0);
    link(neighbours, start + plane, start + (plane + second) % planes, 2);
  }
}

// Steps along the first direction are no second direction, however near they are.
const LATTICE_MULTIPLES = 32;

/** Makes `to` the neighbour of `from` at a port, and the other way round at the opposite one. */
function link(neighbours: Int32Array, from: number, to: number, port: number): void {
  if (from === to) return;
  neighbours[PORTS * from + port] = to;
  neighbours[PORTS * to + port + 1] = from;
}

/** Which of several phase differences keeps two nodes nearest, RAAN apart. */
function nearest(shell: Shell, raan: number, phases: number[]): number {
  return argMax(phases.map((phase) => meanCosine(shell, raan, phase)));
}

function meanCosine({ inclination_deg }: Shell, raan: number, phase: number): number {
  const cosI = Math.cos(inclination_deg * RADIANS_PER_DEGREE);
  const a = (Math.cos(raan) * (1 + cosI * cosI) + 1 - cosI * cosI) / 2;
  return Math.cos(phase) * a - Math.sin(phase) * Math.sin(raan) * cosI;
}

const range = (n: number, f: (i: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => f(i));

function argMax(values: number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
