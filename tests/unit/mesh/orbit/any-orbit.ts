/**
 * Any orbit that a catalogue may hold, from a seed.
 * @module
 */
import {
  WGS72_EQUATORIAL_RADIUS_KM as EARTH_RADIUS_KM,
  WGS72_MU_KM3_S2 as MU_KM3_S2,
} from "../../../../mesh/orbit/earth.ts";
import type { Elements } from "../../../../mesh/orbit/elements.ts";
import { epochMs, radians } from "../../../../mesh/units.ts";
import type { Random } from "../../../support/random.ts";

const EPOCH = Date.UTC(2026, 0, 1);

export function anyOrbit(
  random: Random,
  { perigee_km, apogee_km, bstar = 0 }: {
    perigee_km: number;
    apogee_km: number;
    bstar?: number;
  },
): Elements {
  const [low, high] = [perigee_km + EARTH_RADIUS_KM, apogee_km + EARTH_RADIUS_KM];
  return {
    epoch: epochMs(EPOCH + random.integer(0, 86_400_000)),
    mean_motion: 60 * Math.sqrt(MU_KM3_S2 / ((low + high) / 2) ** 3),
    eccentricity: (high - low) / (high + low),
    inclination: radians(random.between(0, Math.PI)),
    raan: radians(random.between(0, 2 * Math.PI)),
    arg_perigee: radians(random.between(0, 2 * Math.PI)),
    mean_anomaly: radians(random.between(0, 2 * Math.PI)),
    bstar,
  };
}

/** Low and round, eccentric, far out, and some that are about to fall. */
export function anyOrbitAtAll(random: Random): Elements {
  const perigee_km = random.pick([random.between(90, 250), random.between(250, 3_000)]);
  const apogee_km = perigee_km +
    random.pick([random.between(0, 100), random.between(0, 3_000), random.between(0, 55_000)]);
  return anyOrbit(random, {
    perigee_km,
    apogee_km,
    bstar: random.pick([0, 1e-4, 1e-3, 0.05, -1e-4]),
  });
}
