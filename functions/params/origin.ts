/**
 * Where a request comes from: the origin that it names, else the place that the network gives, else
 * an error.
 * @module
 */
import { type GroundOrigin, Latitude, Longitude, type Origin } from "../../contract/origin.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { type Geodetic, zenith } from "../../mesh/orbit/frames.ts";
import type { NodeOrigin } from "../../mesh/placement/ask.ts";
import { type Region, regionBelow } from "../../mesh/region.ts";
import { degrees, km } from "../../mesh/units.ts";
import type { Services } from "../services.ts";
import { nodeIndexOf } from "./node.ts";

/**
 * The origin of a request: from the body, else from the header Perigee-Origin, else from the
 * network.
 * @param named from the body, if it names one
 * @throws ProblemError `origin_missing` if nothing gives an origin, `invalid_request` for a wrong
 * header
 */
export function originOf(services: Services, named?: Origin): Origin {
  // The network's place is worked out only where it is needed.
  const origin = named ?? fromHeader(services.headers) ?? services.location;
  if (origin) return origin;
  throw new ProblemError(
    "origin_missing",
    "Name the origin in the body, or in the header Perigee-Origin: <lat>,<lon>",
  );
}

/**
 * The origin as placement takes it.
 * @throws ProblemError `node_not_found` for a node that the constellation does not hold
 */
export function placeOf(origin: Origin, constellation: Constellation): Geodetic | NodeOrigin {
  if (!("node" in origin)) {
    return { lat: degrees(origin.lat), lon: degrees(origin.lon), alt: km(origin.alt_m / 1e3) };
  }
  return { node: nodeIndexOf(origin.node, constellation) };
}

/**
 * What a sky asks an almanac with for a request. Any region's almanac would do; the nearest is the quickest.
 * Which one that is, is worked out only where one is asked: tables of shells ask none.
 */
export function almanacAccess(
  services: Services,
  place: Geodetic | NodeOrigin,
): Readonly<Pick<Services, "env" | "log" | "region">> {
  const { env, log } = services;
  return {
    env,
    log,
    get region(): Region {
      return "node" in place ? services.region : regionBelow(zenith(place));
    },
  };
}

function fromHeader(headers: Headers): GroundOrigin | null {
  const header = headers.get("Perigee-Origin");
  if (header === null) return null;
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/.exec(header);
  const lat = Latitude.safeParse(Number(match?.[1]));
  const lon = Longitude.safeParse(Number(match?.[2]));
  if (match && lat.success && lon.success) return { lat: lat.data, lon: lon.data, alt_m: 0 };
  throw new ProblemError(
    "invalid_request",
    "Perigee-Origin must be <lat>,<lon> in degrees, -90 to 90 and -180 to 180",
  );
}
