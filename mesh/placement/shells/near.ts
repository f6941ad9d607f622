/**
 * Visits the nodes of a shell within a slant range of a place, and looks at few others.
 *
 * Seen from the Earth's centre, a node in range lies within an angle psi of the place. In a plane of
 * RAAN W the place lies beta aside of the plane, and abreast of argument of latitude u:
 *   sin(beta) = cos(i) sin(lat) + sin(i) cos(lat) sin(W - lon).
 * So |beta| <= psi leaves one or two arcs of W. As W grows, u moves by -cos(i) + sin(i) tan(beta) sin(u)
 * (the plane turns about the pole); so with w = u + W cos(i), along the track, nodes in range lie within
 *   psi + sin(i) tan(psi) |W - W0|
 * of where the place is at the middle W0 of an arc. That is a box of the lattice of nodes (lattice.ts).
 * Nodes sway from the even motion on the mean plane by some 0.1 degrees: psi is widened by that.
 * @module
 */
import type { PlacedShell, ShellPositions } from "../../orbit/shell-almanac.ts";
import { LEAN_MAX_KM, POINTS, type ShellTable } from "../../orbit/shell-table.ts";
import { TURN } from "../../units.ts";
import type { View, Visit } from "../finder.ts";
import { type Lattice, latticeOf } from "./lattice.ts";
import { quickAsin, quickAtan2 } from "./quick-angles.ts";

/** A place as shells see it. */
export interface Ground {
  view: View;
  /** From the Earth's centre. */
  radius_km: number;
  /** Of the geocentric latitude. */
  sin_lat: number;
  cos_lat: number;
  /** Rad; with its sine and cosine. */
  lon: number;
  sin_lon: number;
  cos_lon: number;
}

/** Prepares a place. */
export function groundOf(view: View): Ground {
  const { x, y, z } = view.site.position;
  const axis_km = Math.sqrt(x * x + y * y);
  const radius_km = Math.sqrt(x * x + y * y + z * z);
  return {
    view,
    radius_km,
    sin_lat: z / radius_km,
    cos_lat: axis_km / radius_km,
    lon: axis_km === 0 ? 0 : quickAtan2(y, x),
    sin_lon: axis_km === 0 ? 0 : y / axis_km,
    cos_lon: axis_km === 0 ? 1 : x / axis_km,
  };
}

// Longer arcs are cut, so that the tangent's share of the box stays small.
const ARC_MAX_RAD = 0.5;
// Of psi. Beyond it the box would be most of the shell: then all nodes are looked at.
const COSINE_MIN = 0.55;

/** A shell, and its rows once it has been searched. */
export interface Field {
  placed: PlacedShell;
  lattice: Lattice | null;
}

/**
 * Calls `visit` for each node of a shell that stands at the mask or higher, farther than `over_km` and no
 * farther than `within_km` from the place; once, in no order that means anything. `visit` must not call
 * it again.
 */
export function visitNear(
  field: Field,
  positions: ShellPositions,
  ground: Ground,
  over_km: number,
  within_km: number,
  visit: Visit,
): void {
  const { placed } = field;
  // A shell that turns back long before it comes near needs no table.
  if (!placed.isMade() && !comesNear(placed, ground, within_km)) return;
  const table = placed.table();
  const cosine = leastCosine(
    ground.radius_km,
    table.radius_min_km,
    table.radius_max_km,
    within_km,
  );
  if (cosine > 1) return;
  const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
  const { cos_sway, sin_sway } = table;
  const cos_psi = cosine * cos_sway - sine * sin_sway;
  const sin_psi = sine * cos_sway + cosine * sin_sway;
  const isBox = cos_psi >= COSINE_MIN;
  // low <= tilt sin(W - lon) <= high; tilt is not negative.
  const aside = placed.cos_i * ground.sin_lat;
  const tilt = placed.sin_i * ground.cos_lat;
  if (isBox && Math.abs(aside) - sin_psi > tilt) return;
  walk.lattice = field.lattice ??= latticeOf(placed);
  walk.over = over_km;
  walk.within = within_km;
  walk.begin(placed, table, positions, ground, visit);
  if (!isBox) return walk.all();
  walk.tan_psi = sin_psi / cos_psi;
  walk.arcs(-sin_psi - aside, sin_psi - aside, tilt);
}

// Of the sway: twice what J2 makes it in the lowest orbit.
export const SIN_SWAY_MAX = 0.005;

/** Whether a shell's latitudes come within range of the place, as far as is known without its table. */
function comesNear(placed: PlacedShell, ground: Ground, within_km: number): boolean {
  const { radius_floor_km, radius_ceiling_km, sin_i, cos_i } = placed;
  const cosine = leastCosine(ground.radius_km, radius_floor_km, radius_ceiling_km, within_km);
  if (cosine > 1 || cosine < COSINE_MIN) return cosine <= 1;
  const sine = Math.sqrt(1 - cosine * cosine) + SIN_SWAY_MAX;
  return Math.abs(cos_i * ground.sin_lat) - sine <= sin_i * ground.cos_lat;
}

