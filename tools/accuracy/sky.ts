/**
 * The filed constellation and its almanacs, for measuring.
 * @module
 */
import { KnotAlmanac } from "../../mesh/orbit/knot-almanac.ts";
import { generatedConstellation } from "../../mesh/orbit/constellation.ts";
import { computeKnot } from "../../mesh/orbit/knot.ts";
import { Propagator } from "../../mesh/orbit/propagation.ts";
import { STARLINK_FILED } from "../../mesh/orbit/shells.ts";

export const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);
export const PROPAGATOR = new Propagator(FILED);
export const YEAR_FROM = Date.UTC(2026, 0, 1);
export const DAY_MS = 86_400_000;

export function almanacOf(number: number): KnotAlmanac {
  return new KnotAlmanac(
    FILED,
    computeKnot(FILED, PROPAGATOR, number),
    computeKnot(FILED, PROPAGATOR, number + 1),
  );
}
