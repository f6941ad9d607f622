/**
 * A place on the ground as placement sees it, and where nodes stand in its sky.
 * @module
 */
import { type Ecef, type Geodetic, geodeticToEcef, zenith } from "../orbit/frames.ts";
import { type Degrees, degrees, type Km, km, radians, toDegrees, toRadians } from "../units.ts";

/** Position in km; `up` and `east` are unit vectors; all Earth-fixed. */
export interface Site {
  position: Ecef;
  up: Ecef;
  east: Ecef;
}

export interface LookAngles {
  elevation: Degrees;
  /** Clockwise from north, 0..360. */
  azimuth: Degrees;
  slant_range: Km;
}

export function siteOf(place: Geodetic): Site {
  const lon = toRadians(place.lon);
  return {
    position: geodeticToEcef(place),
    up: zenith(place),
    // From the longitude, not from the zenith: at a pole only the longitude tells where east is.
    east: { x: -Math.sin(lon), y: Math.cos(lon), z: 0 },
  };
}

export function lookAngles({ position, up, east }: Site, node: Ecef): LookAngles {
  const dx = node.x - position.x;
  const dy = node.y - position.y;
  const dz = node.z - position.z;
  const range = Math.hypot(dx, dy, dz);
  const rise = dx * up.x + dy * up.y + dz * up.z;
  const toEast = dx * east.x + dy * east.y;
  // North is up x east.
  const toNorth = -up.z * east.y * dx + up.z * east.x * dy + (up.x * east.y - up.y * east.x) * dz;
  const azimuth = toDegrees(radians(Math.atan2(toEast, toNorth)));
  return {
    elevation: toDegrees(radians(Math.asin(rise / range))),
    azimuth: degrees((azimuth + 360) % 360),
    slant_range: km(range),
  };
}
