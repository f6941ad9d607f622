/**
 * The Earth in numbers. Two models, on purpose: elements of a TLE or OMM are made with WGS-72 and must
 * be flown with it; places on the ground, shadows and altitudes are on WGS-84.
 * @module
 */
import { type Km, km } from "../units.ts";

// WGS-72, as SGP4 uses it: Hoots & Roehrich, Spacetrack Report 3; Vallado et al., AIAA 2006-6753.
export const WGS72_MU_KM3_S2 = 398_600.8;
export const WGS72_EQUATORIAL_RADIUS_KM = 6_378.135;
export const WGS72_J2 = 0.001_082_616;

// WGS-84, NIMA TR8350.2.
export const WGS84_EQUATORIAL_RADIUS_KM = 6_378.137;
export const WGS84_FLATTENING = 1 / 298.257_223_563;
export const WGS84_POLAR_RADIUS_KM = WGS84_EQUATORIAL_RADIUS_KM * (1 - WGS84_FLATTENING);
/** The square of the first eccentricity. */
export const WGS84_E2 = WGS84_FLATTENING * (2 - WGS84_FLATTENING);

/** Mean radius (IUGG 1980): where the Earth may as well be round. */
export const MEAN_RADIUS_KM = 6_371;

/** The derivative of GMST (IAU 1982), rad/s. */
export const EARTH_ROTATION_RAD_S = 7.292115855e-5;

/**
 * No bound orbit is faster over the turning Earth: escape velocity at 80 km and the rotation there.
 * Circular orbits stay below 8.3; an imported eccentric one does 10 km/s and more at its perigee.
 */
export const SPEED_MAX_KM_S = 11.6;

/** @param mean_motion radians per minute */
export function semiMajorAxis(mean_motion: number): Km {
  const motion_rad_s = mean_motion / 60;
  return km(Math.cbrt(WGS72_MU_KM3_S2 / (motion_rad_s * motion_rad_s)));
}
