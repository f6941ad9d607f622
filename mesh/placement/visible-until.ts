/**
 * When a node sinks below a site's elevation mask.
 * @module
 */
import type { Elements } from "../orbit/elements.ts";
import { propagatorOf, withSlope } from "../orbit/propagation.ts";
import { Sgp4Flight } from "../passes/flight.ts";
import { setOfNode } from "../passes/search.ts";
import type { Site } from "../geo/site.ts";
import type { Degrees, EpochMs } from "../units.ts";

/**
 * To within some milliseconds.
 * @returns the first instant below the mask; `at` itself if it is below already; null for a node that
 * stays up for more than a day
 */
export function visibleUntil(
  { elements, site, mask, at }: { elements: Elements; site: Site; mask: Degrees; at: EpochMs },
): EpochMs | null {
  const propagate = propagatorOf(elements);
  const motion = (_: number, at: EpochMs, out: Float64Array) => withSlope(propagate, at, out);
  return setOfNode(
    { flight: new Sgp4Flight({ motion }, 1), site, mask, from: at, until: at },
    0,
  );
}
