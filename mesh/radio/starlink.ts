/**
 * The profile `starlink`: what is known of that network's access from its filings and from others'
 * measurements. Each figure's source, and which are fitted: docs/reference/radio.md.
 * @module
 */
import { degrees, km, seconds } from "../units.ts";
import type { RadioProfile } from "./profile.ts";

/** A terminal of today under that network. Fitted figures are marked; they stand for what nobody publishes. */
export const STARLINK: RadioProfile = {
  name: "starlink",
  // The order of speed tests that the operator publishes; lasers as it states them.
  rates: { up_bps: 20e6, down_bps: 200e6, isl_bps: 100e9 },
  // Fitted.
  processing: seconds(2.8e-3),
  // 750 frames a second: Humphreys et al., arXiv 2210.11578.
  frame: seconds(1 / 750),
  // Fitted.
  grant: { fixed: seconds(2e-3), period: seconds(15.9e-3) },
  // Fitted.
  stall: { share: 0.0086, mean: seconds(28e-3) },
  // Every 15 s, at 12, 27, 42 and 57 s of the minute: Tanveer et al., arXiv 2307.00402. The gap is ours.
  slots: { period: seconds(15), offset: seconds(12), gap: seconds(50e-3), handover_share: 1 },
  mask: [],
  // As the operator filed it for the United States; docs/reference/radio.md.
  keep_out: degrees(22),
  beams: { count: 48, up_bps: 125e6, down_bps: 500e6, asks: 1 },
  // QPSK 1/4 closes at -2.35 dB: ETSI EN 302 307-1, table 13. The budget is ours.
  link: { snr_db: 12, range: km(550), snr_min_db: -2.35 },
  rain: null,
  // Ours.
  hop: seconds(0.2e-3),
};

/**
 * The same where many share the line: ways stall more often, and nothing else is other. Fitted to figures
 * from Europe (docs/explanation/ground.md#round-trips).
 */
export const STARLINK_BUSY: RadioProfile = {
  ...STARLINK,
  name: "starlink-busy",
  // Fitted.
  stall: { ...STARLINK.stall, share: 0.353 },
};
