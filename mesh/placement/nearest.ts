/**
 * Finds the nodes above a place that would answer first, exactly, and looks only near the place.
 *
 * A ball around the origin grows until it holds `k` admissible nodes and no node outside it could
 * beat the k-th: score(range) is a lower bound for anything at that range or beyond. Nothing is
 * allocated on the way; the answer lies in `found`, best first.
 * Not its job: explaining (explain.ts), asking nodes.
 * @module
 */
import type { Almanac, Weights } from "../orbit/almanac.ts";
import type { Ecef } from "../orbit/frames.ts";
import { cellOf, columnOf, gapTo, type Grid, SPEED_MAX_KM_S } from "./grid.ts";
import type { EpochMs } from "../units.ts";

/** What a search needs to know of a query. Distances in km, scores in seconds. */
export interface Query {
  at: EpochMs;
  origin: Ecef;
  zenith: Ecef;
  /** Sine of the elevation mask. */
  sin_mask: number;
  /** No node is admissible beyond this slant range: what the mask and the highest orbit allow. */
  range_max_km: number;
  /** Modelled time to result if nothing but the distance delayed it; must grow with the range. */
  scoreAt(range_km: number): number;
  /** The same for one node, what is known of it included; Infinity where it would refuse. */
  scoreOf(index: number, range_km: number): number;
}

/** Grid positions are Float32 (0.5 m at this radius) in each axis. */
const ROUNDING_KM = 1e-3;
const GROWTH = 1.5;

export class NearestSearch {
  /** Node indices and scores of the last search, best first; only the first `size` hold. */
  readonly found: Int32Array;
  readonly scores: Float64Array;
  size = 0;
  /** Nodes whose exact position the last search computed. */
  looked = 0;
  readonly #k: number;
  readonly #xyz = new Float64Array(3);

  constructor(k: number) {
    this.#k = k;
    this.found = new Int32Array(k);
    this.scores = new Float64Array(k);
  }

  run(almanac: Almanac, grid: Grid, query: Query): void {
    const weights = almanac.weights(query.at);
    const drift_km = SPEED_MAX_KM_S * Math.abs(query.at - grid.at) / 1e3 + ROUNDING_KM;
    let range_km = Math.min(firstRange(almanac, this.#k), query.range_max_km);
    this.looked = 0;
    for (;;) {
      this.size = 0;
      this.#scan({ almanac, grid, weights, query, range_km, drift_km });
      const whole = this.size === this.#k;
      if (whole && this.scores[this.#k - 1] <= query.scoreAt(range_km)) return;
      if (range_km >= query.range_max_km) return;
      range_km = Math.min(range_km * GROWTH, query.range_max_km);
    }
  }

  /** Ranks every admissible node within `range_km`. */
  #scan(
    { almanac, grid, weights, query, range_km, drift_km }: {
      almanac: Almanac;
      grid: Grid;
      weights: Weights;
      query: Query;
      range_km: number;
      drift_km: number;
    },
  ): void {
    const { x, y, z } = query.origin;
    const reach = range_km + drift_km;
    const reach2 = reach * reach;
    const { starts, near } = grid;
    const x1 = cellOf(x + reach);
    const y1 = cellOf(y + reach);
    for (let cx = cellOf(x - reach); cx <= x1; cx++) {
      const gapX = gapTo(cx, x);
      for (let cy = cellOf(y - reach); cy <= y1; cy++) {
        const gapY = gapTo(cy, y);
        const left2 = reach2 - gapX * gapX - gapY * gapY;
        if (left2 < 0) continue;
        const half = Math.sqrt(left2);
        const column = columnOf(cx, cy);
        const last = starts[column + cellOf(z + half) + 1];
        for (let slot = starts[column + cellOf(z - half)]; slot < last; slot++) {
          const dx = near[3 * slot] - x;
          const dy = near[3 * slot + 1] - y;
          const dz = near[3 * slot + 2] - z;
          if (dx * dx + dy * dy + dz * dz > reach2) continue;
          this.#consider(grid.ids[slot], almanac, weights, query, range_km);
        }
      }
    }
  }

  #consider(
    index: number,
    almanac: Almanac,
    weights: Weights,
    query: Query,
    range_km: number,
  ): void {
    this.looked++;
    const xyz = this.#xyz;
    almanac.position(index, weights, xyz);
    const dx = xyz[0] - query.origin.x;
    const dy = xyz[1] - query.origin.y;
    const dz = xyz[2] - query.origin.z;
    const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (range > range_km) return;
    const up = dx * query.zenith.x + dy * query.zenith.y + dz * query.zenith.z;
    if (up < query.sin_mask * range) return;
    if (this.size === this.#k && query.scoreAt(range) > this.scores[this.#k - 1]) return;
    const score = query.scoreOf(index, range);
    if (score < Infinity) this.#insert(index, score);
  }

  /** Keeps the k best, by score and then by index, so that a tie has one answer. */
  #insert(index: number, score: number): void {
    const { found, scores } = this;
    let slot = this.size;
    if (slot === this.#k) {
      const last = this.#k - 1;
      if (score > scores[last] || (score === scores[last] && index > found[last])) return;
      slot = last;
    } else {
      this.size++;
    }
    while (
      slot > 0 &&
      (scores[slot - 1] > score || (scores[slot - 1] === score && found[slot - 1] > index))
    ) {
      scores[slot] = scores[slot - 1];
      found[slot] = found[slot - 1];
      slot--;
    }
    scores[slot] = score;
    found[slot] = index;
  }
}

const EARTH_RADIUS_KM = 6_371;
const LOWEST_KM = 340;

/**
 * The first ball: one that holds about 2k nodes where `count` of them are spread evenly.
 * Only a guess for speed; too small costs a second scan, too large costs looking at more nodes.
 */
function firstRange(almanac: Almanac, k: number): number {
  const disc2 = 8 * EARTH_RADIUS_KM * EARTH_RADIUS_KM * k / almanac.constellation.count;
  return Math.sqrt(LOWEST_KM * LOWEST_KM + disc2);
}
