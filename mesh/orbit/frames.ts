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

/** Kilometres from the Earth's centre; x to Greenwich, z to the north pole. */
export interface Ecef {
  x: number;
  y: number;
  z: number;
}

/** `lat` -90..90, `lon` -180..180, height above the WGS-84 ellipsoid. */
export interface Geodetic {
  lat: Degrees;
  lon: Degrees;
  alt: Km;
}

/** A TEME state (km, km/s) as seen from the turning Earth; `out` may be `state`. */
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

/** Bowring's iteration; four rounds leave under a millimetre at any altitude up to geostationary. */
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

/** Unit vector straight up at a place: the normal of the ellipsoid. */
export function zenith({ lat, lon }: Pick<Geodetic, "lat" | "lon">): Ecef {
  const phi = toRadians(lat);
  const lambda = toRadians(lon);
  return {
    x: Math.cos(phi) * Math.cos(lambda),
    y: Math.cos(phi) * Math.sin(lambda),
    z: Math.sin(phi),
  };
}
