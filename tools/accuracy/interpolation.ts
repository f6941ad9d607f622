/**
 * What the almanac costs: interpolated positions against SGP4 at the very instant, for every node.
 * @module
 */
import { temeToEcef } from "../../mesh/orbit/frames.ts";
import { KNOT_SPACING_MS, knotNumber } from "../../mesh/orbit/knot.ts";
import { siderealTime } from "../../mesh/orbit/propagation.ts";
import { epochMs } from "../../mesh/units.ts";
import { almanacOf, DAY_MS, FILED, PROPAGATOR, YEAR_FROM } from "./sky.ts";
import { spread } from "./spread.ts";

export interface Interpolation {
  mean_m: number;
  worst_m: number;
  worst_shell: string;
  /** 0 at the first knot, 1 at the second. */
  worst_share: number;
  /** The worst at the knots themselves, where nothing is interpolated. */
  packing_m: number;
}

/** One window every other month; the error's fourth-order curve peaks in the middle of a window. */
const WINDOWS = 6;
const SHARES = [0, 0.25, 0.5, 0.75];

export function measureInterpolation(): Interpolation {
  const worst = { m: 0, shell: "", share: 0 };
  let [packing_m, sum_m, count] = [0, 0, 0];
  const [exact, ours] = [new Float64Array(6), new Float64Array(3)];
  for (let w = 0; w < WINDOWS; w++) {
    const from = YEAR_FROM + (w + spread(w, 0)) * 365 / WINDOWS * DAY_MS;
    const almanac = almanacOf(knotNumber(epochMs(from)));
    for (const share of SHARES) {
      const at = epochMs(almanac.from + share * KNOT_SPACING_MS);
      const [gmst, positions] = [siderealTime(at), almanac.at(at)];
      for (let index = 0; index < FILED.count; index++) {
        PROPAGATOR.state(index, at, exact);
        temeToEcef(exact, gmst, exact);
        positions.position(index, ours);
        const [dx, dy, dz] = [ours[0] - exact[0], ours[1] - exact[1], ours[2] - exact[2]];
        const error_m = 1e3 * Math.sqrt(dx * dx + dy * dy + dz * dz);
        if (share === 0) {
          packing_m = Math.max(packing_m, error_m);
          continue;
        }
        sum_m += error_m;
        count++;
        if (error_m <= worst.m) continue;
        Object.assign(worst, { m: error_m, shell: FILED.groups[FILED.group(index)], share });
      }
    }
  }
  return {
    mean_m: sum_m / count,
    worst_m: worst.m,
    worst_shell: worst.shell,
    worst_share: worst.share,
    packing_m,
  };
}
