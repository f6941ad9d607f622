/**
 * The Earth in numbers. Two models, on purpose: elements of a TLE or OMM are made with WGS-72 and must
 * be flown with it; places on the ground, shadows and altitudes are on WGS-84.
 * @module
 */
import { type Km, km } from "../units.ts";

// WGS-72, as SGP4 uses it: Hoots & Roehrich, Spacetrack Report 3; Vallado et al., AIAA 2006-6753.
/** The Earth's gravitational parameter in WGS-72, km3/s2. */
export const WGS72_MU_KM3_S2 = 398_600.8;
/** The Earth's equatorial radius in WGS-72. */
export const WGS72_EQUATORIAL_RADIUS_KM = 6_378.135;
/** The Earth's second zonal harmonic in WGS-72, without a unit. */
export const WGS72_J2 = 0.001_082_616;

// WGS-84, NIMA TR8350.2.
/** The semi-major axis of the ellipsoid. */
export const WGS84_EQUATORIAL_RADIUS_KM = 6_378.137;
/** The flattening of the ellipsoid, without a unit. */
export const WGS84_FLATTENING = 1 / 298.257_223_563;
/** The semi-minor axis of the ellipsoid. */
export const WGS84_POLAR_RADIUS_KM = WGS84_EQUATORIAL_RADIUS_KM * (1 - WGS84_FLATTENING);
/** The square of the ellipsoid's first eccentricity. */
export const WGS84_E2 = WGS84_FLATTENING * (2 - WGS84_FLATTENING);

/** Mean radius (IUGG 1980), for what may treat the Earth as a ball. */
export const MEAN_RADIUS_KM = 6_371;

/** The derivative of GMST (IAU 1982), rad/s. */
export const EARTH_ROTATION_RAD_S = 7.292115855e-5;

/**
 * No bound orbit is faster over the turning Earth: escape velocity at 80 km and the rotation there.
 * Circular orbits stay below 8.3; an imported eccentric one does 10 km/s and more at its perigee.
 */
export const SPEED_MAX_KM_S = 11.6;

/**
 * The semi-major axis by Kepler's third law, a3 = mu / n2, with the mu of WGS-72.
 * @param mean_motion radians per minute
 */
export function semiMajorAxis(mean_motion: number): Km {
  const motion_rad_s = mean_motion / 60;
  return km(Math.cbrt(WGS72_MU_KM3_S2 / (motion_rad_s * motion_rad_s)));
}
