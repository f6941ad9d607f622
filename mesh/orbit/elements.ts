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

/** The elements as an OMM record, every digit kept. */
export function toOmm(
  { id, number, elements }: { id: string; number: number; elements: Elements },
): Omm {
  return {
    OBJECT_NAME: id,
    OBJECT_ID: id,
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
    ELEMENT_SET_NO: 999,
    REV_AT_EPOCH: 0,
    BSTAR: elements.bstar,
    MEAN_MOTION_DOT: 0,
    MEAN_MOTION_DDOT: 0,
  };
}

/** An EpochMs holds a microsecond to within 0.13 us, so rounding gives back what was read. */
function ommEpoch(epoch: EpochMs): string {
  const micros = Math.round(epoch * 1e3);
  const millis = Math.floor(micros / 1e3);
  const rest = String(micros - millis * 1e3).padStart(3, "0");
  return new Date(millis).toISOString().replace("Z", rest);
}
