/**
 * How fast bytes and light travel between a place and a node. Modelled: rates are parameters.
 * @module
 */
import { type Km, type Seconds, seconds } from "../units.ts";

/** Exact by definition of the metre. */
export const LIGHT_KM_S = 299_792.458;

export interface LinkRates {
  /** From the ground to a node and back, bits per second. */
  up_bps: number;
  down_bps: number;
}

// The order of a phased-array user terminal today; no vendor's promise.
export const DEFAULT_RATES: LinkRates = { up_bps: 40e6, down_bps: 200e6 };

export const lightTime = (range: Km): Seconds => seconds(range / LIGHT_KM_S);

export const transferTime = (bytes: number, bits_per_s: number): Seconds =>
  seconds(8 * bytes / bits_per_s);
