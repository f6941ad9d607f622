/**
 * Inverse sine and tangent to 2e-8 rad, in a quarter of the time: for bounds that have a margin.
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 4.4.46 and 4.4.49.
 * @module
 */

const QUARTER = Math.PI / 2;

/** @param x -1..1 */
export function quickAsin(x: number): number {
  const a = x < 0 ? -x : x;
  const sum = ((((((-0.0012624911 * a + 0.0066700901) * a - 0.0170881256) * a + 0.0308918810) * a -
                0.0501743046) * a + 0.0889789874) * a - 0.2145988016) * a + 1.5707963050;
  const angle = QUARTER - Math.sqrt(1 - a) * sum;
  return x < 0 ? -angle : angle;
}

/** As Math.atan2; not both may be 0. */
export function quickAtan2(y: number, x: number): number {
  const ax = x < 0 ? -x : x;
  const ay = y < 0 ? -y : y;
  const isSteep = ay > ax;
  const t = isSteep ? ax / ay : ay / ax;
  const t2 = t * t;
  const sum = (((((((0.0028662257 * t2 - 0.0161657367) * t2 + 0.0429096138) * t2 -
                        0.0752896400) * t2 + 0.1065626393) * t2 - 0.1420889944) * t2 +
            0.1999355085) * t2 -
        0.3333314528) * t2 + 1;
  let angle = t * sum;
  if (isSteep) angle = QUARTER - angle;
  if (x < 0) angle = Math.PI - angle;
  return y < 0 ? -angle : angle;
}
