/**
 * How fast bytes and light travel between a place and a node, and between nodes. Modelled: rates are
 * parameters.
 * @module
 */
import { type Km, type Seconds, seconds } from "../units.ts";

/** Exact by definition of the metre. */
export const LIGHT_KM_S = 299_792.458;

export interface LinkRates {
  /** From the ground to a node and back, bits per second. */
  up_bps: number;
  down_bps: number;
  /** Between nodes, each way. */
  isl_bps: number;
}

// Ground: the order of a phased-array user terminal today. Lasers: the order that operators state.
// No vendor's promise.
export const DEFAULT_RATES: LinkRates = { up_bps: 40e6, down_bps: 200e6, isl_bps: 100e9 };

export const lightTime = (length: Km): Seconds => seconds(length / LIGHT_KM_S);

export const transferTime = (bytes: number, bits_per_s: number): Seconds =>
  seconds(8 * bytes / bits_per_s);
