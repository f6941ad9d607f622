/**
 * A constellation of catalogued satellites: the same code path as the generated one from here on.
 * A node is `norad-<number>`, whatever catalogue it comes from, so that its object outlives a refresh.
 * @module
 */
import type { Catalogue } from "./catalogue.ts";
import type { Constellation } from "./constellation.ts";
import { semiMajorAxis, WGS84_EQUATORIAL_RADIUS_KM } from "./earth.ts";
import type { Elements } from "./elements.ts";
import { propagatorOf } from "./propagation.ts";
import { type EpochMs, toDegrees } from "../units.ts";

/**
 * Makes a constellation of a catalogue's satellites, in the order of their numbers. Its groups are
 * labels such as `53deg-550km`, by inclination and mean altitude.
 */
export function importedConstellation(catalogue: Catalogue): Constellation {
  const { name, numbers } = catalogue;
  return {
    ...numberedNodes({ name, numbers, ...labelledGroups(catalogue) }),
    elements: (index) => catalogue.elements(index),
    facts: (index) => ({ name: catalogue.objectName(index), ...catalogue.given(index) }),
  };
}

/** A constellation by its catalogue numbers alone. */
export type NumberedNodes = Omit<Constellation, "elements" | "facts">;

/**
 * Names nodes by their catalogue numbers.
 * @param numbers of all nodes, ascending
 * @param group of each node, which of the labels in `groups` it has
 */
export function numberedNodes(
  { name, numbers, groups, group }: {
    name: string;
    numbers: ArrayLike<number>;
    groups: readonly string[];
    group: ArrayLike<number>;
  },
): NumberedNodes {
  const count = numbers.length;
  const check = (index: number) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`No node has index ${index}: must be 0..${count - 1}`);
    }
  };
  return {
    name,
    count,
    groups,
    shells: null,
    id(index) {
      check(index);
      return `norad-${numbers[index]}`;
    },
    indexOf(id) {
      // One spelling per node: no leading zeros.
      const match = /^norad-([1-9]\d{0,8})$/.exec(id);
      return match ? search(numbers, Number(match[1])) : -1;
    },
    number(index) {
      check(index);
      return numbers[index];
    },
    group(index) {
      check(index);
      return group[index];
    },
  };
}

/**
 * Finds the nodes that have no orbit left at an instant, as Propagator.state() tells. SGP4 is
 * initialised anew for each node, some 8 us.
 * @returns their indices, ascending
 */
export function decayedAt(constellation: Constellation, at: EpochMs): number[] {
  const state = new Float64Array(6);
  const decayed: number[] = [];
  for (let index = 0; index < constellation.count; index++) {
    // Not by a Propagator: it would keep what is used once.
    if (!propagatorOf(constellation.elements(index))(at, state)) decayed.push(index);
  }
  return decayed;
}

/**
 * The place of a number among ascending ones.
 * @returns -1 if it is not among them
 */
function search(numbers: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low <= high) {
    const mid = (low + high) >>> 1;
    if (numbers[mid] === wanted) return mid;
    if (numbers[mid] < wanted) low = mid + 1;
    else high = mid - 1;
  }
  return -1;
}

function labelledGroups(catalogue: Catalogue): { groups: string[]; group: Uint32Array } {
  const indices = new Map<string, number>();
  const group = new Uint32Array(catalogue.count);
  for (let i = 0; i < catalogue.count; i++) {
    const shell = shellOf(catalogue.elements(i));
    let index = indices.get(shell);
    if (index === undefined) indices.set(shell, index = indices.size);
    group[i] = index;
  }
  return { groups: [...indices.keys()], group };
}

/**
 * A label such as `53deg-550km`: inclination to a degree, mean altitude to 10 km. Coarse on purpose:
 * satellites of one shell lie within 0.2 degrees, but climb and sink all the time.
 */
function shellOf({ inclination, mean_motion }: Elements): string {
  // Above the equatorial radius of WGS-84, as filings count it.
  const altitude_km = semiMajorAxis(mean_motion) - WGS84_EQUATORIAL_RADIUS_KM;
  return `${Math.round(toDegrees(inclination))}deg-${Math.round(altitude_km / 10) * 10}km`;
}
