/**
 * Mean orbital elements of one node, as SGP4 wants them (TEME of epoch), and as OMM states them.
 * @module
 */
import { type EpochMs, MINUTES_PER_DAY, type Radians, toDegrees, TURN } from "../units.ts";

/** Brouwer-Lyddane mean elements with Kozai mean motion: what a TLE or an OMM holds. */
export interface Elements {
  epoch: EpochMs;
  /** Kozai mean motion, radians per minute. */
  mean_motion: number;
  /** 0 for a circle, below 1 for every ellipse; without a unit. */
  eccentricity: number;
  inclination: Radians;
  raan: Radians;
  arg_perigee: Radians;
  mean_anomaly: Radians;
  /** Drag term, per Earth radius. */
  bstar: number;
}

/** No node flies farther out: a knot's positions (Int32, 1/32 m) end at 67,108 km. */
export const ORBIT_RADIUS_MAX_KM = 67_000;

/** One record of an Orbit Mean-elements Message (CCSDS 502.0-B-3), with its standard keywords. */
export interface Omm {
  OBJECT_NAME: string;
  OBJECT_ID: string;
  /** UTC to the microsecond, no zone letter, as space catalogues write it. */
  EPOCH: string;
  /** Revolutions per day. */
  MEAN_MOTION: number;
  ECCENTRICITY: number;
  /** Degrees, as all angles here. */
  INCLINATION: number;
  RA_OF_ASC_NODE: number;
  ARG_OF_PERICENTER: number;
  MEAN_ANOMALY: number;
  EPHEMERIS_TYPE: 0;
  CLASSIFICATION_TYPE: "U";
  NORAD_CAT_ID: number;
  ELEMENT_SET_NO: number;
  REV_AT_EPOCH: number;
  BSTAR: number;
  MEAN_MOTION_DOT: number;
  MEAN_MOTION_DDOT: number;
}

/** What a TLE or an OMM says besides: SGP4 reads none of it, and it is given back as it came. */
export interface GivenFacts {
  /** International designator, such as 1998-067A; empty if there is none. */
  designator: string;
  /** Half the rate of the mean motion, revolutions per day squared; a sixth of the next, per day cubed. */
  mean_motion_dot: number;
  mean_motion_ddot: number;
  element_set: number;
  revolution: number;
}

export interface OmmFacts extends GivenFacts {
  /** May be empty. */
  name: string;
}

/**
 * The elements as an OMM record, every digit kept.
 * @param facts by default none: the id stands for name and designator
 */
export function toOmm(
  { id, number, elements, facts }: {
    id: string;
    number: number;
    elements: Elements;
    facts?: OmmFacts;
  },
): Omm {
  return {
    OBJECT_NAME: facts?.name || id,
    OBJECT_ID: facts?.designator || id,
    EPOCH: ommEpoch(elements.epoch),
    MEAN_MOTION: elements.mean_motion * MINUTES_PER_DAY / TURN,
    ECCENTRICITY: elements.eccentricity,
    INCLINATION: toDegrees(elements.inclination),
    RA_OF_ASC_NODE: toDegrees(elements.raan),
    ARG_OF_PERICENTER: toDegrees(elements.arg_perigee),
    MEAN_ANOMALY: toDegrees(elements.mean_anomaly),
    EPHEMERIS_TYPE: 0,
    CLASSIFICATION_TYPE: "U",
    NORAD_CAT_ID: number,
    ELEMENT_SET_NO: facts?.element_set || 999,
    REV_AT_EPOCH: facts?.revolution ?? 0,
    BSTAR: elements.bstar,
    MEAN_MOTION_DOT: facts?.mean_motion_dot ?? 0,
    MEAN_MOTION_DDOT: facts?.mean_motion_ddot ?? 0,
  };
}

/** An EpochMs holds a microsecond to within 0.13 us, so rounding gives back what was read. */
function ommEpoch(epoch: EpochMs): string {
  const micros = Math.round(epoch * 1e3);
  const millis = Math.floor(micros / 1e3);
  const rest = String(micros - millis * 1e3).padStart(3, "0");
  return new Date(millis).toISOString().replace("Z", rest);
}
