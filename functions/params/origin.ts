/**
 * Where a request comes from: what it names, else the position the network gives, else an error.
 * @module
 */
import { type GroundOrigin, Latitude, Longitude, type Origin } from "../../contract/origin.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { type Geodetic, zenith } from "../../mesh/orbit/frames.ts";
import type { NodeOrigin } from "../../mesh/placement/ask.ts";
import { type Region, regionBelow } from "../../mesh/region.ts";
import { degrees, km } from "../../mesh/units.ts";
import type { Ctx } from "../context.ts";

/** @param named from the body, if it names one; it wins over the header, and that over the network */
export function originOf(c: Ctx, named?: Origin): Origin {
  const origin = named ?? fromHeader(c) ?? fromNetwork(c);
  if (origin) return origin;
  throw new ProblemError(
    "origin_missing",
    "Name the origin in the body, or in the header Perigee-Origin: <lat>,<lon>",
  );
}

/** The origin as placement takes it. A node that the constellation does not hold is a 404. */
export function placeOf(origin: Origin, constellation: Constellation): Geodetic | NodeOrigin {
  if (!("node" in origin)) {
    return { lat: degrees(origin.lat), lon: degrees(origin.lon), alt: km(origin.alt_m / 1e3) };
  }
  const node = constellation.indexOf(origin.node);
  if (node >= 0) return { node };
  throw new ProblemError(
    "node_not_found",
    `The constellation "${constellation.name}" has no node "${origin.node.slice(0, 64)}"`,
  );
}

/** The region whose almanac serves a request: any would do, the nearest is quickest. */
export function regionOf(c: Ctx, place: Geodetic | NodeOrigin): Region {
  return "node" in place ? callersRegion(c) : regionBelow(zenith(place));
}

/** The region near the caller; where the network does not say where that is, any. */
export function callersRegion(c: Ctx): Region {
  const caller = fromNetwork(c);
  const lat = degrees(caller?.lat ?? 0);
  return regionBelow(zenith({ lat, lon: degrees(caller?.lon ?? 0) }));
}

function fromHeader(c: Ctx): GroundOrigin | null {
  const header = c.req.header("Perigee-Origin");
  if (header === undefined) return null;
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/.exec(header);
  const lat = Latitude.safeParse(Number(match?.[1]));
  const lon = Longitude.safeParse(Number(match?.[2]));
  if (match && lat.success && lon.success) return { lat: lat.data, lon: lon.data, alt_m: 0 };
  throw new ProblemError(
    "invalid_request",
    "Perigee-Origin must be <lat>,<lon> in degrees, -90 to 90 and -180 to 180",
  );
}

function fromNetwork(c: Ctx): GroundOrigin | null {
  const cf = (c.req.raw as { cf?: { latitude?: string; longitude?: string } }).cf;
  const lat = Latitude.safeParse(Number(cf?.latitude ?? NaN));
  const lon = Longitude.safeParse(Number(cf?.longitude ?? NaN));
  return lat.success && lon.success ? { lat: lat.data, lon: lon.data, alt_m: 0 } : null;
}
