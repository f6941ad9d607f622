/**
 * A spatial index of all nodes at one instant: cubic cells over the Earth-fixed frame.
 *
 * Three dimensions, not latitude and longitude: slant range is plain distance, there is no pole and
 * no date line to handle, and a cell needs no trigonometry. Most cells are empty (nodes live in a
 * thin shell); those of one column lie side by side, so that a query walks a few short runs.
 *
 * A grid is never wrong, only old: a node has moved at most SPEED_MAX_KM_S times the grid's age, and a
 * query widens by that much. So it can be rebuilt in slices, and nobody waits for it.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import type { EpochMs } from "../units.ts";

// Nodes farther out are kept in the outermost cells: right, though slower to query.
const REACH_KM = 7_200;
const CELL_KM = 225;
const CELLS = Math.ceil(2 * REACH_KM / CELL_KM);

/** All flying nodes by the cell in which they were at one instant. */
export interface Grid {
  readonly at: EpochMs;
  /** Nodes of cell c are ids[starts[c] .. starts[c + 1] - 1]. */
  readonly starts: Uint32Array;
  readonly ids: Uint32Array;
  /** Position at `at`, km, in the order of `ids`: what a query reads first, and in sequence. */
  readonly near: Float32Array;
}

/**
 * The cell coordinate of one axis; monotone, so that a box of space is a box of cells.
 * @param x_km Earth-fixed, along that axis
 */
export function cellOf(x_km: number): number {
  const c = Math.floor((x_km + REACH_KM) / CELL_KM);
  return c < 0 ? 0 : c >= CELLS ? CELLS - 1 : c;
}

/** The number of the cell (x, y, 0); its column goes on with consecutive numbers. */
export const columnOf = (x: number, y: number): number => (x * CELLS + y) * CELLS;

/** The nearest that a coordinate inside cell `c` can be to `x_km`; 0 inside, unbounded at the rim. */
export function gapTo(c: number, x_km: number): number {
  if (c > 0 && x_km < c * CELL_KM - REACH_KM) return c * CELL_KM - REACH_KM - x_km;
  if (c < CELLS - 1 && x_km > (c + 1) * CELL_KM - REACH_KM) {
    return x_km - (c + 1) * CELL_KM + REACH_KM;
  }
  return 0;
}

/** Builds a grid for one instant of an almanac in as many steps as the caller likes. */
export class GridBuilder {
  readonly at: EpochMs;
  readonly #almanac: Almanac;
  readonly #cells: Uint32Array;
  readonly #positions: Float32Array;
  readonly #starts = new Uint32Array(CELLS * CELLS * CELLS + 1);
  #counted = 0;
  #placed = 0;
  #next: Uint32Array | null = null;
  #ids = new Uint32Array(0);
  #near = new Float32Array(0);

  constructor(almanac: Almanac, at: EpochMs) {
    this.at = at;
    this.#almanac = almanac;
    this.#cells = new Uint32Array(almanac.constellation.count);
    this.#positions = new Float32Array(3 * almanac.constellation.count);
  }

  /**
   * Does one slice of the work.
   * @param nodes how many nodes it looks at
   * @returns the grid once it is whole, else null
   */
  step(nodes: number): Grid | null {
    const count = this.#almanac.constellation.count;
    if (this.#counted < count) {
      this.#count(Math.min(count, this.#counted + nodes));
      return null;
    }
    if (!this.#next) {
      this.#prefixSum();
      return null;
    }
    this.#scatter(Math.min(count, this.#placed + nodes));
    if (this.#placed < count) return null;
    return { at: this.at, starts: this.#starts, ids: this.#ids, near: this.#near };
  }

  #count(until: number): void {
    const positions = this.#almanac.at(this.at);
    const xyz = new Float64Array(3);
    for (let i = this.#counted; i < until; i++) {
      if (!this.#almanac.flies(i)) {
        this.#cells[i] = NO_CELL;
        continue;
      }
      positions.position(i, xyz);
      const cell = columnOf(cellOf(xyz[0]), cellOf(xyz[1])) + cellOf(xyz[2]);
      this.#cells[i] = cell;
      this.#positions.set(xyz, 3 * i);
      this.#starts[cell + 1]++;
    }
    this.#counted = until;
  }

  #prefixSum(): void {
    const starts = this.#starts;
    for (let c = 1; c < starts.length; c++) starts[c] += starts[c - 1];
    const flying = starts[starts.length - 1];
    this.#ids = new Uint32Array(flying);
    this.#near = new Float32Array(3 * flying);
    this.#next = starts.slice(0, -1);
  }

  #scatter(until: number): void {
    const next = this.#next!;
    for (let i = this.#placed; i < until; i++) {
      const cell = this.#cells[i];
      if (cell === NO_CELL) continue;
      const slot = next[cell]++;
      this.#ids[slot] = i;
      this.#near[3 * slot] = this.#positions[3 * i];
      this.#near[3 * slot + 1] = this.#positions[3 * i + 1];
      this.#near[3 * slot + 2] = this.#positions[3 * i + 2];
    }
    this.#placed = until;
  }
}

const NO_CELL = 0xffffffff;

/** Builds it in one go: some 3 ms for 41,914 nodes. */
export function buildGrid(almanac: Almanac, at: EpochMs): Grid {
  const builder = new GridBuilder(almanac, at);
  for (;;) {
    const grid = builder.step(almanac.constellation.count);
    if (grid) return grid;
  }
}
