/**
 * The instant within a millisecond at which something moved through what was written down.
 *
 * Exported instants are whole milliseconds, rounded down, and a node flies 7 m in one. The mesh reckons in
 * doubles, of which a millisecond of this century holds 4,096: the very one is found again by the values
 * that were reckoned with it. Two of three values that agree to the last bit are no accident.
 * @module
 */
import { type EpochMs, epochMs } from "../mesh/units.ts";

// Of doubles between 2^40 and 2^41: from 2004 to 2039.
const STEPS_PER_MS = 4_096;
// What a millisecond bends of a coordinate.
const REFINEMENTS = 2;
// Sidereal time goes by steps of 40 us, the last place of a Julian date, and with it the Earth by 19 mm: a
// coordinate jumps back by what it took a node some steps to fly, and so has several roots.
const STEPS_ASIDE = 48;

/**
 * The instants of a millisecond at which one quantity may have had a value: the whole millisecond, then
 * those near the root, the nearest first.
 * @param floor_ms the whole millisecond, ms since 1970
 * @param found the value
 * @param valueAt the quantity at an instant
 */
export function* instantsOf(
  floor_ms: number,
  found: number,
  valueAt: (at: EpochMs) => number,
): Generator<EpochMs> {
  yield epochMs(floor_ms);
  const first = valueAt(epochMs(floor_ms));
  const slope = shortWay(valueAt(epochMs(floor_ms + 1)) - first);
  let share = shortWay(found - first) / slope;
  if (!(share > -0.01 && share < 1.01)) return;
  for (let n = 0; n < REFINEMENTS; n++) {
    share += shortWay(found - valueAt(epochMs(floor_ms + share))) / slope;
  }
  const step = Math.round(share * STEPS_PER_MS);
  for (let aside = 0; aside <= 2 * STEPS_ASIDE; aside++) {
    const k = step + (aside % 2 === 0 ? aside / 2 : -(aside + 1) / 2);
    if (k >= 0 && k < STEPS_PER_MS) yield epochMs(floor_ms + k / STEPS_PER_MS);
  }
}

/**
 * Finds the instant.
 * @param floor_ms the whole millisecond, ms since 1970
 * @param found what was written down
 * @param valuesAt the same quantities at an instant; null where there are none
 * @param same whether a quantity is what was written down; i is its place in `found`
 * @returns the instant by which most agree; `floor_ms` where no two do, or the only one does not
 */
export function instantWithin(
  floor_ms: number,
  { found, valuesAt, same }: {
    found: readonly number[];
    valuesAt: (at: EpochMs) => readonly number[] | null;
    same: (a: number, b: number, i: number) => boolean;
  },
): EpochMs {
  const enough = Math.min(2, found.length);
  let best = { at: epochMs(floor_ms), agree: enough - 1 };
  for (const [i, value] of found.entries()) {
    for (const at of instantsOf(floor_ms, value, (at) => valuesAt(at)?.[i] ?? NaN)) {
      const values = valuesAt(at);
      const agree = values?.filter((one, j) => same(one, found[j], j)).length ?? 0;
      if (agree > best.agree) best = { at, agree };
      if (agree === found.length) return at;
    }
  }
  return best.at;
}

/** Of two angles in degrees; lengths differ by less in a millisecond. */
const shortWay = (difference: number): number =>
  difference > 180 ? difference - 360 : difference < -180 ? difference + 360 : difference;
