/**
 * Orbit Ephemeris Messages (CCSDS 502.0-B, version 2.0, KVN): each of one node, in one segment.
 * States are SGP4's, turned to the frame that REF_FRAME names (flown.ts says how each is made); no
 * covariance, for mean elements have none.
 * @module
 */
import { ommOf } from "../orbit/constellation.ts";
import type { EpochMs } from "../units.ts";
import {
  ccsdsTime,
  type Flight,
  type Flown,
  fly,
  type Frame,
  stateIn,
  STATES_PER_SLICE,
} from "./flown.ts";

// A polynomial through four states and their velocities; fewer states are left to the reader.
const DEGREE = 7;
const STATES_FOR_DEGREE = 4;

// 502.0-B-2 lists TEME and TDR, "true of date, rotating", among its frames.
const REF_FRAMES: Readonly<Record<Frame, string>> = {
  eme2000: "EME2000",
  teme: "TEME",
  tdr: "TDR",
};

const ABOUT: Readonly<Record<Frame, string>> = {
  eme2000: "TEME of date turned to EME2000 by precession (IAU 1976) and nutation (IAU 1980)",
  teme: "true equator, mean equinox of date",
  tdr: "TEME of date turned by GMST (IAU 1982), UT1 taken as UTC, without polar motion",
};

/** Which node a message is of, when, and in what frame. */
export interface MessageOf extends Omit<Flight, "nodes"> {
  /** Its index in the constellation: a message is of one object. */
  node: number;
  frame: Frame;
  /** When the message was made, real clock. */
  created: EpochMs;
}

/**
 * Writes the message of one node.
 * @returns yields it in pieces, each some milliseconds of work; a piece may be empty
 * @throws RangeError for a node's index outside the constellation, and for one that never flies in the span:
 *   there is no message without a state
 */
export function* oemText(message: MessageOf): Generator<string, void> {
  const { constellation, frame, node, created } = message;
  const flown = yield* fly(message, node);
  if (flown.at.length === 0) {
    throw new RangeError(`${constellation.id(node)} has no orbit in the span`);
  }
  const lines = [
    "CCSDS_OEM_VERS = 2.0",
    `COMMENT ${constellation.name}: SGP4 with WGS-72, ${ABOUT[frame]}`,
    `CREATION_DATE = ${ccsdsTime(created)}`,
    "ORIGINATOR = PERIGEE",
    ...metadata(message, flown),
  ];
  const state = new Float64Array(6);
  for (let i = 0; i < flown.at.length; i++) {
    stateIn(frame, flown, i, state);
    lines.push(stateLine(flown.at[i], state));
    if ((i + 1) % STATES_PER_SLICE === 0) yield `${lines.splice(0).join("\n")}\n`;
  }
  if (lines.length > 0) yield `${lines.join("\n")}\n`;
}

function metadata(
  { constellation, frame }: MessageOf,
  { node, at }: Flown,
): string[] {
  const { OBJECT_NAME, OBJECT_ID } = ommOf(constellation, node);
  return [
    "",
    "META_START",
    `OBJECT_NAME = ${OBJECT_NAME}`,
    `OBJECT_ID = ${OBJECT_ID}`,
    "CENTER_NAME = EARTH",
    `REF_FRAME = ${REF_FRAMES[frame]}`,
    "TIME_SYSTEM = UTC",
    `START_TIME = ${ccsdsTime(at[0])}`,
    `STOP_TIME = ${ccsdsTime(at[at.length - 1])}`,
    ...(at.length < STATES_FOR_DEGREE
      ? []
      : ["INTERPOLATION = HERMITE", `INTERPOLATION_DEGREE = ${DEGREE}`]),
    "META_STOP",
    "",
  ];
}

// A millimetre, and a micrometre a second: below what SGP4 is good to by six digits.
const stateLine = (at: EpochMs, [x, y, z, vx, vy, vz]: Float64Array): string =>
  `${ccsdsTime(at)} ${x.toFixed(6)} ${y.toFixed(6)} ${z.toFixed(6)} ` +
  `${vx.toFixed(9)} ${vy.toFixed(9)} ${vz.toFixed(9)}`;