/** Of the angle at the Earth's centre between the place and a node of the shell in range; over 1: none. */
function leastCosine(
  ground_km: number,
  radius_min_km: number,
  radius_max_km: number,
  range_km: number,
): number {
  if (range_km === Infinity) return -1;
  const squares = ground_km * ground_km - range_km * range_km;
  // (squares + r2) / (2 r ground) is least where r2 is `squares`.
  const tangent = squares > 0 ? Math.sqrt(squares) : 0;
  const r = Math.min(radius_max_km, Math.max(radius_min_km, tangent));
  return Math.max(-1, (squares + r * r) / (2 * r * ground_km));
}

const xyz = new Float64Array(3);

/** One shell from one place. There is one, as a new one for each shell would cost as much as its search. */
class Walk {
  placed!: PlacedShell;
  table!: ShellTable;
  lattice!: Lattice;
  raans!: Float64Array;
  ground!: Ground;
  visit!: Visit;
  over = 0;
  within = 0;
  /** Of plane 0: Earth-fixed longitude of its node, rad; latitude of its slot 0, turns. */
  longitude = 0;
  cos_0 = 1;
  sin_0 = 0;
  latitude = 0;
  /** Of psi. */
  tan_psi = 0;
  /** Of the longitude of the plane that is looked at. */
  cos = 1;
  sin = 0;

  begin(
    placed: PlacedShell,
    table: ShellTable,
    positions: ShellPositions,
    ground: Ground,
    visit: Visit,
  ): void {
    this.placed = placed;
    this.table = table;
    this.raans = placed.raans();
    this.ground = ground;
    this.visit = visit;
    this.longitude = positions.longitude(table);
    table.turn(positions.minutes);
    const { cos, sin } = table.drift;
    const { cos_gmst, sin_gmst } = positions;
    this.cos_0 = cos * cos_gmst + sin * sin_gmst;
    this.sin_0 = sin * cos_gmst - cos * sin_gmst;
    this.latitude = positions.latitude(table);
  }

  all(): void {
    const { planes, slots } = this.lattice;
    for (let plane = 0; plane < planes; plane++) {
      this.face(plane);
      this.row(plane, 0, slots);
    }
  }

  arcs(low: number, high: number, tilt: number): void {
    const isLowCut = low > -tilt;
    const isHighCut = high < tilt;
    if (!isLowCut && !isHighCut) return this.arc(-Math.PI, Math.PI);
    if (!isLowCut) {
      const top = quickAsin(high / tilt);
      return this.arc(-Math.PI - top, top);
    }
    const bottom = quickAsin(low / tilt);
    if (!isHighCut) return this.arc(bottom, Math.PI - bottom);
    const top = quickAsin(high / tilt);
    this.arc(bottom, top);
    this.arc(Math.PI - top, Math.PI - bottom);
  }

  /** @param from and until: W - lon at the arc's ends, rad, the second not part of it */
  arc(from: number, until: number): void {
    const { raan_rad, planes, seam } = this.lattice;
    const offset = this.ground.lon - this.longitude;
    const low = (from + offset) / raan_rad;
    const high = (until + offset) / raan_rad;
    if (seam >= 0) {
      const first = Math.ceil(low);
      return this.pieces(first, Math.min(first + planes, Math.ceil(high)));
    }
    if (until - from >= TURN) return this.pieces(0, planes);
    // The planes of a star end: those of the arc in each turn that may hold some.
    const turn = TURN / raan_rad;
    for (let t = Math.floor(low / turn); t * turn < high; t++) {
      const [first, last] = [Math.ceil(low - t * turn), Math.ceil(high - t * turn)];
      this.pieces(Math.max(0, first), Math.min(planes, last));
    }
  }

  pieces(first: number, last: number): void {
    const most = Math.max(1, Math.floor(ARC_MAX_RAD / this.lattice.raan_rad));
    for (let p = first; p < last; p += most) this.box(p, Math.min(last, p + most));
  }

  /** Looks at the nodes of planes from `first` up to `last`, not included, that may be in range. */
  box(first: number, last: number): void {
    const { sin_lat, cos_lat, sin_lon, cos_lon } = this.ground;
    const { a, slot_rad, plane_rad, raan_rad, slots } = this.lattice;
    const { sin_i, cos_i } = this.placed;
    const middle = (first + last - 1) >> 1;
    const half = last - 1 - middle;
    this.face(middle);
    const sin_W = this.sin * cos_lon - this.cos * sin_lon;
    const cos_W = this.cos * cos_lon + this.sin * sin_lon;
    const abreast = quickAtan2(sin_i * sin_lat - cos_i * cos_lat * sin_W, cos_lat * cos_W);
    // In the lattice's own w = slot_rad q + plane_rad p; psi is less than its tangent.
    const w = abreast + cos_i * raan_rad * middle - this.latitude * TURN;
    const h = this.tan_psi * (1 + sin_i * half * raan_rad);
    if (a !== 0) return this.slantedRows(first, last, w, h);
    for (let p = first; p < last; p++) {
      const from = Math.ceil((w - h - plane_rad * p) / slot_rad);
      const until = Math.min(from + slots, Math.floor((w + h - plane_rad * p) / slot_rad) + 1);
      if (from >= until) continue;
      if (half > 0) this.face(p);
      this.row(p, from, until);
    }
  }

