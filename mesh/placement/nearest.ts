/**
 * Finds the nodes above a place that would answer first, exactly, and looks only near the place.
 *
 * A ball around the origin grows until it holds `k` admissible nodes and no node outside it could
 * beat the k-th: scoreAt(range) is a lower bound for anything at that range or beyond.
 * Not its job: explaining (place.ts), asking nodes.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import { MEAN_RADIUS_KM } from "../orbit/earth.ts";
import { Best } from "./best.ts";
import { scan, type ScanView, type Visit } from "./scan.ts";
import type { Scores } from "./scores.ts";

const GROWTH = 1.5;

export class NearestSearch {
  readonly best: Best;
  /** Nodes within reach and above the mask that the last search scored. */
  looked = 0;
  readonly #k: number;

  constructor(k: number) {
    this.#k = k;
    this.best = new Best(k);
  }

  /** @param range_max_km no node is admissible beyond: what the mask and the highest orbit allow */
  run(view: ScanView, scores: Scores, range_max_km: number): void {
    const { best } = this;
    const visit: Visit = (index, range, xyz) => {
      this.looked++;
      if (scores.at(range) > best.bar()) return;
      best.add(index, scores.of(index, range, xyz, 0));
    };
    let range_km = Math.min(firstRange(view.almanac, this.#k), range_max_km);
    this.looked = 0;
    for (;;) {
      best.clear();
      scan(view, range_km, visit);
      if (best.bar() <= scores.at(range_km) || range_km >= range_max_km) return;
      range_km = Math.min(range_km * GROWTH, range_max_km);
    }
  }
}

const LOWEST_KM = 340;

/**
 * The first ball: one that holds about 2k nodes where `count` of them are spread evenly.
 * Only a guess for speed; too small costs a second scan, too large costs looking at more nodes.
 */
function firstRange(almanac: Almanac, k: number): number {
  const disc2 = 8 * MEAN_RADIUS_KM * MEAN_RADIUS_KM * k / almanac.constellation.count;
  return Math.sqrt(LOWEST_KM * LOWEST_KM + disc2);
}
