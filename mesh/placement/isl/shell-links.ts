/**
 * The links of a generated shell, by arithmetic: nothing is kept per node.
 *
 * - Fore and aft are the next and last node of the same plane; right and left the node of the next and
 *   last plane that stays nearest over an orbit. "Nearest" is by the mean cosine of the angle between
 *   two nodes, which for circular orbits is A cos d - B sin d (see leastSeparation in tools/phasing.ts).
 * - Seam: planes of a Walker delta go all the way round, so the last plane's right is the first; its
 *   slots are shifted by the phasing factor there. In a star those two fly against each other, and
 *   have no link.
 * - Shells of one node per plane have no fore and aft: the two nearest independent steps of the
 *   lattice take their place.
 * @module
 */
import { isDelta, raanTurn, type Shell } from "../../orbit/shells.ts";
import { RADIANS_PER_DEGREE, TURN } from "../../units.ts";

/** Laser terminals of a node: fore, aft, right, left. */
export const PORTS = 4;
/** Stands for the neighbour of a terminal that has no partner. */
export const NO_NODE = -1;

/** Which nodes of one shell link with which. */
export class ShellLinks {
  readonly #shell: Shell;
  readonly #start: number;
  /** Steps of ports fore and right: by planes, and by slots. */
  readonly #fore: Step;
  readonly #right: Step;
  readonly #isRound: boolean;

  /** @param start the index of the shell's first node */
  constructor(shell: Shell, start: number) {
    this.#shell = shell;
    this.#start = start;
    this.#isRound = isDelta(shell);
    [this.#fore, this.#right] = shell.per_plane === 1 ? latticeSteps(shell) : planeSteps(shell);
  }

  /**
   * The node that a terminal points to.
   * @param index of a node of the shell
   * @param port 0 to 3: fore, aft, right, left
   * @returns its index, or NO_NODE
   */
  to(index: number, port: number): number {
    const { planes, per_plane, phasing } = this.#shell;
    const within = index - this.#start;
    const from = Math.floor(within / per_plane);
    const { by_planes, by_slots } = port < 2 ? this.#fore : this.#right;
    const way = port % 2 === 0 ? 1 : -1;
    let plane = from + way * by_planes;
    let slot = within - from * per_plane + way * by_slots;
    if (plane < 0 || plane >= planes) {
      if (!this.#isRound) return NO_NODE;
      const turns = Math.floor(plane / planes);
      plane -= turns * planes;
      // Once round, the phase has gone on by F slots in all.
      slot += turns * phasing;
    }
    slot -= per_plane * Math.floor(slot / per_plane);
    const to = this.#start + plane * per_plane + slot;
    return to === index ? NO_NODE : to;
  }
}

interface Step {
  by_planes: number;
  by_slots: number;
}

function planeSteps(shell: Shell): [Step, Step] {
  const { planes, per_plane, phasing } = shell;
  const phase = TURN * phasing / (planes * per_plane);
  const apart = raanTurn(shell) / planes;
  const phases = range(per_plane, (k) => phase + k * TURN / per_plane);
  const sideways = argMax(phases.map((d) => meanCosine(shell, apart, d)));
  return [{ by_planes: 0, by_slots: 1 }, { by_planes: 1, by_slots: sideways }];
}

function latticeSteps(shell: Shell): [Step, Step] {
  const { planes, phasing } = shell;
  const cosines = range(planes, (a) =>
    a === 0 ? -Infinity : meanCosine(
      shell,
      raanTurn(shell) * a / planes,
      TURN * ((a * phasing) % planes) / planes,
    ));
  const first = argMax(cosines);
  for (let multiple = 1; multiple <= LATTICE_MULTIPLES; multiple++) {
    cosines[multiple * first % planes] = -Infinity;
    cosines[(planes - multiple * first % planes) % planes] = -Infinity;
  }
  const second = argMax(cosines);
  return [{ by_planes: first, by_slots: 0 }, { by_planes: second, by_slots: 0 }];
}

// Steps along the first direction are no second direction, however near they are.
const LATTICE_MULTIPLES = 32;

/** Of two nodes of a shell: RAAN apart, and how far the one is ahead, rad. */
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
