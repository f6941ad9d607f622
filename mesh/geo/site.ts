/**
 * A place on the ground as placement sees it, and where nodes stand in its sky.
 * @module
 */
import { type Ecef, type Geodetic, geodeticToEcef, zenith } from "../orbit/frames.ts";
import { type Degrees, degrees, type Km, km, radians, toDegrees, toRadians } from "../units.ts";

/**
 * A place on the ground, ready for lookAngles(). `position` is in km; `up` and `east` are unit
 * vectors; all three are Earth-fixed.
 */
export interface Site {
  position: Ecef;
  up: Ecef;
  east: Ecef;
}

/** Where a node stands in a site's sky. */
export interface LookAngles {
  /** Above the horizon; negative below it. */
  elevation: Degrees;
  /** Clockwise from north, 0..360. */
  azimuth: Degrees;
  slant_range: Km;
}

/** Prepares a place: its position and its local directions up and east, by the WGS-84 ellipsoid. */
export function siteOf(place: Geodetic): Site {
  const lon = toRadians(place.lon);
  return {
    position: geodeticToEcef(place),
    up: zenith(place),
    // From the longitude, not from the zenith: at a pole only the longitude tells where east is.
    east: { x: -Math.sin(lon), y: Math.cos(lon), z: 0 },
  };
}

/**
 * Where a node stands in the sky of a site, as a straight line without refraction. The azimuth of a
 * node exactly overhead has no meaning.
 * @param node Earth-fixed, km
 */
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
    // By its tangent: the sine of a node at the zenith may round to more than 1, which is no angle.
    elevation: toDegrees(radians(Math.atan2(rise, Math.hypot(toEast, toNorth)))),
    azimuth: degrees((azimuth + 360) % 360),
    slant_range: km(range),
  };
}
