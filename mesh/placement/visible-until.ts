/**
 * When a node sinks below a site's elevation mask.
 * Steps forward with SGP4 and bisects; precise to 10 ms.
 * @module
 */
import type { Elements } from "../orbit/elements.ts";
import { temeToEcef } from "../orbit/frames.ts";
import { propagatorOf, siderealTime } from "../orbit/propagation.ts";
import { type Degrees, type EpochMs, epochMs } from "../units.ts";
import { lookAngles, type Site } from "../geo/site.ts";

const STEP_MS = 10_000;
const RESOLUTION_MS = 10;
// A node that stays up longer than this (a high orbit) is said to be visible until then.
const HORIZON_MS = 3_600_000;

/**
 * Finds when a node sinks below a mask as a site sees it.
 * @returns the first instant below the mask, to 10 ms; `at` itself if it is below already; an hour
 *   later if it has not sunk by then
 */
export function visibleUntil(
  { elements, site, mask, at }: { elements: Elements; site: Site; mask: Degrees; at: EpochMs },
): EpochMs {
  const propagate = propagatorOf(elements);
  const state = new Float64Array(6);
  const isUp = (t: number): boolean => {
    const instant = epochMs(t);
    if (!propagate(instant, state)) return false;
    temeToEcef(state, siderealTime(instant), state);
    return lookAngles(site, { x: state[0], y: state[1], z: state[2] }).elevation >= mask;
  };
  if (!isUp(at)) return at;
  let low: number = at;
  let high = at + STEP_MS;
  while (isUp(high)) {
    if (high - at >= HORIZON_MS) return epochMs(high);
    low = high;
    high += STEP_MS;
  }
  while (high - low > RESOLUTION_MS) {
    const middle = (low + high) / 2;
    if (isUp(middle)) low = middle;
    else high = middle;
  }
  return epochMs(high);
}
