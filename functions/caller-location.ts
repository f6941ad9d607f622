/**
 * Where the network says that a request comes from. Cloudflare adds it to the request (`cf`);
 * without Cloudflare it is unknown.
 * @module
 */
import { type GroundOrigin, Latitude, Longitude } from "../contract/origin.ts";
import { zenith } from "../mesh/orbit/frames.ts";
import { type Region, regionBelow } from "../mesh/region.ts";
import { degrees } from "../mesh/units.ts";

/**
 * The place that the network gives for a request.
 * @returns null if it gives none, or none that is valid
 */
export function locationOf(request: Request): GroundOrigin | null {
  const { cf } = request as { cf?: { latitude?: string; longitude?: string } };
  if (cf?.latitude === undefined || cf.longitude === undefined) return null;
  const lat = Latitude.safeParse(Number(cf.latitude));
  const lon = Longitude.safeParse(Number(cf.longitude));
  return lat.success && lon.success ? { lat: lat.data, lon: lon.data, alt_m: 0 } : null;
}

/** The region of a place; without a place, that of 0° N, 0° E, since any region will do. */
export function regionNear(location: GroundOrigin | null): Region {
  const { lat, lon } = location ?? { lat: 0, lon: 0 };
  return regionBelow(zenith({ lat: degrees(lat), lon: degrees(lon) }));
}
