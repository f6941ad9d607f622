/**
 * What every CZML document of ours is made of: the packet that opens it, and a node's position over time.
 * CZML is the JSON that Cesium opens (github.com/AnalyticalGraphicsInc/czml-writer/wiki/CZML-Guide).
 * Positions are Earth-fixed, in metres, so that a viewer needs no model of the Earth's turn to agree with
 * ours; velocities go with them, which makes interpolation between samples exact to some metres.
 * @module
 */
import type { EpochMs } from "../units.ts";
import { type Flown, stateIn } from "./flown.ts";

/** A packet of a document; its `id` is what references name. */
export interface Packet {
  id: string;
  [property: string]: unknown;
}

/** Red, green and blue, 0 to 255, and opacity, 0 to 255. */
export type Rgba = readonly [number, number, number, number];

// Four samples with their velocities, as many as a minute of step is smooth over; fewer where there are
// fewer: Cesium takes what it has.
const DEGREE = 7;
// Far more than a bit of a time, and nothing of a flight: its availability ends a node.
const EXTRAPOLATED_S = 1e-3;

/** An instant as ISO 8601 in UTC, to the millisecond. @param at milliseconds since 1970 */
export const czmlTime = (at: EpochMs): string => new Date(Math.round(at)).toISOString();

/** An interval as ISO 8601. @param until not before `from` */
export const czmlInterval = (from: EpochMs, until: EpochMs): string =>
  `${czmlTime(from)}/${czmlTime(until)}`;

/**
 * The first packet of a document: its name and its clock, which begins at `from`.
 * @param multiplier seconds of the document's clock in a second of the viewer's
 */
export const documentPacket = (
  { name, from, until, multiplier }: {
    name: string;
    from: EpochMs;
    until: EpochMs;
    multiplier: number;
  },
): Packet => ({
  id: "document",
  name,
  version: "1.0",
  clock: {
    interval: czmlInterval(from, until),
    currentTime: czmlTime(from),
    multiplier,
    range: "LOOP_STOP",
    step: "SYSTEM_CLOCK_MULTIPLIER",
  },
});

/**
 * The samples of one node's flight as a CZML position.
 * @param flown with one state at least
 */
export function positionOver(flown: Flown): Record<string, unknown> {
  const epoch = flown.at[0];
  const samples: number[] = [];
  const state = new Float64Array(6);
  for (let i = 0; i < flown.at.length; i++) {
    stateIn("tdr", flown, i, state);
    samples.push((flown.at[i] - epoch) / 1e3);
    for (let axis = 0; axis < 6; axis++) samples.push(rounded(state[axis] * 1e3, axis < 3));
  }
  return {
    epoch: czmlTime(epoch),
    referenceFrame: "FIXED",
    interpolationAlgorithm: "HERMITE",
    interpolationDegree: DEGREE,
    // A viewer adds up the last sample's time, which can come out a bit before the interval's end: without
    // this the node is nowhere at that instant. Not HOLD: Cesium holds something else where velocities are.
    forwardExtrapolationType: "EXTRAPOLATE",
    forwardExtrapolationDuration: EXTRAPOLATED_S,
    cartesianVelocity: samples,
  };
}

/** A disc on the screen. @param size of pixels across */
export const point = (color: Rgba, size: number) => ({ pixelSize: size, color: { rgba: color } });

// Metres to the millimetre, metres a second to the micrometre.
const rounded = (n: number, isPosition: boolean): number =>
  isPosition ? Math.round(n * 1e3) / 1e3 : Math.round(n * 1e6) / 1e6;