  /** As box(), by rows that run across planes: |w - its middle| <= h, and p in first..last-1. */
  slantedRows(first: number, last: number, w: number, h: number): void {
    const { a, b, c, d, step_w, row_w, n_by_w, n_by_p } = this.lattice;
    const center = n_by_w * w + n_by_p * (first + last - 1) / 2;
    const spread = Math.abs(n_by_w) * h + Math.abs(n_by_p) * (last - 1 - first) / 2 + ROUNDING;
    const along = h / Math.abs(step_w);
    for (let n = Math.ceil(center - spread); n <= center + spread; n++) {
      const middle = (w - row_w * n) / step_w;
      const x = (first - c * n) / a;
      const y = (last - 1 - c * n) / a;
      const low = Math.max(Math.ceil(middle - along), Math.ceil(x < y ? x : y));
      const high = Math.min(Math.floor(middle + along), Math.floor(x < y ? y : x));
      for (let m = low; m <= high; m++) {
        const p = a * m + c * n;
        this.face(p);
        this.row(p, b * m + d * n, b * m + d * n + 1);
      }
    }
  }

  face(p: number): void {
    const { planes, raan_rad } = this.lattice;
    const { raans } = this;
    if (raans.length === 0) {
      const angle = this.longitude + p * raan_rad;
      this.cos = Math.cos(angle);
      this.sin = Math.sin(angle);
      return;
    }
    const at = 2 * (p >= 0 && p < planes ? p : p - planes * Math.floor(p / planes));
    const cos = raans[at];
    const sin = raans[at + 1];
    this.cos = cos * this.cos_0 - sin * this.sin_0;
    this.sin = sin * this.cos_0 + cos * this.sin_0;
  }

  /**
   * Looks at the nodes (p, q) of the endless lattice, q from `from` up to `until`, not included. All
   * that a search costs is spent here, so that it works on numbers of its own, and calls nobody for a
   * node that is out of range.
   */
  row(p: number, from: number, until: number): void {
    const { planes, slots, seam } = this.lattice;
    const { start, slot_step, plane_step } = this.placed;
    const { table, cos, sin, over, within, visit } = this;
    const { pieces } = table;
    const { site: { position, up }, sin_mask } = this.ground.view;
    const { x, y, z } = position;
    const up_x = up.x;
    const up_y = up.y;
    const up_z = up.z;
    const turns = p >= 0 && p < planes ? 0 : Math.floor(p / planes);
    const plane = p - turns * planes;
    const first = turns === 0 ? from : from + turns * seam;
    const latitude = this.latitude + plane * plane_step;
    // Nearly all that are out of range are so without their lean.
    const within2 = (within + LEAN_MAX_KM) * (within + LEAN_MAX_KM);
    let slot = first - slots * Math.floor(first / slots);
    for (let left = until - from; left > 0; left--) {
      const turned = latitude + slot * slot_step;
      const s = (turned - Math.floor(turned)) * POINTS;
      const k = Math.floor(s) & (POINTS - 1);
      const f = s - k;
      const o = 12 * k;
      let a = ((pieces[o + 3] * f + pieces[o + 2]) * f + pieces[o + 1]) * f + pieces[o];
      let b = ((pieces[o + 7] * f + pieces[o + 6]) * f + pieces[o + 5]) * f + pieces[o + 4];
      let c = ((pieces[o + 11] * f + pieces[o + 10]) * f + pieces[o + 9]) * f + pieces[o + 8];
      let dx = cos * a - sin * b - x;
      let dy = sin * a + cos * b - y;
      let dz = c - z;
      if (dx * dx + dy * dy + dz * dz <= within2) {
        a += table.lean(k, f, 0);
        b += table.lean(k, f, 1);
        c += table.lean(k, f, 2);
        dx = cos * a - sin * b - x;
        dy = sin * a + cos * b - y;
        dz = c - z;
        const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
        const isAbove = dx * up_x + dy * up_y + dz * up_z >= sin_mask * range;
        if (isAbove && range <= within && range > over) {
          xyz[0] = dx + x;
          xyz[1] = dy + y;
          xyz[2] = c;
          visit(start + plane * slots + slot, range, xyz);
        }
      }
      if (++slot === slots) slot = 0;
    }
  }
}

const walk = new Walk();

// A node on the very edge of a box is out of range by the sway's margin: rounding takes none away.
const ROUNDING = 1e-9;
