/**
 * How fast bytes and light travel between a place and a node, and between nodes. Modelled: rates are
 * parameters.
 * @module
 */
import { LIGHT, type LinkRates } from "../radio/profile.ts";
import { type Km, type Seconds, seconds } from "../units.ts";

/** Exact by definition of the metre. */
export const LIGHT_KM_S = 299_792.458;

export type { LinkRates };

/** The rates of a deployment that names no radio profile: those of `light`. */
export const DEFAULT_RATES: LinkRates = LIGHT.rates;

/** How long light takes over a way, once. */
export const lightTime = (length: Km): Seconds => seconds(length / LIGHT_KM_S);

/**
 * How long a link takes to pass bytes on.
 * @param bytes how many
 * @param bits_per_s the link's rate
 */
export const transferTime = (bytes: number, bits_per_s: number): Seconds =>
  seconds(8 * bytes / bits_per_s);
