/**
 * Mean orbital elements of one node, as SGP4 wants them (TEME of epoch), and as OMM states them.
 * @module
 */
import {
  degrees,
  type EpochMs,
  epochMs,
  MINUTES_PER_DAY,
  type Radians,
  toDegrees,
  toRadians,
  TURN,
} from "../units.ts";

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
  /** Without a unit. */
  ECCENTRICITY: number;
  /** Degrees, as all angles here. */
  INCLINATION: number;
  /** Degrees. */
  RA_OF_ASC_NODE: number;
  /** Degrees. */
  ARG_OF_PERICENTER: number;
  /** Degrees. */
  MEAN_ANOMALY: number;
  EPHEMERIS_TYPE: 0;
  CLASSIFICATION_TYPE: "U";
  /** Catalogue number. */
  NORAD_CAT_ID: number;
  /** Counts the element sets of an object. */
  ELEMENT_SET_NO: number;
  /** Revolutions since launch. */
  REV_AT_EPOCH: number;
  /** Drag term, per Earth radius. */
  BSTAR: number;
  /** Half of its rate, revolutions per day squared. */
  MEAN_MOTION_DOT: number;
  /** A sixth of its second rate, revolutions per day cubed. */
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
    /** In a catalogue. */
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

/**
 * The elements of a record that toOmm() wrote; those of other programs are read by import/.
 * @returns to the last bits: degrees are radians again, and the epoch is good to its microsecond
 */
export const elementsOfOmm = (omm: Omm): Elements => ({
  epoch: epochMs(Date.parse(`${omm.EPOCH.slice(0, 23)}Z`) + Number(omm.EPOCH.slice(23)) / 1e3),
  mean_motion: omm.MEAN_MOTION * TURN / MINUTES_PER_DAY,
  eccentricity: omm.ECCENTRICITY,
  inclination: toRadians(degrees(omm.INCLINATION)),
  raan: toRadians(degrees(omm.RA_OF_ASC_NODE)),
  arg_perigee: toRadians(degrees(omm.ARG_OF_PERICENTER)),
  mean_anomaly: toRadians(degrees(omm.MEAN_ANOMALY)),
  bstar: omm.BSTAR,
});

/** An EpochMs holds a microsecond to within 0.13 us, so rounding gives back what was read. */
function ommEpoch(epoch: EpochMs): string {
  const micros = Math.round(epoch * 1e3);
  const millis = Math.floor(micros / 1e3);
  const rest = String(micros - millis * 1e3).padStart(3, "0");
  return new Date(millis).toISOString().replace("Z", rest);
}
