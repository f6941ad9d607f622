/**
 * Finds the nodes above a place that would answer first, exactly, and looks only near the place.
 *
 * A ball around the origin grows until it holds `k` admissible nodes and no node outside it could
 * beat the k-th: scoreAt(range) is a lower bound for anything at that range or beyond. Tolls of the radio
 * only add to that.
 * Not its job: explaining (place.ts), asking nodes.
 * @module
 */
import type { Almanac } from "../orbit/almanac.ts";
import { MEAN_RADIUS_KM } from "../orbit/earth.ts";
import type { Best } from "./best.ts";
import type { Visit } from "./finder.ts";
import { scan, type ScanView } from "./scan.ts";
import type { Scores } from "./scores.ts";

const GROWTH = 1.5;

/**
 * Fills `best` with the nodes above the mask that score best.
 * @param range_max_km no node is admissible beyond: what the mask and the highest orbit allow
 * @returns how many nodes within reach and above the mask were scored
 */
export function nearest(
  view: ScanView,
  { scores, best, range_max_km }: { scores: Scores; best: Best; range_max_km: number },
): number {
  let looked = 0;
  const { tolls } = view;
  const visit: Visit = (index, range, xyz) => {
    looked++;
    if (scores.at(range) > best.bar()) return;
    const way = tolls ? range + tolls.of(index, range, xyz, 0) : range;
    if (way < Infinity) best.add(index, scores.of(index, way, xyz, 0));
  };
  let range_km = Math.min(firstRange(view.almanac, best.k), range_max_km);
  for (;;) {
    best.clear();
    scan(view, range_km, visit);
    if (best.bar() <= scores.at(range_km) || range_km >= range_max_km) return looked;
    range_km = Math.min(range_km * GROWTH, range_max_km);
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
