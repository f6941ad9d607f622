/**
 * What reading a catalogue file yields: records and complaints, one by one, as the file comes in.
 * Every format is a RecordReader; what all of them must refuse is refused here.
 * @module
 */
import { type CatalogueRecord, DESIGNATOR_BYTES_MAX, OBJECT_NAME_BYTES_MAX } from "../catalogue.ts";
import { semiMajorAxis } from "../earth.ts";
import { ORBIT_RADIUS_MAX_KM } from "../elements.ts";
import { MINUTES_PER_DAY, toDegrees, TURN } from "../../units.ts";

/** One thing wrong with a file, where it stands, and whose record is lost by it. */
export interface Complaint {
  /** From 1; where the record begins, or the very line that is wrong. */
  line: number;
  /** The object's name or number, else what the line begins with. */
  record: string;
  reason: string;
}

/** What one piece of a file turned out to be: a record, or a complaint. */
export type ReadOutcome =
  | {
    ok: true;
    /** Where the record begins in the file, from 1. */
    line: number;
    record: CatalogueRecord;
  }
  | { ok: false; complaint: Complaint };

/** Reads one file of one format, piece by piece. */
export interface RecordReader {
  /** Takes the next piece of the file, cut anywhere, and returns what it completes. */
  push(text: string): ReadOutcome[];
  /**
   * Ends the file.
   * @returns what was still open: the last line's record, or complaints of what is incomplete
   */
  end(): ReadOutcome[];
}

/** The largest catalogue number: 9 digits, by CCSDS 502.0-B-3 and by Space-Track. */
export const NUMBER_MAX = 999_999_999;

// Sputnik, and the last year that two digits of a TLE can say (57 to 56).
const EPOCH_FROM = Date.UTC(1957, 0, 1);
const EPOCH_UNTIL = Date.UTC(2057, 0, 1);
// A satellite at the ground would make 17.1 revolutions a day: what is faster has no orbit.
const REVOLUTIONS_MAX = 18;
const PER_DAY = MINUTES_PER_DAY / TURN;
// The largest that real catalogues hold is about 1; SGP4 makes nothing of more.
const BSTAR_MAX = 10;

/**
 * Why SGP4 cannot or must not fly a record.
 * @returns a sentence without a final period; null if SGP4 can fly it
 */
export function unfit({ number, elements: e }: CatalogueRecord): string | null {
  if (!(Number.isInteger(number) && number >= 1 && number <= NUMBER_MAX)) {
    return `Catalogue number ${number} must be 1 to ${NUMBER_MAX}`;
  }
  if (!(e.epoch >= EPOCH_FROM && e.epoch < EPOCH_UNTIL)) return "Epoch must be in 1957 to 2056";
  const revolutions = e.mean_motion * PER_DAY;
  if (!(revolutions > 0 && revolutions <= REVOLUTIONS_MAX)) {
    return `Mean motion ${
      short(revolutions)
    } must be above 0 and at most ${REVOLUTIONS_MAX} rev/day`;
  }
  if (!(e.eccentricity >= 0 && e.eccentricity < 1)) {
    return `Eccentricity ${e.eccentricity} must be at least 0 and below 1`;
  }
  if (!(e.inclination >= 0 && e.inclination <= Math.PI)) {
    return `Inclination ${short(toDegrees(e.inclination))} must be 0 to 180 degrees`;
  }
  for (const [name, angle] of [["RAAN", e.raan], ["Argument of perigee", e.arg_perigee]] as const) {
    if (!withinTurn(angle)) return `${name} must be -360 to 360 degrees`;
  }
  if (!withinTurn(e.mean_anomaly)) return "Mean anomaly must be -360 to 360 degrees";
  if (!(Math.abs(e.bstar) <= BSTAR_MAX)) {
    return `B* ${e.bstar} must be -${BSTAR_MAX} to ${BSTAR_MAX}`;
  }
  const apogee_km = semiMajorAxis(e.mean_motion) * (1 + e.eccentricity);
  return apogee_km <= ORBIT_RADIUS_MAX_KM
    ? null
    : `Its orbit reaches ${Math.round(apogee_km)} km from the Earth's centre: at most ` +
      `${ORBIT_RADIUS_MAX_KM} km can be held`;
}

// A last bit may be lost between degrees and radians.
const withinTurn = (angle: number): boolean => Math.abs(angle) <= TURN + 1e-12;
const short = (n: number): string => String(Number(n.toPrecision(9)));

/**
 * Shortens a file's own text for a complaint, which goes to a terminal and a log: no control
 * characters, and not a whole file.
 * @param length how many characters may stay
 */
export function excerpt(text: string, length = 40): string {
  const clean = text.slice(0, 4 * length).replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return clean.length > length ? `${clean.slice(0, length)}...` : clean;
}

export const cleanName = (name: string): string => cleaned(name, OBJECT_NAME_BYTES_MAX);
export const cleanDesignator = (text: string): string => cleaned(text, DESIGNATOR_BYTES_MAX);

// Joined anew, not sliced: a slice would keep alive the whole piece of the file that it was cut from.
function cleaned(text: string, bytesMax: number): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim().toWellFormed();
  let left = bytesMax;
  const kept: string[] = [];
  for (const character of clean) {
    left -= UTF8.encode(character).length;
    if (left < 0) break;
    kept.push(character);
  }
  return kept.join("");
}

const UTF8 = new TextEncoder();

export const good = (line: number, record: CatalogueRecord): ReadOutcome => ({
  ok: true,
  line,
  record,
});
export const bad = (line: number, record: string, reason: string): ReadOutcome => ({
  ok: false,
  complaint: { line, record, reason },
});
