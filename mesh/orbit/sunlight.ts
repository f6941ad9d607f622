/**
 * When a node is in sunlight: the stretches of light and shadow between two instants.
 * Samples the shadow's clearance every minute and bisects each change of sign to a millisecond; a
 * stretch shorter than a sample can be missed (a grazing eclipse: at most 60 s of sunlight).
 * @module
 */
import type { Elements } from "./elements.ts";
import { shadowClearance } from "./eclipse.ts";
import { propagatorOf, sunDirectionTeme } from "./propagation.ts";
import { type EpochMs, epochMs } from "../units.ts";

export interface Stretch {
  from: EpochMs;
  until: EpochMs;
  sunlit: boolean;
}

export type Sunlight = (from: EpochMs, until: EpochMs) => Stretch[];

const SAMPLE_MS = 60_000;
const RESOLUTION_MS = 1;

/** The stretches of one node; they follow one another without a gap. Empty if `until` <= `from`. */
export function sunlightOf(elements: Elements): Sunlight {
  const propagate = propagatorOf(elements);
  const state = new Float64Array(6);
  const clearance = (at: number): number => {
    const instant = epochMs(at);
    // A decayed node draws no power: it counts as dark.
    if (!propagate(instant, state)) return -1;
    const [x, y, z] = sunDirectionTeme(instant);
    return shadowClearance({ x: state[0], y: state[1], z: state[2] }, { x, y, z });
  };

  return (from, until) => {
    const stretches: Stretch[] = [];
    if (until <= from) return stretches;
    let start: number = from;
    let t: number = from;
    let lit = clearance(t) >= 0;
    while (t < until) {
      // Samples lie on a fixed raster, so that one long call finds the same edges as many short ones.
      const next = Math.min(until, (Math.floor(t / SAMPLE_MS) + 1) * SAMPLE_MS);
      const nextLit = clearance(next) >= 0;
      if (nextLit !== lit) {
        const edge = bisect(clearance, t, next, lit);
        if (edge > start) {
          stretches.push({ from: epochMs(start), until: epochMs(edge), sunlit: lit });
        }
        start = edge;
        lit = nextLit;
      }
      t = next;
    }
    if (until > start) stretches.push({ from: epochMs(start), until, sunlit: lit });
    return stretches;
  };
}

/** The first millisecond at which the light has changed. */
function bisect(clearance: (at: number) => number, a: number, b: number, lit: boolean): number {
  let low = Math.floor(a);
  let high = Math.ceil(b);
  while (high - low > RESOLUTION_MS) {
    const mid = Math.floor((low + high) / 2);
    if ((clearance(mid) >= 0) === lit) low = mid;
    else high = mid;
  }
  return Math.max(a, Math.min(high, b));
}
