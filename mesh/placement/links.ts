/**
 * How fast bytes and light travel between a place and a node, and between nodes. Modelled: rates are
 * parameters.
 * @module
 */
import { type Km, type Seconds, seconds } from "../units.ts";

/** Exact by definition of the metre. */
export const LIGHT_KM_S = 299_792.458;

/** How many bits per second each kind of link carries. */
export interface LinkRates {
  /** From the ground to a node, bits per second. */
  up_bps: number;
  /** From a node to the ground, bits per second. */
  down_bps: number;
  /** Between nodes, each way, bits per second. */
  isl_bps: number;
}

/**
 * The rates of every deployment. Ground: the order of a phased-array user terminal today. Lasers: the
 * order that operators state. No vendor's promise.
 */
export const DEFAULT_RATES: LinkRates = { up_bps: 40e6, down_bps: 200e6, isl_bps: 100e9 };

/** How long light takes over a way, once. */
export const lightTime = (length: Km): Seconds => seconds(length / LIGHT_KM_S);

/**
 * How long a link takes to pass bytes on.
 * @param bytes how many
 * @param bits_per_s the link's rate
 */
export const transferTime = (bytes: number, bits_per_s: number): Seconds =>
  seconds(8 * bytes / bits_per_s);
