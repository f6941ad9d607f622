/**
 * What asks wait for at the radio: placement reckons with the mean, as the product's does, and each outcome has
 * a sample, drawn by the ask's number, so that runs of one demand meet the same.
 * @module
 */
import { drawAccess, expectedAccess } from "../../mesh/radio/access.ts";
import type { RadioProfile } from "../../mesh/radio/profile.ts";
import { randomOf } from "../../mesh/radio/seeded.ts";
import { type Seconds, seconds } from "../../mesh/units.ts";

/**
 * How far one ask's wait lies from the mean.
 * @param radio missing: nobody waits
 * @param ask its place in the order of asks
 * @returns to be added to the mean, negative too, s
 */
export function drawnBeyondMean(radio: RadioProfile | undefined, ask: number): Seconds {
  if (!radio) return seconds(0);
  const [mean, drawn] = [expectedAccess(radio), drawAccess(radio, randomOf(`ask ${ask}`))];
  return seconds(drawn.up + drawn.down - mean.up - mean.down);
}
