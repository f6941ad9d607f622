/**
 * A knot: exact positions and velocities of every node at one instant, packed as they travel.
 *
 * Layout, little-endian: a header of 32 bytes (magic, version, node count, a digest of the
 * constellation's name, the knot's number, how many halves), then positions as Int32 in units of 1/32 m
 * (31 mm, reaching past geostationary orbit), then velocities as Float32 in m/s; x, y, z for each node.
 * 24 bytes a node: 1.0 MB for 41,914. A node that has no orbit left is all zeros.
 *
 * A node that flies too sharp a curve for one cubic until the next knot, an eccentric one near its
 * perigee, has a half besides: its state half way there. Halves follow the velocities: indices as
 * Uint32, ascending, then positions and velocities as above. Where there are none, the version is 1.
 * @module
 */
import type { Constellation } from "./constellation.ts";
import { WGS72_MU_KM3_S2 } from "./earth.ts";
import { type Propagator, siderealTime } from "./propagation.ts";
import { temeToEcef } from "./frames.ts";
import { type EpochMs, epochMs, type Radians } from "../units.ts";

/** Cubic Hermite between knots this far apart stays within a metre of SGP4 (docs/accuracy.md). */
export const KNOT_SPACING_MS = 60_000;

/** States of some nodes or all: Earth-fixed, units of 1/32 m and m/s, three of each for a node. */
export interface States {
  readonly positions: Int32Array;
  readonly velocities: Float32Array;
}

/** Of the instant half way to the next knot. */
export interface Halves extends States {
  /** Of these nodes, ascending. */
  readonly indices: Uint32Array;
}

/**
 * The states of all nodes at one instant, by index; all zeros for a node that has no orbit left.
 * Its arrays are views of `bytes`.
 */
export interface Knot extends States {
  /** Whole spacings since 1970, as knotNumber() counts. */
  readonly number: number;
  readonly count: number;
  readonly halves: Halves;
  /** All of the above, ready to travel. */
  readonly bytes: ArrayBuffer;
}

/** Positions are stored as km * POSITION_UNITS_PER_KM. */
export const POSITION_UNITS_PER_KM = 32_000;

const HEADER_BYTES = 32;
const BYTES_PER_NODE = 24;
const BYTES_PER_HALF = 28;
const MAGIC = 0x50455247; // "PERG"
const VERSION_WHOLE = 1;
const VERSION_HALVES = 2;

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
 * Propagates every node to the knot's instant. About 20 ms for 41,914 nodes; imported ones, which have
 * slopes of their own and maybe halves, take five times as long each.
 * @param propagator of that constellation
 * @param number of the knot, as knotNumber() counts
 */
export function computeKnot(
  constellation: Constellation,
  propagator: Propagator,
  number: number,
): Knot {
  const builder = new KnotBuilder(constellation, propagator, number);
  for (;;) {
    const knot = builder.step(constellation.count);
    if (knot) return knot;
  }
}

/** Computes a knot in as many steps as the caller likes. */
export class KnotBuilder {
  readonly #constellation: Constellation;
  readonly #propagator: Propagator;
  readonly #number: number;
  readonly #knot: Knot;
  readonly #frame: Frame;
  readonly #halfFrame: Frame;
  readonly #halves: { index: number; state: Float64Array }[] = [];
  #next = 0;

  /**
   * @param propagator of that constellation
   * @param number the knot's, as knotNumber() counts
   */
  constructor(constellation: Constellation, propagator: Propagator, number: number) {
    this.#constellation = constellation;
    this.#propagator = propagator;
    this.#number = number;
    this.#knot = emptyKnot(constellation, number, 0);
    const at = knotInstant(number);
    const half = epochMs(at + KNOT_SPACING_MS / 2);
    this.#frame = { at, gmst: siderealTime(at) };
    this.#halfFrame = { at: half, gmst: siderealTime(half) };
  }

