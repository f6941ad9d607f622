/**
 * What an ask has of its satellite's beams.
 * @module
 */
import type { LinkRates, RadioProfile } from "./profile.ts";

/**
 * The rates of one ask. Asks spread evenly over a satellite's beams; those of a beam share its rate evenly,
 * and none has more than its terminal can. Left out: beams that dwell on cells in turn, and cells with
 * many asks beside cells with none.
 * @param asks under way at the satellite, this one included; default: the profile's own figure
 * @returns bits per second
 */
export function ratesAmong({ rates, beams }: RadioProfile, asks = beams?.asks ?? 1): LinkRates {
  if (!beams) return rates;
  const sharing = Math.max(1, asks / beams.count);
  return {
    up_bps: Math.min(rates.up_bps, beams.up_bps / sharing),
    down_bps: Math.min(rates.down_bps, beams.down_bps / sharing),
    isl_bps: rates.isl_bps,
  };
}
