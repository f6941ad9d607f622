/**
 * Where one node is at an instant, by its own elements: what lies below it, and whether the Sun shines
 * on it.
 * SGP4 at the very instant: no knots and no window, so it says what the almanac says to 0.44 m. Some
 * 1.5 us; in a resonant deep-space orbit with old elements, where SGP4 integrates from them, 150 us.
 * Not its job: all nodes at once (almanac.ts), when the light changes (sunlight.ts).
 * @module
 */
import type { EpochMs } from "../units.ts";
import { isSunlit } from "./eclipse.ts";
import type { Elements } from "./elements.ts";
import { type Ecef, ecefToGeodetic, type Geodetic, temeToEcef } from "./frames.ts";
import { propagatorOf, siderealTime } from "./propagation.ts";
import { sunDirectionEcef } from "./sun.ts";

/** Where one node is at one instant. */
export interface Ephemeris {
  /** Earth-fixed, km. */
  position: Ecef;
  /** The point below the node; `alt` is the node's own height. */
  sub_point: Geodetic;
  sunlit: boolean;
}

/** Null where the node has no orbit left: it has decayed. */
export type EphemerisAt = (at: EpochMs) => Ephemeris | null;

/** Prepares the ephemeris of one node; SGP4 is initialised once, for all instants. */
export function ephemerisOf(elements: Elements): EphemerisAt {
  const propagate = propagatorOf(elements);
  const state = new Float64Array(6);
  return (at) => {
    if (!propagate(at, state)) return null;
    temeToEcef(state, siderealTime(at), state);
    const position = { x: state[0], y: state[1], z: state[2] };
    return {
      position,
      sub_point: ecefToGeodetic(position),
      sunlit: isSunlit(position, sunDirectionEcef(at)),
    };
  };
}
