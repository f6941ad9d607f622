/**
 * How much of its clear-sky rate a link keeps at a range and under rain.
 *
 * Signal to noise falls with the square of the range (free-space loss) and by the rain's attenuation; the
 * rate follows Shannon's log2(1 + SNR), capped at the full rate, and the link is lost below the least SNR.
 * Left out: steps of real modulations (up to 1 dB from this curve), scan loss of a phased array at low
 * elevations, gases and clouds (below 1 dB at these frequencies over 25 degrees), noise from warm rain.
 * @module
 */
import type { Km } from "../units.ts";
import type { LinkBudget } from "./profile.ts";

/**
 * The share of the full rate.
 * @param fade_db what the rain takes away, dB, 0 or more
 * @returns above 0, up to 1; 0: the link is lost
 */
export function linkShare(
  { snr_db, range, snr_min_db }: LinkBudget,
  range_km: Km,
  fade_db: number,
): number {
  const snr = snr_db - 20 * Math.log10(range_km / range) - fade_db;
  if (snr < snr_min_db) return 0;
  return Math.min(1, Math.log1p(10 ** (snr / 10)) / Math.log1p(10 ** (snr_db / 10)));
}
