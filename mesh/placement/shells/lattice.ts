/**
 * The nodes of a shell as a lattice, and rows of it. Integers (p, q) stand for plane p and slot q, on
 * without end: past the last plane of a delta the first comes again, its slots shifted.
 *
 * A row is the natural one, a plane, where a plane has many slots. Where it has few, as in a shell of
 * one node a plane, rows run along the shortest step between nodes (Gauss's reduction): so in any
 * shell a small box holds a few rows of a few nodes each.
 * @module
 */
import { isDelta } from "../../orbit/shells.ts";
import type { PlacedShell } from "../../orbit/shell-almanac.ts";
import { TURN } from "../../units.ts";

/** Rows of a shell: the m-th node of row n is p = a m + c n, q = b m + d n. */
export interface Lattice {
  a: number;
  b: number;
  c: number;
  d: number;
  /** Along the track, from a node to the next of its row; and of row n, n times this. */
  step_w: number;
  row_w: number;
  /** n by where a node is along the track, and by its plane. */
  n_by_w: number;
  n_by_p: number;
  /** From a slot to the next along the track, rad. */
  slot_rad: number;
  /** From a plane to the next: along the track, and of RAAN, rad. */
  plane_rad: number;
  raan_rad: number;
  planes: number;
  slots: number;
  /** By how many slots plane p + planes lies before plane p; -1 where planes do not come again. */
  seam: number;
}

// Rows along planes need no sine and cosine for each node: worth steps of up to twice the shortest.
const PLANE_ROWS_WORTH = 2;
// At the equator all planes are one, and which rows are taken says nothing.
const SINE_MIN = 0.05;

/** Works out the rows of a shell. */
export function latticeOf(placed: PlacedShell): Lattice {
  const { shell, raan_step, slot_step, plane_step, sin_i, cos_i } = placed;
  const slot_rad = slot_step * TURN;
  const plane_rad = plane_step * TURN + raan_step * cos_i;
  const across = raan_step * Math.max(SINE_MIN, sin_i);
  const length = ([p, q]: Step) => Math.hypot(across * p, plane_rad * p + slot_rad * q);
  const [first, second] = reduced(
    (u, v) =>
      across * across * u[0] * v[0] +
      (plane_rad * u[0] + slot_rad * u[1]) * (plane_rad * v[0] + slot_rad * v[1]),
  );
  const isByPlane = length([0, 1]) <= PLANE_ROWS_WORTH * length(first);
  const [[a, b], [c, d]] = isByPlane ? [[0, 1], [1, 0]] : [first, second];
  const determinant = a * d - b * c;
  return {
    a,
    b,
    c,
    d,
    // Never 0, which would be a row across the track: it only has to be short against a row.
    step_w: (slot_rad * b + plane_rad * a) || Number.EPSILON,
    row_w: slot_rad * d + plane_rad * c,
    // n = (a q - b p) / (a d - b c), with q = (w - plane_rad p) / slot_rad.
    n_by_w: a / slot_rad / determinant,
    n_by_p: -(a * plane_rad / slot_rad + b) / determinant,
    slot_rad,
    plane_rad,
    raan_rad: raan_step,
    planes: shell.planes,
    slots: shell.per_plane,
    seam: isDelta(shell) ? shell.phasing : -1,
  };
}

type Step = [p: number, q: number];

/** Gauss's reduction of a lattice in two dimensions: the shortest step, and the next that is none of it. */
function reduced(dot: (u: Step, v: Step) => number): [Step, Step] {
  let [u, v]: [Step, Step] = [[0, 1], [1, 0]];
  if (dot(u, u) > dot(v, v)) [u, v] = [v, u];
  for (;;) {
    const times = Math.round(dot(u, v) / dot(u, u));
    v = [v[0] - times * u[0], v[1] - times * u[1]];
    if (dot(v, v) >= dot(u, u)) return [u, v];
    [u, v] = [v, u];
  }
}
