/**
 * Scales of what nodes are coloured by, from what is well to what wants a look: blue over green and amber to
 * red, darker on the way, so that who sees no green can tell them apart.
 * @module
 */
import type { Quantity } from "../sky/touched.ts";
import { oklch, type Rgb } from "./colours.ts";

interface Scale {
  title: string;
  /** What has the first and the last colour. */
  from: number;
  to: number;
  text: (value: number) => string;
}

const CELSIUS_K = 273.15;

/** By quantity. A body over 60 degrees throttles soon; an ask that waits for 10 s wants another node. */
export const SCALES: Readonly<Record<Quantity, Scale>> = {
  charge: { title: "Charge", from: 1, to: 0, text: (share) => `${Math.round(100 * share)} %` },
  temperature: {
    title: "Temperature",
    from: CELSIUS_K - 60,
    to: CELSIUS_K + 60,
    text: (kelvin) => `${Math.round(kelvin - CELSIUS_K)} °C`,
  },
  load: { title: "Load", from: 0, to: 10, text: (seconds) => `${seconds} s wait` },
};

/** The colour of a value. */
export function scaleColour(quantity: Quantity, value: number): Rgb {
  const { from, to } = SCALES[quantity];
  return partColour(Math.min(1, Math.max(0, (value - from) / (to - from))));
}

/** The colour of a part of any scale, 0..1. */
export const partColour = (part: number): Rgb =>
  oklch(0.74 - 0.1 * part, 0.13 + 0.06 * part, (240 - 215 * part ** 0.8 + 360) % 360);
