/**
 * Finds where a function changes sign, by Chandrupatla's method: inverse quadratic interpolation
 * where that is safe, bisection where it is not.
 * T. R. Chandrupatla, Advances in Engineering Software 28 (1997) 145-149.
 * @module
 */

// The Julian date under sidereal time has a last bit of 0.04 ms: finer than this there is only noise.
const ROOT_RESOLUTION_MS = 0.1;
// Bisection alone takes a day down to the resolution in 30 rounds.
const ROUNDS_MAX = 100;

/** A function of time at one end of a bracket. */
export interface End {
  at: number;
  value: number;
}

/**
 * @param a one end; its value counts as positive if it is 0
 * @param b the other end, whose value has the other sign
 * @returns an instant within 0.1 ms of the change, on b's side of it
 */
export function root(value: (at: number) => number, a: End, b: End): number {
  let [x1, f1, x2, f2] = [b.at, b.value, a.at, a.value];
  let [x3, f3] = [x2, f2];
  const beyond = b.value >= 0;
  let t = 0.5;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const x = x1 + t * (x2 - x1);
    const f = value(x);
    if (f >= 0 === f1 >= 0) [x3, f3] = [x1, f1];
    else [x3, f3, x2, f2] = [x2, f2, x1, f1];
    [x1, f1] = [x, f];
    const width = Math.abs(x2 - x1);
    if (width <= ROOT_RESOLUTION_MS) break;
    const xi = (x1 - x2) / (x3 - x2);
    const phi = (f1 - f2) / (f3 - f2);
    const isSmooth = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi;
    t = isSmooth
      ? f1 / (f2 - f1) * f3 / (f2 - f3) +
        (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
      : 0.5;
    // Half a resolution at least from either end, or the bracket would close from one side only.
    const least = 0.5 * ROOT_RESOLUTION_MS / width;
    t = Math.min(1 - least, Math.max(least, t));
  }
  return f1 >= 0 === beyond ? x1 : x2;
}
