/**
 * Sine and cosine of an angle that grows slowly, at a few multiplications: those of a near multiple of a
 * step are kept, and the rest is so small that its series ends soon.
 *
 * What comes out depends on the angle alone, to the last bit, and not on what was asked before: a caller
 * must not learn from a placement's digits when others have asked.
 * @module
 */

// The fifth power of half of it, over 120, is left out: 2.6e-14.
const STEP_RAD = 0.01;

/** One angle. */
export class SlowAngle {
  cos = 1;
  sin = 0;
  #step = 0;
  #cos = 1;
  #sin = 0;

  /** Sets `cos` and `sin`. @param angle rad */
  set(angle: number): void {
    const step = Math.round(angle / STEP_RAD);
    if (step !== this.#step) {
      this.#step = step;
      this.#cos = Math.cos(step * STEP_RAD);
      this.#sin = Math.sin(step * STEP_RAD);
    }
    const rest = angle - step * STEP_RAD;
    const square = rest * rest;
    const cos = 1 - square / 2 + square * square / 24;
    const sin = rest * (1 - square / 6);
    this.cos = cos * this.#cos - sin * this.#sin;
    this.sin = sin * this.#cos + cos * this.#sin;
  }
}
