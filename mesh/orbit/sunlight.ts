/**
 * When a node is in sunlight: the stretches of light and shadow between two instants.
 *
 * Time is cut into cells of about a revolution, counted from 1970, and the edges of a cell are
 * found from the cell alone. So every caller gets the same edges, whatever span it asks for; each
 * edge is the first whole millisecond of the new light. Some 10 us a revolution; the last two cells
 * are kept.
 * @module
 */
import type { Elements } from "./elements.ts";
import { lightEdges, noOffsets } from "./light-edges.ts";
import { lookAt, type Sight } from "./shadow-sight.ts";
import { type EpochMs, epochMs, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, TURN } from "../units.ts";

/**
 * A stretch of time in which a node is all in sunlight or all in shadow; `until` is not part of it.
 */
export interface LightStretch {
  from: EpochMs;
  until: EpochMs;
  sunlit: boolean;
}

/**
 * Finds the stretches of one node in [from, until). They follow one another without a gap, and the
 * light changes from one to the next. Empty if `until` <= `from`.
 */
export type Sunlight = (from: EpochMs, until: EpochMs) => LightStretch[];

interface Cell {
  number: number;
  /** At its start. */
  lit: boolean;
  /** After its start, up to its end; at each the light changes. */
  edges: number[];
}

// Above geosynchronous orbit a revolution takes up to 48 h: a cell of a day is then a part of one.
// No orbit takes less than an hour (84 minutes at the ground): that bound is for absurd elements.
const CELL_MAX_MS = MS_PER_DAY;
const CELL_MIN_MS = MS_PER_HOUR;
// How often an orbit is sampled in a revolution of a circle that is as fast as its perigee.
const SAMPLES_PER_TURN = 48;
const SAMPLE_MIN_MS = 30_000;

/** Prepares the sunlight of one node. A decayed node counts as dark. */
export function sunlightOf(elements: Elements): Sunlight {
  const look = lookAt(elements);
  const cell_ms = cellLength(elements);
  const sample_ms = sampleLength(elements);
  // Neighbours differ in their last bit: a window across a border keeps both.
  const kept: (Cell | undefined)[] = [undefined, undefined];
  let last: Sight | undefined;
  const offsets = noOffsets();

  const cellAt = (number: number): Cell => {
    const slot = Math.abs(number % 2);
    const known = kept[slot];
    if (known?.number === number) return known;
    const start = number * cell_ms;
    const from = last?.at === start ? last : look(start);
    const until = last = look(start + cell_ms);
    const edges = lightEdges(look, { from, until }, sample_ms, offsets);
    return kept[slot] = { number, lit: from.lit, edges };
  };

  return (from, until) => {
    const stretches: LightStretch[] = [];
    if (until <= from) return stretches;
    const first = Math.floor(from / cell_ms);
    let start = from;
    let sunlit = cellAt(first).lit;
    for (let number = first; number * cell_ms < until; number++) {
      for (const edge of cellAt(number).edges) {
        if (edge >= until) break;
        if (edge > start) {
          stretches.push({ from: start, until: epochMs(edge), sunlit });
          start = epochMs(edge);
        }
        sunlit = !sunlit;
      }
    }
    stretches.push({ from: start, until, sunlit });
    return stretches;
  };
}

/** About a revolution, in whole milliseconds. */
function cellLength({ mean_motion }: Elements): number {
  const period = TURN / mean_motion * MS_PER_MINUTE;
  return Math.round(Math.max(CELL_MIN_MS, Math.min(CELL_MAX_MS, period)));
}

/** The angular speed at perigee is n (1 + e)^2 / (1 - e^2)^1.5 (Kepler's second law). */
function sampleLength({ mean_motion, eccentricity: e }: Elements): number {
  const turn = mean_motion * (1 + e) ** 2 / (1 - e * e) ** 1.5;
  const sample = TURN / turn / SAMPLES_PER_TURN * MS_PER_MINUTE;
  return Math.round(Math.max(SAMPLE_MIN_MS, sample));
}
