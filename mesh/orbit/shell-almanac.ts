/**
 * The almanac over generated shells: each node's place from its shell's curve (shell-table.ts), turned
 * to its plane. 37 kB a shell and nothing a node; it holds at any instant, and nothing is fetched.
 *
 * A node of plane p and slot q has RAAN p A and mean argument of latitude q B + p C, all at the epoch,
 * and A, B, C of its shell. Both grow evenly, each shell at its own rates.
 * @module
 */
import type { Almanac, Positions } from "./almanac.ts";
import { type Constellation, GENERATED_EPOCH } from "./constellation.ts";
import { EARTH_ROTATION_RAD_S, semiMajorAxis } from "./earth.ts";
import type { Ecef } from "./frames.ts";
import { siderealTime } from "./propagation.ts";
import { RADIUS_WAVER_KM, ShellTable } from "./shell-table.ts";
import { raanTurn, type Shell } from "./shells.ts";
import { type EpochMs, MS_PER_MINUTE, TURN } from "../units.ts";

/** A shell, its place among the nodes, and its table. */
export interface PlacedShell {
  readonly shell: Shell;
  /** Its place in the constellation's `shells`. */
  readonly group: number;
  /** The index of its first node. */
  readonly start: number;
  /** No node of it comes nearer to the Earth's centre; looser than the table's, and there before it. */
  readonly radius_floor_km: number;
  /** No node of it goes farther from the Earth's centre; looser than the table's. */
  readonly radius_ceiling_km: number;
  /** From a plane to the next: of RAAN, rad. */
  readonly raan_step: number;
  /** From a slot to the next: of argument of latitude, in turns. */
  readonly slot_step: number;
  /** From a plane to the next: of argument of latitude, in turns. */
  readonly plane_step: number;
  /** Sine of the inclination. */
  readonly sin_i: number;
  /** Cosine of the inclination. */
  readonly cos_i: number;
  /** Whether the table has been asked for. */
  isMade(): boolean;
  /** Made when it is first asked for. */
  table(): ShellTable;
  /** Of each plane's RAAN against plane 0: cosine and sine in turn; empty where there are too many planes. */
  raans(): Float64Array;
}

// From 225 minutes on SGP4 counts the Moon and the Sun in, which know each node's RAAN.
const PERIOD_MAX_MIN = 224;

/**
 * Whether tables hold a constellation.
 * @returns true if shells generated it, and none of them flies higher than some 5,840 km
 */
export const hasTables = (constellation: Constellation): boolean => {
  let start = 0;
  return constellation.shells?.every(({ planes, per_plane }) => {
    const { mean_motion } = constellation.elements(start);
    start += planes * per_plane;
    return TURN / mean_motion <= PERIOD_MAX_MIN;
  }) ?? false;
};

/** Gives the places of all nodes of a generated constellation at any instant. */
export class ShellAlmanac implements Almanac {
  readonly constellation: Constellation;
  readonly radius_min_km: number;
  readonly radius_max_km: number;
  /** In the order of the constellation's shells. */
  readonly shells: readonly PlacedShell[];
  /** The positions that were asked for last, and before: they hold nothing but the Earth's turn. */
  #last: ShellPositions | undefined;
  #before: ShellPositions | undefined;

  /** @throws RangeError for a constellation that no shells generated */
  constructor(constellation: Constellation) {
    if (!constellation.shells) throw new RangeError(`${constellation.name} has no shells`);
    this.constellation = constellation;
    let start = 0;
    this.shells = constellation.shells.map((shell, group) => {
      const placed = placedShell(constellation, { shell, group, start });
      start += shell.planes * shell.per_plane;
      return placed;
    });
    this.radius_min_km = Math.min(...this.shells.map((placed) => placed.radius_floor_km));
    this.radius_max_km = Math.max(...this.shells.map((placed) => placed.radius_ceiling_km));
  }

  /** Whether an instant lies in the window. @returns true for any */
  covers(): boolean {
    return true;
  }

  /** The places of all nodes at an instant. Nothing is computed until it is asked for. */
  at(instant: EpochMs): ShellPositions {
    if (this.#last?.at === instant) return this.#last;
    // A placement asks by turns for its own instant and for the start of its slot.
    const before = this.#before;
    this.#before = this.#last;
    return this.#last = before?.at === instant ? before : new ShellPositions(this, instant);
  }

  /** Whether a node has places in the window. @returns true for any */
  flies(): boolean {
    return true;
  }
}

function placedShell(
  constellation: Constellation,
  { shell, group, start }: { shell: Shell; group: number; start: number },
): PlacedShell {
  const { planes, per_plane, phasing } = shell;
  const elements = constellation.elements(start);
  const axis_km = semiMajorAxis(elements.mean_motion);
  const raan_step = raanTurn(shell) / planes;
  let table: ShellTable | undefined;
  let raans: Float64Array | undefined;
  return {
    shell,
    group,
    start,
    radius_floor_km: axis_km - RADIUS_WAVER_KM,
    radius_ceiling_km: axis_km + RADIUS_WAVER_KM,
    raan_step,
    slot_step: 1 / per_plane,
    plane_step: phasing / (planes * per_plane),
    sin_i: Math.sin(elements.inclination),
    cos_i: Math.cos(elements.inclination),
    isMade: () => table !== undefined,
    table: () => table ??= new ShellTable(elements),
    raans: () => raans ??= raansOf(planes, raan_step),
  };
}

// 64 kB of them; with more planes each is worked out when it is looked at.
const RAANS_MAX = 4_096;

function raansOf(planes: number, step: number): Float64Array {
  if (planes > RAANS_MAX) return new Float64Array(0);
  const raans = new Float64Array(2 * planes);
  for (let p = 0; p < planes; p++) {
    raans[2 * p] = Math.cos(p * step);
    raans[2 * p + 1] = Math.sin(p * step);
  }
  return raans;
}

/** The places of all nodes of a generated constellation at one instant. */
export class ShellPositions implements Positions {
  readonly at: EpochMs;
  readonly almanac: ShellAlmanac;
  /** Since GENERATED_EPOCH. */
  readonly minutes: number;
  /** Cosine of the Earth's turn. */
  readonly cos_gmst: number;
  /** Sine of the Earth's turn. */
  readonly sin_gmst: number;
  readonly #gmst: number;

