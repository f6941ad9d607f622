/**
 * The mesh's own almanac for the window around an instant, as the tests want it.
 * @module
 */
import { Almanac } from "../../../../mesh/orbit/almanac.ts";
import { computeKnot, knotNumber } from "../../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { FILED } from "../placement/oracle.ts";

const propagator = new Propagator(FILED);

/** The window that holds `at`; about 60 ms. */
export function almanacAt(at: number): Almanac {
  const number = knotNumber(epochMs(at));
  return new Almanac(
    FILED,
    computeKnot(FILED, propagator, number),
    computeKnot(FILED, propagator, number + 1),
  );
}
