/**
 * Where one node flies for a while: states a few degrees of arc apart, cubic Hermite between them. At
 * two degrees the cubic errs by (2 degrees)^4 / 384 of the radius, 3 cm in low orbit and 16 cm in
 * geostationary orbit, so that it stands in for SGP4 wherever a root is sought.
 * @module
 */

/** Earth-fixed, km and km/s: x, y, z and their rates. */
export interface Moment {
  /** Ms since 1970, not always whole. */
  at: number;
  state: Float64Array;
}

/** Writes the state between two moments to `out`. */
export function between(a: Moment, b: Moment, at: number, out: Float64Array): void {
  const T = (b.at - a.at) / 1e3;
  const s = (at - a.at) / (b.at - a.at);
  const s2 = s * s;
  const s3 = s2 * s;
  const p1 = 3 * s2 - 2 * s3;
  const v0 = (s3 - 2 * s2 + s) * T;
  const v1 = (s3 - s2) * T;
  // Their derivatives by time.
  const dp1 = 6 * (s - s2) / T;
  const dv0 = 3 * s2 - 4 * s + 1;
  const dv1 = 3 * s2 - 2 * s;
  for (let axis = 0; axis < 3; axis++) {
    const from = a.state[axis];
    const way = b.state[axis] - from;
    const start = a.state[3 + axis];
    const end = b.state[3 + axis];
    out[axis] = from + p1 * way + v0 * start + v1 * end;
    out[3 + axis] = dp1 * way + dv0 * start + dv1 * end;
  }
}

/**
 * Writes the state at an instant of a track to `out`; beyond the track's ends it is extrapolated.
 * @param track in order of time
 * @param at ms since 1970
 */
export function along(track: readonly Moment[], at: number, out: Float64Array): void {
  let low = 0;
  let high = track.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (track[middle].at <= at) low = middle;
    else high = middle;
  }
  between(track[low], track[high], at, out);
}
