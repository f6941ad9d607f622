/**
 * The mesh's own almanac for the window around an instant, as the tests want it.
 * @module
 */
import { KnotAlmanac } from "../../../../mesh/orbit/knot-almanac.ts";
import { computeKnot, knotNumber } from "../../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { FILED } from "../placement/oracle.ts";

const propagator = new Propagator(FILED);

/** The window that holds `at`; about 60 ms. */
export function almanacAt(at: number): KnotAlmanac {
  const number = knotNumber(epochMs(at));
  return new KnotAlmanac(
    FILED,
    computeKnot(FILED, propagator, number),
    computeKnot(FILED, propagator, number + 1),
  );
}
