/**
 * Which region owns a node at an instant: the one whose data centres its sub-satellite point is
 * nearest to. A pure function of that point, so that all isolates and objects agree without a
 * message. Regions are the location hints of Cloudflare's Durable Objects; an anchor is a large
 * metro there.
 * Not its job: since when and until when (tenure.ts), naming objects (durable-objects/names.ts).
 * @module
 */
import type { Ecef } from "./orbit/frames.ts";
import { type Degrees, degrees, type Radians, radians, toRadians } from "./units.ts";

/** All regions, by their location hint. */
export const REGIONS = [
  "wnam",
  "enam",
  "sam",
  "weur",
  "eeur",
  "apac",
  "oc",
  "afr",
  "me",
] as const;
/** One of REGIONS. */
export type Region = typeof REGIONS[number];

/** A large metro of a region, where its data centres are. */
export interface Anchor {
  region: Region;
  lat: Degrees;
  lon: Degrees;
}

/** Region, latitude, longitude in degrees. */
const METROS: readonly (readonly [Region, number, number])[] = [
  ["wnam", 37.4, -121.9], // San Jose
  ["wnam", 47.6, -122.3], // Seattle
  ["wnam", 39.7, -105.0], // Denver
  ["enam", 39.0, -77.5], // Ashburn
  ["enam", 41.9, -87.6], // Chicago
  ["enam", 32.8, -96.8], // Dallas
  ["enam", 25.8, -80.2], // Miami
  ["sam", -23.5, -46.6], // Sao Paulo
  ["sam", -33.4, -70.7], // Santiago
  ["sam", 4.7, -74.1], // Bogota
  ["weur", 51.5, -0.1], // London
  ["weur", 48.9, 2.4], // Paris
  ["weur", 50.1, 8.7], // Frankfurt
  ["weur", 40.4, -3.7], // Madrid
  ["eeur", 52.2, 21.0], // Warsaw
  ["eeur", 44.4, 26.1], // Bucharest
  ["eeur", 60.2, 24.9], // Helsinki
  ["apac", 1.4, 103.8], // Singapore
  ["apac", 35.7, 139.7], // Tokyo
  ["apac", 22.3, 114.2], // Hong Kong
  ["apac", 19.1, 72.9], // Mumbai
  ["oc", -33.9, 151.2], // Sydney
  ["oc", -36.8, 174.8], // Auckland
  ["oc", -31.9, 115.9], // Perth
  ["afr", -26.2, 28.0], // Johannesburg
  ["afr", 6.5, 3.4], // Lagos
  ["afr", -1.3, 36.8], // Nairobi
  ["me", 25.2, 55.3], // Dubai
  ["me", 32.1, 34.8], // Tel Aviv
];

export const ANCHORS: readonly Anchor[] = /* @__PURE__ */ METROS.map(([region, lat, lon]) => ({
  region,
  lat: degrees(lat),
  lon: degrees(lon),
}));

const DIRECTIONS = /* @__PURE__ */ ANCHORS.map(({ lat, lon }): Ecef => {
  const [phi, lambda] = [toRadians(lat), toRadians(lon)];
  return {
    x: Math.cos(phi) * Math.cos(lambda),
    y: Math.cos(phi) * Math.sin(lambda),
    z: Math.sin(phi),
  };
});

/**
 * The metro nearest to the point below a node.
 * @param point the node, Earth-fixed, in any unit: only its direction counts
 */
export function anchorBelow(point: Ecef): Anchor {
  let best = 0;
  let bestDot = -Infinity;
  for (let a = 0; a < DIRECTIONS.length; a++) {
    const d = DIRECTIONS[a];
    const dot = point.x * d.x + point.y * d.y + point.z * d.z;
    if (dot > bestDot) {
      best = a;
      bestDot = dot;
    }
  }
  return ANCHORS[best];
}

/**
 * The region that owns a node at this place, and how far from its borders that lies at least.
 * @param point the node, Earth-fixed, in any unit: only its direction counts
 * @returns `margin`: whatever is nearer than this, seen from the Earth's centre, is of the same region
 */
export function regionAround(point: Ecef): { region: Region; margin: Radians } {
  const { region } = anchorBelow(point);
  const length = Math.hypot(point.x, point.y, point.z);
  let own = -Infinity;
  let other = -Infinity;
  for (let a = 0; a < DIRECTIONS.length; a++) {
    const d = DIRECTIONS[a];
    const dot = point.x * d.x + point.y * d.y + point.z * d.z;
    if (ANCHORS[a].region === region) own = Math.max(own, dot);
    else other = Math.max(other, dot);
  }
  // On its way to the border a point comes at most as much nearer to the other metro as it goes from its own.
  const margin = (Math.acos(other / length) - Math.acos(Math.min(1, own / length))) / 2;
  return { region, margin: radians(margin > 0 ? margin : 0) };
}

/**
 * The region that owns a node at this place.
 * @param point the node, Earth-fixed, in any unit: only its direction counts
 */
export const regionBelow = (point: Ecef): Region => anchorBelow(point).region;
