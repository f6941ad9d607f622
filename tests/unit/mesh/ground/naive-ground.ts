/**
 * The way to the ground as a scan of everything finds it: every node for the one that serves, every
 * gateway for each node, a textbook's Dijkstra over links, great circles by vectors.
 * @module
 */
import { lookAngles, type Site, siteOf } from "../../../../mesh/geo/site.ts";
import type { Gateway } from "../../../../mesh/ground/gateways.ts";
import type { CloudRegion } from "../../../../mesh/ground/regions.ts";
import { degrees, km } from "../../../../mesh/units.ts";
import { naivePaths } from "../placement/naive-paths.ts";

export const LIGHT_KM_S = 299_792.458;
const LENGTH_MAX_KM = 20_000;
const RAD = Math.PI / 180;

export interface NaiveWay {
  serving: number;
  last: number;
  up_km: number;
  lasers_km: number;
  down_km: number;
  /** One way, stretched. */
  fibre_s: number;
  gateway: string;
  region: string;
}

type Point = { lat: number; lon: number };

/** The angle between two unit vectors, by their cross and dot products. */
export function naiveGreatCircle(a: Point, b: Point): number {
  const vector = ({ lat, lon }: Point) => [
    Math.cos(lat * RAD) * Math.cos(lon * RAD),
    Math.cos(lat * RAD) * Math.sin(lon * RAD),
    Math.sin(lat * RAD),
  ];
  const [ax, ay, az] = vector(a);
  const [bx, by, bz] = vector(b);
  const cross = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
  return 6_371 * Math.atan2(cross, ax * bx + ay * by + az * bz);
}

/** A gateway and its fibre to the region that is nearest. */
export interface NaiveLanding {
  site: Site;
  gateway: string;
  region: string;
  /** One way, stretched by 2.1, at light over 1.468. */
  fibre_s: number;
}

export function naiveLandings(
  gateways: readonly Gateway[],
  regions: readonly CloudRegion[],
): NaiveLanding[] {
  return gateways.map((gateway) => {
    const [nearest] = regions
      .map((region) => ({ region, length: naiveGreatCircle(gateway, region) }))
      .sort((a, b) => a.length - b.length);
    return {
      site: siteOf({ ...gateway, alt: km(0) }),
      gateway: gateway.name,
      region: nearest.region.name,
      fibre_s: nearest.length * 2.1 * 1.468 / LIGHT_KM_S,
    };
  });
}

const placeOf = (xyz: Float64Array, index: number) => ({
  x: xyz[3 * index],
  y: xyz[3 * index + 1],
  z: xyz[3 * index + 2],
});

/** Of the gateways that see a node over 25 degrees, that by which a region is reached first. */
export function naiveLook(
  landings: readonly NaiveLanding[],
  xyz: Float64Array,
  index: number,
): (NaiveLanding & { down_km: number }) | null {
  const node = placeOf(xyz, index);
  return landings
    .map((landing) => ({ ...landing, ...lookAngles(landing.site, node) }))
    .filter(({ elevation }) => elevation >= degrees(25))
    .map((landing) => ({ ...landing, down_km: landing.slant_range }))
    .sort((a, b) => a.down_km / LIGHT_KM_S + a.fibre_s - b.down_km / LIGHT_KM_S - b.fibre_s)
    .at(0) ?? null;
}

/** @param origin a place with the mask in degrees, or a node's index */
export function naiveWay(
  { landings, xyz, neighbours, origin }: {
    landings: readonly NaiveLanding[];
    xyz: Float64Array;
    neighbours: Int32Array;
    origin: { site: Site; mask: number } | { node: number };
  },
): NaiveWay | null {
  const count = xyz.length / 3;
  let [serving, up_km] = [-1, 0];
  if ("node" in origin) serving = origin.node;
  else {
    up_km = Infinity;
    for (let index = 0; index < count; index++) {
      const { elevation, slant_range } = lookAngles(origin.site, placeOf(xyz, index));
      if (elevation >= origin.mask && slant_range < up_km) [serving, up_km] = [index, slant_range];
    }
    if (serving < 0) return null;
  }
  const straight = naiveLook(landings, xyz, serving);
  if (straight) return { ...straight, serving, last: serving, up_km, lasers_km: 0 };
  const lengths = naivePaths({
    xyz,
    neighbours,
    sources: [{ index: serving, length_km: 0 }],
    limit_km: LENGTH_MAX_KM,
  });
  let [best, least]: [NaiveWay | null, number] = [null, Infinity];
  for (let last = 0; last < count; last++) {
    if (lengths[last] === Infinity) continue;
    const down = naiveLook(landings, xyz, last);
    if (!down) continue;
    const total = (lengths[last] + down.down_km) / LIGHT_KM_S + down.fibre_s;
    if (total >= least) continue;
    least = total;
    best = { ...down, serving, last, up_km, lasers_km: lengths[last] };
  }
  return best;
}
