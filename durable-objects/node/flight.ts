/**
 * How a node flies, as its elements have it: its light, the regions below it, and where it is.
 * @module
 */
import { type EphemerisAt, ephemerisOf } from "../../mesh/orbit/ephemeris.ts";
import type { Elements } from "../../mesh/orbit/elements.ts";
import { remembered } from "../../mesh/orbit/remembered-sunlight.ts";
import { type Sunlight, sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { type Tenure, tenuresOf } from "../../mesh/tenure.ts";
import type { EpochMs } from "../../mesh/units.ts";

/** The flight of one node by one set of elements. */
export interface Flight {
  elements: Elements;
  sunlight: Sunlight;
  tenureAt: (at: EpochMs) => Tenure;
  ephemerisAt: EphemerisAt;
}

/**
 * The flight by these elements.
 * @param last is kept where it is by the same elements: it remembers what it has computed
 */
export function flightOf(elements: Elements, last: Flight | undefined): Flight {
  if (last && sameElements(last.elements, elements)) return last;
  return {
    elements,
    sunlight: remembered(sunlightOf(elements)),
    tenureAt: tenuresOf(elements).tenureAt,
    ephemerisAt: ephemerisOf(elements),
  };
}

/** Compared with each ask; `a` has every field that elements have. */
function sameElements(a: Elements, b: Elements): boolean {
  if (a === b) return true;
  for (const name in a) {
    if (!Object.is(a[name as keyof Elements], b[name as keyof Elements])) return false;
  }
  return true;
}
