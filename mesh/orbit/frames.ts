/**
 * Frames: TEME, Earth-fixed (ECEF) and geodetic on WGS-84.
 * Polar motion is left out: at most 17 m on the ground, the same for every candidate.
 * @module
 */
import {
  type Degrees,
  type Km,
  km,
  type Radians,
  radians,
  toDegrees,
  toRadians,
} from "../units.ts";
import {
  EARTH_ROTATION_RAD_S,
  WGS84_E2 as E2,
  WGS84_EQUATORIAL_RADIUS_KM as EQUATORIAL_RADIUS_KM,
} from "./earth.ts";

/**
 * Coordinates in the Earth-fixed frame. Kilometres from the Earth's centre, where a docstring does
 * not say that it is a direction: a unit vector in the same axes.
 */
export interface Ecef {
  /** Along the equator, to the meridian of Greenwich. */
  x: number;
  /** Along the equator, to 90 degrees east. */
  y: number;
  /** To the north pole. */
  z: number;
}

/** A place by the WGS-84 ellipsoid: `lat` -90..90, `lon` -180..180, `alt` above the ellipsoid. */
export interface Geodetic {
  lat: Degrees;
  lon: Degrees;
  alt: Km;
}

/**
 * Turns a state into the Earth-fixed frame, as seen from the turning Earth.
 * @param state six numbers, TEME: position in km, velocity in km/s
 * @param gmst Greenwich mean sidereal time of the state's instant (siderealTime())
 * @param out receives six numbers, Earth-fixed, in the same units; it may be `state`
 */
export function temeToEcef(state: Float64Array, gmst: Radians, out: Float64Array): void {
  const cos = Math.cos(gmst);
  const sin = Math.sin(gmst);
  const [px, py, pz, vx, vy, vz] = state;
  const x = cos * px + sin * py;
  const y = cos * py - sin * px;
  out[0] = x;
  out[1] = y;
  out[2] = pz;
  out[3] = cos * vx + sin * vy + EARTH_ROTATION_RAD_S * y;
  out[4] = cos * vy - sin * vx - EARTH_ROTATION_RAD_S * x;
  out[5] = vz;
}

/**
 * The Earth-fixed position of a place, km: the closed form by the radius of curvature in the prime
 * vertical, exact on WGS-84.
 */
export function geodeticToEcef({ lat, lon, alt }: Geodetic): Ecef {
  const phi = toRadians(lat);
  const lambda = toRadians(lon);
  const sinLat = Math.sin(phi);
  const cosLat = Math.cos(phi);
  const normal = EQUATORIAL_RADIUS_KM / Math.sqrt(1 - E2 * sinLat * sinLat);
  return {
    x: (normal + alt) * cosLat * Math.cos(lambda),
    y: (normal + alt) * cosLat * Math.sin(lambda),
    z: (normal * (1 - E2) + alt) * sinLat,
  };
}

/**
 * The place of an Earth-fixed position, km, by Bowring's iteration: four rounds leave under a
 * millimetre at any altitude up to geostationary.
 */
export function ecefToGeodetic({ x, y, z }: Ecef): Geodetic {
  const p = Math.hypot(x, y);
  let lat = Math.atan2(z, p * (1 - E2));
  let normal = EQUATORIAL_RADIUS_KM;
  for (let round = 0; round < 4; round++) {
    const sin = Math.sin(lat);
    normal = EQUATORIAL_RADIUS_KM / Math.sqrt(1 - E2 * sin * sin);
    lat = Math.atan2(z + E2 * normal * sin, p);
  }
  const sin = Math.sin(lat);
  const cos = Math.cos(lat);
  // The form that does not divide by cos(lat): right at the poles too.
  const alt = p * cos + z * sin - EQUATORIAL_RADIUS_KM * Math.sqrt(1 - E2 * sin * sin);
  return { lat: toDegrees(radians(lat)), lon: toDegrees(radians(Math.atan2(y, x))), alt: km(alt) };
}

/**
 * The direction straight up at a place, the normal of the ellipsoid: an Earth-fixed unit vector.
 */
export function zenith({ lat, lon }: Pick<Geodetic, "lat" | "lon">): Ecef {
  const phi = toRadians(lat);
  const lambda = toRadians(lon);
  return {
    x: Math.cos(phi) * Math.cos(lambda),
    y: Math.cos(phi) * Math.sin(lambda),
    z: Math.sin(phi),
  };
}
