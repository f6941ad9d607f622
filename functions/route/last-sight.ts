/**
 * When the ground loses sight of a node, as it was worked out for the same place before: until then the answer
 * stays the same, and working it out takes ten times as long as placing the ask.
 * @module
 */
import type { Site } from "../../mesh/geo/site.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { visibleUntil } from "../../mesh/placement/visible-until.ts";
import type { Degrees, EpochMs } from "../../mesh/units.ts";

/** Whose sight of which node, and at which instant it has it. */
export interface Sighting {
  constellation: Constellation;
  /** An id. */
  node: string;
  place: { lat: number; lon: number; alt: number };
  site: Site;
  mask: Degrees;
  at: EpochMs;
}

// Places are the callers': a flood of them must not fill the isolate's memory.
const KEPT_MAX = 1_000;

let kept = new Map<string, { at: EpochMs; until: EpochMs }>();
let keptOf: Constellation | null = null;

/**
 * As visibleUntil() says, within its some milliseconds.
 * @returns null for a node that stays up for more than a day
 */
export function lastSight(
  { constellation, node, place, site, mask, at }: Sighting,
): EpochMs | null {
  // Elements of a newer catalogue are others.
  if (keptOf !== constellation) [kept, keptOf] = [new Map(), constellation];
  const key = `${node} ${place.lat} ${place.lon} ${place.alt} ${mask}`;
  const known = kept.get(key);
  // Before that instant the node may not have been up.
  if (known && known.at <= at && at < known.until) return known.until;
  const elements = constellation.elements(constellation.indexOf(node));
  const until = visibleUntil({ elements, site, mask, at });
  if (until === null || until <= at) return until;
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, { at, until });
  return until;
}
