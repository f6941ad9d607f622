/**
 * Sunlight that remembers the stretches it was last asked for, and some beyond: a node that serves asks
 * looks at the same coming orbit with each of them. Edges are the same however they are asked for
 * (sunlight.ts), so memory changes no answer.
 * @module
 */
import { epochMs, MS_PER_HOUR } from "../units.ts";
import type { LightStretch, Sunlight } from "./sunlight.ts";

// What is asked for ahead is one orbit; three hours more are asked for every three hours of life.
const AHEAD_MS = 3 * MS_PER_HOUR;

/**
 * Makes a Sunlight that keeps the last stretches it was given, and three hours beyond them.
 * @param sunlight of one node
 */
export function remembered(sunlight: Sunlight): Sunlight {
  let kept: readonly LightStretch[] = [];
  return (from, until) => {
    if (until <= from) return [];
    const covered = kept.length > 0 && from >= kept[0].from && until <= kept[kept.length - 1].until;
    if (!covered) kept = sunlight(from, epochMs(until + AHEAD_MS));
    const within: LightStretch[] = [];
    // Asked several times for each ask of a node: nothing is allocated but what is handed out.
    for (let k = 0; k < kept.length; k++) {
      const stretch = kept[k];
      if (stretch.until <= from) continue;
      if (stretch.from >= until) break;
      within.push({
        from: stretch.from > from ? stretch.from : from,
        until: stretch.until < until ? stretch.until : until,
        sunlit: stretch.sunlit,
      });
    }
    return within;
  };
}
