/**
 * Colours of the globe, by theme; red, green and blue from 0 to 1. Shells get theirs from a row of hues in
 * OKLCH, in which equal steps look equal (Ottosson, 2020), cold for the lowest and warm for the highest.
 * @module
 */
import type { Theme } from "../theme.ts";

/** Red, green, blue. */
export type Rgb = readonly [number, number, number];

/** What the Earth is drawn in. */
export interface EarthColours {
  seaDay: Rgb;
  seaNight: Rgb;
  landDay: Rgb;
  landNight: Rgb;
  grid: Rgb;
  air: readonly [...Rgb, number];
  coastDay: readonly [...Rgb, number];
  coastNight: readonly [...Rgb, number];
  /** How much of a node is left in the Earth's shadow. */
  dimmed: number;
}

export const EARTH: Record<Theme, EarthColours> = {
  dark: {
    seaDay: [0.075, 0.125, 0.205],
    seaNight: [0.034, 0.049, 0.08],
    landDay: [0.185, 0.245, 0.315],
    landNight: [0.094, 0.121, 0.166],
    grid: [0.62, 0.74, 0.9],
    air: [0.36, 0.56, 0.92, 0.62],
    coastDay: [0.56, 0.68, 0.82, 0.75],
    coastNight: [0.34, 0.42, 0.54, 0.55],
    dimmed: 0.3,
  },
  light: {
    seaDay: [0.875, 0.91, 0.95],
    seaNight: [0.6, 0.655, 0.725],
    landDay: [0.985, 0.985, 0.975],
    landNight: [0.735, 0.77, 0.815],
    grid: [0.3, 0.4, 0.54],
    air: [0.6, 0.74, 0.93, 0.75],
    coastDay: [0.42, 0.5, 0.6, 0.85],
    coastNight: [0.36, 0.42, 0.51, 0.8],
    dimmed: 0.42,
  },
};

/**
 * The colour of a shell among others.
 * @param share 0..1, of all shells the lowest to the highest
 */
export function shellColour(share: number, theme: Theme): Rgb {
  // From cyan over blue, violet and rose to amber: no green beside red.
  const hue = (205 + 225 * share) % 360;
  return theme === "dark" ? oklch(0.8, 0.125, hue) : oklch(0.5, 0.15, hue);
}

/** Of nodes behind those that are coloured by something else. */
export const grey = (theme: Theme): Rgb =>
  theme === "dark" ? [0.4, 0.45, 0.52] : [0.55, 0.59, 0.64];

/** Of a thing that is picked, or of a way that is shown. */
export const accent = (theme: Theme): Rgb =>
  theme === "dark" ? [1, 0.86, 0.45] : [0.76, 0.27, 0.03];

/** As CSS writes it. */
export const css = ([r, g, b]: Rgb): string =>
  `rgb(${[r, g, b].map((one) => Math.round(255 * one)).join(" ")})`;

/**
 * A colour by lightness, chroma and hue.
 * @param lightness 0..1
 * @param hue degrees
 */
export function oklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(hue * Math.PI / 180);
  const b = chroma * Math.sin(hue * Math.PI / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

const gamma = (linear: number): number => {
  const x = Math.min(Math.max(linear, 0), 1);
  return x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
};
