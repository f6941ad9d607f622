/**
 * A knot: exact positions and velocities of every node at one instant, packed as they travel.
 *
 * Layout, little-endian: a header of 32 bytes (magic, version, node count, a digest of the
 * constellation's name, the knot's number), then positions as Int32 in units of 1/32 m (31 mm,
 * reaching past geostationary orbit), then velocities as Float32 in m/s; x, y, z for each node.
 * 24 bytes a node: 1.0 MB for 41,914. A node that SGP4 has no answer for is all zeros.
 * @module
 */
import type { Constellation } from "./constellation.ts";
import { siderealTime } from "./propagation.ts";
import type { Propagator } from "./propagation.ts";
import { temeToEcef } from "./frames.ts";
import { type EpochMs, epochMs } from "../units.ts";

/** Cubic Hermite between knots this far apart stays within 0.44 m of SGP4 (docs/accuracy.md). */
export const KNOT_SPACING_MS = 60_000;

/** Positions and velocities of all nodes at one instant, views of the bytes that travel. */
export interface Knot {
  /** The knot is of the instant `number` * KNOT_SPACING_MS (knotInstant()). */
  readonly number: number;
  readonly count: number;
  /** Earth-fixed, units of 1/32 m, length 3 * count. */
  readonly positions: Int32Array;
  /** Earth-fixed, as seen from the turning Earth, m/s, length 3 * count. */
  readonly velocities: Float32Array;
  /** All of the above, ready to travel. */
  readonly bytes: ArrayBuffer;
}

/** Positions are stored as km * POSITION_UNITS_PER_KM. */
export const POSITION_UNITS_PER_KM = 32_000;

const HEADER_BYTES = 32;
const BYTES_PER_NODE = 24;
const MAGIC = 0x50455247; // "PERG"
const VERSION = 1;

/**
 * The knot at or before an instant.
 * @returns its number: whole spacings since 1970
 */
export const knotNumber = (at: EpochMs): number => Math.floor(at / KNOT_SPACING_MS);
/**
 * The instant of a knot.
 * @param number as knotNumber() counts
 */
export const knotInstant = (number: number): EpochMs => epochMs(number * KNOT_SPACING_MS);

/**
 * Propagates every node to a knot's instant. About 20 ms for 41,914 nodes.
 * @param number the knot's, as knotNumber() counts
 */
export function computeKnot(
  constellation: Constellation,
  propagator: Propagator,
  number: number,
): Knot {
  const knot = emptyKnot(constellation, number);
  const at = knotInstant(number);
  const gmst = siderealTime(at);
  const teme = new Float64Array(6);
  const ecef = new Float64Array(6);
  for (let i = 0; i < constellation.count; i++) {
    if (!propagator.state(i, at, teme)) continue;
    temeToEcef(teme, gmst, ecef);
    for (let axis = 0; axis < 3; axis++) {
      knot.positions[3 * i + axis] = Math.round(ecef[axis] * POSITION_UNITS_PER_KM);
      knot.velocities[3 * i + axis] = ecef[3 + axis] * 1e3;
    }
  }
  return knot;
}

/**
 * Reads a knot that travelled. The knot is a view of `bytes`.
 * @param bytes as Knot.bytes holds them
 * @param constellation what the knot must be of; only its name and count are compared
 * @param number the number that the knot must have
 * @returns null if the bytes are not whole, or of another constellation or number
 */
export function readKnot(
  bytes: ArrayBuffer,
  constellation: Constellation,
  number: number,
): Knot | null {
  if (bytes.byteLength !== HEADER_BYTES + BYTES_PER_NODE * constellation.count) return null;
  const header = new DataView(bytes);
  const same = header.getUint32(0, true) === MAGIC && header.getUint32(4, true) === VERSION &&
    header.getUint32(8, true) === constellation.count &&
    header.getUint32(12, true) === digest(constellation.name) &&
    header.getFloat64(16, true) === number;
  return same ? viewOf(bytes, constellation.count, number) : null;
}

function emptyKnot(constellation: Constellation, number: number): Knot {
  const bytes = new ArrayBuffer(HEADER_BYTES + BYTES_PER_NODE * constellation.count);
  const header = new DataView(bytes);
  header.setUint32(0, MAGIC, true);
  header.setUint32(4, VERSION, true);
  header.setUint32(8, constellation.count, true);
  header.setUint32(12, digest(constellation.name), true);
  header.setFloat64(16, number, true);
  return viewOf(bytes, constellation.count, number);
}

function viewOf(bytes: ArrayBuffer, count: number, number: number): Knot {
  return {
    number,
    count,
    bytes,
    positions: new Int32Array(bytes, HEADER_BYTES, 3 * count),
    velocities: new Float32Array(bytes, HEADER_BYTES + 12 * count, 3 * count),
  };
}

/** FNV-1a, 32 bits: tells constellations apart by name, guards nothing. */
function digest(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