  /**
   * Propagates the next nodes to the knot's instant; those that need a half, also to half way to
   * the next knot.
   * @param nodes how many, 1 or more; the last step takes those that are left
   * @returns the knot once it is whole, else null
   */
  step(nodes: number): Knot | null {
    const { count, shells } = this.#constellation;
    const until = Math.min(count, this.#next + nodes);
    const [teme, ecef] = [new Float64Array(6), new Float64Array(6)];
    for (let i = this.#next; i < until; i++) {
      if (!this.#fly(i, this.#frame, teme, ecef)) continue;
      pack(ecef, this.#knot, i);
      if (shells || cubicError(teme) <= CUBIC_ERROR_MAX_KM) continue;
      const state = new Float64Array(6);
      if (this.#fly(i, this.#halfFrame, teme, state)) this.#halves.push({ index: i, state });
    }
    this.#next = until;
    return until === count ? this.#whole() : null;
  }

  #fly(index: number, { at, gmst }: Frame, teme: Float64Array, ecef: Float64Array): boolean {
    if (!this.#propagator.motion(index, at, teme)) return false;
    temeToEcef(teme, gmst, ecef);
    return true;
  }

  #whole(): Knot {
    if (this.#halves.length === 0) return this.#knot;
    const knot = emptyKnot(this.#constellation, this.#number, this.#halves.length);
    knot.positions.set(this.#knot.positions);
    knot.velocities.set(this.#knot.velocities);
    this.#halves.forEach(({ index, state }, h) => {
      knot.halves.indices[h] = index;
      pack(state, knot.halves, h);
    });
    return knot;
  }
}

interface Frame {
  at: EpochMs;
  gmst: Radians;
}

function pack(ecef: Float64Array, { positions, velocities }: States, i: number): void {
  for (let axis = 0; axis < 3; axis++) {
    positions[3 * i + axis] = Math.round(ecef[axis] * POSITION_UNITS_PER_KM);
    velocities[3 * i + axis] = ecef[3 + axis] * 1e3;
  }
}

// Circular orbits, however low, stay below 0.46 m; nothing needs a half but an eccentric one near Earth.
const CUBIC_ERROR_MAX_KM = 0.5e-3;

/**
 * How far the cubic from this state until the next knot errs: T^4 / 384 times the fourth derivative of
 * the position, here of the ellipse that the state is on. With u = mu / r^3 the acceleration is -u r;
 * twice derived by time, with s = r . v / r^2: u' = -3 u s and s' = (v^2 + r . a) / r^2 - 2 s^2.
 */
function cubicError(state: Float64Array): number {
  const [x, y, z, vx, vy, vz] = state;
  const r2 = x * x + y * y + z * z;
  const u = WGS72_MU_KM3_S2 / (r2 * Math.sqrt(r2));
  const s = (x * vx + y * vy + z * vz) / r2;
  const ds = (vx * vx + vy * vy + vz * vz) / r2 - u - 2 * s * s;
  const du = -3 * u * s;
  const ddu = -3 * (du * s + u * ds);
  const along = u * u - ddu;
  const fourth = Math.hypot(
    along * x - 2 * du * vx,
    along * y - 2 * du * vy,
    along * z - 2 * du * vz,
  );
  return (KNOT_SPACING_MS / 1e3) ** 4 / 384 * fourth;
}

/**
 * Reads a knot that travelled. The knot is a view of `bytes`.
 * @param bytes as Knot.bytes holds them
 * @param constellation what the knot must be of
 * @param number the number that the knot must have
 * @returns null if the bytes are not whole, or of another constellation or number
 */
export function readKnot(
  bytes: ArrayBuffer,
  constellation: Pick<Constellation, "name" | "count">,
  number: number,
): Knot | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  const header = new DataView(bytes);
  const version = header.getUint32(4, true);
  const halves = version === VERSION_HALVES ? header.getUint32(24, true) : 0;
  const same = header.getUint32(0, true) === MAGIC &&
    (version === VERSION_WHOLE || (version === VERSION_HALVES && halves > 0)) &&
    bytes.byteLength === lengthOf(constellation.count, halves) &&
    header.getUint32(8, true) === constellation.count &&
    header.getUint32(12, true) === digest(constellation.name) &&
    header.getFloat64(16, true) === number;
  if (!same) return null;
  const knot = viewOf(bytes, { count: constellation.count, number, halves });
  const { indices } = knot.halves;
  return indices.every((index, h) => index < knot.count && (h === 0 || index > indices[h - 1]))
    ? knot
    : null;
}

const lengthOf = (count: number, halves: number): number =>
  HEADER_BYTES + BYTES_PER_NODE * count + BYTES_PER_HALF * halves;

function emptyKnot(constellation: Constellation, number: number, halves: number): Knot {
  const { count, name } = constellation;
  const bytes = new ArrayBuffer(lengthOf(count, halves));
  const header = new DataView(bytes);
  header.setUint32(0, MAGIC, true);
  header.setUint32(4, halves > 0 ? VERSION_HALVES : VERSION_WHOLE, true);
  header.setUint32(8, count, true);
  header.setUint32(12, digest(name), true);
  header.setFloat64(16, number, true);
  header.setUint32(24, halves, true);
  return viewOf(bytes, { count, number, halves });
}

function viewOf(
  bytes: ArrayBuffer,
  { count, number, halves }: { count: number; number: number; halves: number },
): Knot {
  const at = HEADER_BYTES + BYTES_PER_NODE * count;
  return {
    number,
    count,
    bytes,
    positions: new Int32Array(bytes, HEADER_BYTES, 3 * count),
    velocities: new Float32Array(bytes, HEADER_BYTES + 12 * count, 3 * count),
    halves: {
      indices: new Uint32Array(bytes, at, halves),
      positions: new Int32Array(bytes, at + 4 * halves, 3 * halves),
      velocities: new Float32Array(bytes, at + 16 * halves, 3 * halves),
    },
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
