/**
 * A constellation: which nodes exist, what they are called, and the elements of each.
 * Nothing is stored per node: index, id and elements follow from the shell table.
 * Not its job: where the nodes are (propagation, almanac).
 * @module
 */
import {
  WGS72_EQUATORIAL_RADIUS_KM,
  WGS72_J2,
  WGS72_MU_KM3_S2,
  WGS84_EQUATORIAL_RADIUS_KM,
} from "./earth.ts";
import { type Elements, type Omm, type OmmFacts, toOmm } from "./elements.ts";
import { raanTurn, type Shell } from "./shells.ts";
import { epochMs, radians, RADIANS_PER_DEGREE, TURN } from "../units.ts";

/** Which nodes exist. A node is known inside by its index, 0..count-1, and outside by its id. */
export interface Constellation {
  /** Names these very elements; two constellations of one name place every node alike. */
  readonly name: string;
  readonly count: number;
  /**
   * @returns the id of a node
   * @throws RangeError for an index outside 0..count-1
   */
  id(index: number): string;
  /**
   * The only gate through which an id enters the mesh.
   * @returns -1 if the constellation has no such node
   */
  indexOf(id: string): number;
  /** @throws RangeError for an index outside 0..count-1 */
  elements(index: number): Elements;
  /**
   * The catalogue number of a node in an exported OMM.
   * @throws RangeError for an index outside 0..count-1
   */
  number(index: number): number;
  /** What an imported record says besides its elements. */
  facts?(index: number): OmmFacts;
  /** The shell of a node, as an index into `groups`. */
  group(index: number): number;
  readonly groups: readonly string[];
  /**
   * The shells that generated it: nodes of one group then differ only in RAAN, argument of perigee
   * and mean anomaly, and have no drag. Null for an imported one, whose groups are mere labels.
   */
  readonly shells: readonly Shell[] | null;
}

// Nobody has catalogued these nodes: their numbers are ours to give, and are those of no real satellite.
// Nine digits are the most that an OMM holds, and nothing in orbit has so high a number.
const GENERATED_NUMBER = 900_000_001;

/**
 * A node's record as `GET /v1/constellation` gives it.
 * @param index the node's in the constellation
 * @throws RangeError for an index outside 0..count-1
 */
export function ommOf(constellation: Constellation, index: number): Omm {
  return toOmm({
    id: constellation.id(index),
    number: constellation.number(index),
    elements: constellation.elements(index),
    facts: constellation.facts?.(index),
  });
}

/** All generated constellations start here: 2026-01-01T00:00:00Z. */
export const GENERATED_EPOCH = epochMs(Date.UTC(2026, 0, 1));

/**
 * Makes the nodes of Walker shells, all at GENERATED_EPOCH, on circles and without drag. Ids
 * are `<shell's code>-<plane>-<slot in the plane>`, such as G2A-017-042.
 * @param name of the constellation; it must change whenever any element does
 */
export function generatedConstellation(name: string, shells: readonly Shell[]): Constellation {
  const starts: number[] = [];
  let count = 0;
  for (const shell of shells) {
    starts.push(count);
    count += shell.planes * shell.per_plane;
  }
  const motions = shells.map(kozaiMeanMotion);
  const byCode = new Map(shells.map((shell, s) => [shell.code, s]));

  const group = (index: number): number => {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`No node has index ${index}: must be 0..${count - 1}`);
    }
    let [low, high] = [0, shells.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle] <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  return {
    name,
    count,
    groups: shells.map((shell) => shell.code),
    shells,
    group,
    number: (index) => {
      group(index);
      return GENERATED_NUMBER + index;
    },
    id(index) {
      const s = group(index);
      const within = index - starts[s];
      const plane = Math.floor(within / shells[s].per_plane);
      return nodeId(shells[s].code, plane, within % shells[s].per_plane);
    },
    indexOf(id) {
      const match = /^([A-Z0-9]{1,8})-(\d{3,5})-(\d{3,5})$/.exec(id);
      const s = match ? byCode.get(match[1]) : undefined;
      if (!match || s === undefined) return -1;
      const plane = Number(match[2]);
      const slot = Number(match[3]);
      if (plane >= shells[s].planes || slot >= shells[s].per_plane) return -1;
      // One spelling per node: `G2A-0017-042` would be a second object for G2A-017-042.
      if (nodeId(match[1], plane, slot) !== id) return -1;
      return starts[s] + plane * shells[s].per_plane + slot;
    },
    elements(index) {
      const s = group(index);
      const shell = shells[s];
      const within = index - starts[s];
      const plane = Math.floor(within / shell.per_plane);
      const slot = within % shell.per_plane;
      const turns = slot / shell.per_plane +
        (shell.phasing * plane / (shell.planes * shell.per_plane)) % 1;
      return {
        epoch: GENERATED_EPOCH,
        mean_motion: motions[s],
        eccentricity: 0,
        // To the last bit as the first release computed it: objects compare elements with those on disk.
        inclination: radians(shell.inclination_deg * Math.PI / 180),
        raan: radians(raanTurn(shell) * plane / shell.planes),
        arg_perigee: radians(0),
        mean_anomaly: radians(TURN * (turns % 1)),
        bstar: 0,
      };
    },
  };
}

function nodeId(code: string, plane: number, slot: number): string {
  return `${code}-${String(plane).padStart(3, "0")}-${String(slot).padStart(3, "0")}`;
}

/**
 * The Kozai mean motion (rad/min) for which SGP4 recovers the filed semi-major axis.
 * SGP4 divides Kozai's motion by 1 + d (its initl, AIAA 2006-6753 appendix); this multiplies it back.
 * Without it every shell would fly some 2 to 5 km off its filed altitude.
 */
function kozaiMeanMotion(shell: Shell): number {
  // Altitudes in filings are above the equatorial radius of WGS-84.
  const a_km = WGS84_EQUATORIAL_RADIUS_KM + shell.altitude_km;
  const brouwer = 60 * Math.sqrt(WGS72_MU_KM3_S2 / (a_km * a_km * a_km));
  const a = a_km / WGS72_EQUATORIAL_RADIUS_KM;
  const cosI = Math.cos(shell.inclination_deg * RADIANS_PER_DEGREE);
  const d = 0.75 * WGS72_J2 * (3 * cosI * cosI - 1) / (a * a);
  return brouwer * (1 + d);
}
