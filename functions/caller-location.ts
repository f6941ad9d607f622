/**
 * Where the network says that a request comes from. On Cloudflare it comes with the request (`cf`);
 * elsewhere nobody says.
 * @module
 */
import { type GroundOrigin, Latitude, Longitude } from "../contract/origin.ts";
import { zenith } from "../mesh/orbit/frames.ts";
import { type Region, regionBelow } from "../mesh/region.ts";
import { degrees } from "../mesh/units.ts";

export function locationOf(request: Request): GroundOrigin | null {
  const { cf } = request as { cf?: { latitude?: string; longitude?: string } };
  const lat = Latitude.safeParse(Number(cf?.latitude ?? NaN));
  const lon = Longitude.safeParse(Number(cf?.longitude ?? NaN));
  return lat.success && lon.success ? { lat: lat.data, lon: lon.data, alt_m: 0 } : null;
}

/** The region of a place; without one that of 0° N, 0° E, as good as any other. */
export function regionNear(location: GroundOrigin | null): Region {
  const { lat, lon } = location ?? { lat: 0, lon: 0 };
  return regionBelow(zenith({ lat: degrees(lat), lon: degrees(lon) }));
}