  constructor(almanac: ShellAlmanac, at: EpochMs) {
    this.almanac = almanac;
    this.at = at;
    this.minutes = (at - GENERATED_EPOCH) / MS_PER_MINUTE;
    this.#gmst = siderealTime(at);
    this.cos_gmst = Math.cos(this.#gmst);
    this.sin_gmst = Math.sin(this.#gmst);
  }

  /**
   * Where plane 0 of a shell ascends.
   * @returns the Earth-fixed longitude of its node, rad; in no certain turn
   */
  longitude(table: ShellTable): number {
    return table.rates.raan * this.minutes - this.#gmst;
  }

  /**
   * Where slot 0 of plane 0 of a shell is.
   * @returns its mean argument of latitude, 0..1 turns
   */
  latitude(table: ShellTable): number {
    const turns = table.rates.latitude / TURN * this.minutes;
    return turns - Math.floor(turns);
  }

  /**
   * Writes where one node is.
   * @param index the node's in the constellation
   * @param out receives x, y, z in km
   * @param offset where in `out` x goes; 0 by default
   */
  position(index: number, out: Float64Array, offset = 0): void {
    const { table, latitude } = this.#on(index);
    table.at(latitude, curve);
    turn(on, curve, out, offset);
  }

  /**
   * Km/s of one node, the Earth's turn taken off; good to a centimetre a second.
   * @param index the node's in the constellation
   */
  velocity(index: number): Ecef {
    this.state(index, scratch);
    return { x: scratch[3], y: scratch[4], z: scratch[5] };
  }

  /**
   * Writes position and velocity of one node.
   * @param index the node's in the constellation
   * @param out receives x, y, z in km, then their rates in km/s, the Earth's turn taken off
   */
  state(index: number, out: Float64Array): void {
    const { table, latitude } = this.#on(index);
    table.at(latitude, curve);
    turn(on, curve, out, 0);
    table.slope(latitude, curve);
    turn(on, curve, out, 3);
    const spin = table.rates.raan / 60 - EARTH_ROTATION_RAD_S;
    out[3] -= spin * out[1];
    out[4] += spin * out[0];
  }

  /** Where on its shell's curve a node is, and how that is turned. Valid until the next call. */
  #on(index: number): OnCurve {
    const placed = this.almanac.shells[this.almanac.constellation.group(index)];
    const table = placed.table();
    table.turn(this.minutes);
    const { per_plane } = placed.shell;
    const within = index - placed.start;
    const plane = Math.floor(within / per_plane);
    const slot = within - plane * per_plane;
    on.table = table;
    on.latitude = this.latitude(table) + slot * placed.slot_step + plane * placed.plane_step;
    const { cos: cos_drift, sin: sin_drift } = table.drift;
    const { cos_gmst, sin_gmst } = this;
    const cos_0 = cos_drift * cos_gmst + sin_drift * sin_gmst;
    const sin_0 = sin_drift * cos_gmst - cos_drift * sin_gmst;
    const raans = placed.raans();
    const known = raans.length > 0;
    const cos = known ? raans[2 * plane] : Math.cos(plane * placed.raan_step);
    const sin = known ? raans[2 * plane + 1] : Math.sin(plane * placed.raan_step);
    on.cos = cos * cos_0 - sin * sin_0;
    on.sin = sin * cos_0 + cos * sin_0;
    return on;
  }
}

interface OnCurve {
  table: ShellTable;
  /** In turns. */
  latitude: number;
  /** Of the longitude of the plane's node. */
  cos: number;
  sin: number;
}

// One for all: a position is asked for a million times in a row.
const on: OnCurve = { table: undefined as never, latitude: 0.5, cos: 0.5, sin: 0.5 };
const curve = new Float64Array(3);
const scratch = new Float64Array(6);

/** Turns x, y, z about the pole. */
function turn({ cos, sin }: OnCurve, from: Float64Array, out: Float64Array, offset: number): void {
  out[offset] = cos * from[0] - sin * from[1];
  out[offset + 1] = sin * from[0] + cos * from[1];
  out[offset + 2] = from[2];
}
