/**
 * Turns the fields of one Orbit Mean-Elements Message into a record. Keywords and units: CCSDS
 * 502.0-B-3, section 4; how catalogues write them as JSON and CSV: CelesTrak, "A New Way to Obtain GP
 * Data" (celestrak.org/NORAD/documentation/gp-data-formats.php).
 * @module
 */
import type { CatalogueRecord } from "../catalogue.ts";
import { epochMs, MINUTES_PER_DAY, type Radians, radians, TURN } from "../../units.ts";
import { cleanDesignator, cleanName, excerpt, unfit } from "./record.ts";

export const REQUIRED_KEYWORDS = [
  "NORAD_CAT_ID",
  "EPOCH",
  "MEAN_MOTION",
  "ECCENTRICITY",
  "INCLINATION",
  "RA_OF_ASC_NODE",
  "ARG_OF_PERICENTER",
  "MEAN_ANOMALY",
  "BSTAR",
] as const;

type Keyword = typeof REQUIRED_KEYWORDS[number];

// What a message may say of its elements only if SGP4 can fly them; most leave it out.
const MUST_BE: Record<string, readonly string[]> = {
  CENTER_NAME: ["EARTH"],
  REF_FRAME: ["TEME"],
  TIME_SYSTEM: ["UTC"],
  MEAN_ELEMENT_THEORY: ["SGP4", "SGP/SGP4"],
  // 2 and 3 are SGP4 of old; 4 is SGP4-XP, whose elements SGP4 flies wrong.
  EPHEMERIS_TYPE: ["0", "2", "3"],
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const EPOCH =
  /^(\d{4})-(?:(\d\d)-(\d\d)|(\d{3}))[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,12})?(?:Z|\+00:00)?$/;

export type OmmRead = { ok: true; record: CatalogueRecord } | { ok: false; reason: string };

/** @param fields values as JSON numbers or as text: Space-Track writes all of them as text */
export function readOmm(fields: ReadonlyMap<string, unknown>): OmmRead {
  const missing = REQUIRED_KEYWORDS.filter((keyword) => textOf(fields.get(keyword)) === "");
  if (missing.length > 0) return no(`${missing.join(", ")} missing`);
  for (const [keyword, allowed] of Object.entries(MUST_BE)) {
    const value = textOf(fields.get(keyword)).toUpperCase();
    if (value !== "" && !allowed.includes(value)) {
      return no(`${keyword} is "${excerpt(value)}": must be ${allowed[0]}`);
    }
  }
  const epoch_ms = parseEpoch(epochText(fields));
  if (epoch_ms === null) {
    return no(`EPOCH "${excerpt(textOf(fields.get("EPOCH")))}" is no UTC date and time`);
  }
  const strange = REQUIRED_KEYWORDS.find((keyword) =>
    keyword !== "EPOCH" && !NUMBER.test(textOf(fields.get(keyword)))
  );
  if (strange) return no(`${strange} "${excerpt(textOf(fields.get(strange)))}" is not a number`);

  const number = (keyword: Keyword) => Number(textOf(fields.get(keyword)));
  // To the last bit as the first release computed it: a catalogue is named by its content.
  const angle = (keyword: Keyword): Radians => radians(number(keyword) * Math.PI / 180);
  const record: CatalogueRecord = {
    number: number("NORAD_CAT_ID"),
    name: cleanName(textOf(fields.get("OBJECT_NAME"))),
    elements: {
      epoch: epochMs(epoch_ms),
      mean_motion: number("MEAN_MOTION") * TURN / MINUTES_PER_DAY,
      eccentricity: number("ECCENTRICITY"),
      inclination: angle("INCLINATION"),
      raan: angle("RA_OF_ASC_NODE"),
      arg_perigee: angle("ARG_OF_PERICENTER"),
      mean_anomaly: angle("MEAN_ANOMALY"),
      bstar: number("BSTAR"),
    },
    given: {
      designator: cleanDesignator(textOf(fields.get("OBJECT_ID"))),
      mean_motion_dot: given(fields, "MEAN_MOTION_DOT"),
      mean_motion_ddot: given(fields, "MEAN_MOTION_DDOT"),
      element_set: given(fields, "ELEMENT_SET_NO"),
      revolution: given(fields, "REV_AT_EPOCH"),
    },
  };
  const reason = unfit(record);
  return reason === null ? { ok: true, record } : no(reason);
}

/**
 * CCSDS time code A or B (date, or day of year), or either with a space for the T, to the microsecond;
 * null if it is neither.
 */
export function parseEpoch(text: string): number | null {
  const match = EPOCH.exec(text);
  if (!match) return null;
  const [, year, month, day, dayOfYear, hours, minutes, seconds, fraction] = match;
  const start = month === undefined
    ? Date.UTC(Number(year), 0, Number(dayOfYear))
    : Date.UTC(Number(year), Number(month) - 1, Number(day));
  // A day that the month or the year does not have would have run over into the next.
  const date = new Date(start).toISOString();
  const exists = month === undefined
    ? date.startsWith(year)
    : date.startsWith(`${year}-${month}-${day}`);
  if (!exists) return null;
  const whole_s = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  const micros = Math.round(Number(`0${fraction ?? ""}`) * 1e6);
  return start + whole_s * 1e3 + micros / 1e3;
}

/** Space-Track of old keeps the microseconds of an epoch in a field of their own. */
function epochText(fields: ReadonlyMap<string, unknown>): string {
  const epoch = textOf(fields.get("EPOCH"));
  const micros = textOf(fields.get("EPOCH_MICROSECONDS"));
  return /^\d{1,6}$/.test(micros) && /[T ]\d\d:\d\d:\d\d$/.test(epoch)
    ? `${epoch}.${micros.padStart(6, "0")}`
    : epoch;
}

/** What SGP4 does not read: 0 if it is missing or no number. */
function given(fields: ReadonlyMap<string, unknown>, keyword: string): number {
  const text = textOf(fields.get(keyword));
  return NUMBER.test(text) ? Number(text) : 0;
}

function textOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() : "";
}

const no = (reason: string): OmmRead => ({ ok: false, reason });
