/**
 * Reads line 1 or line 2 of a two-line element set.
 *
 * Columns, checksum and the assumed decimal points: CelesTrak, "NORAD Two-Line Element Set Format"
 * (celestrak.org/NORAD/documentation/tle-fmt.php). Numbers above 99,999: Space-Track, "Alpha-5"
 * (space-track.org/documentation#tle-alpha5). Columns count from 1, as there.
 * Not its job: which lines belong together (tle.ts).
 * @module
 */
import {
  degrees,
  type EpochMs,
  epochMs,
  MINUTES_PER_DAY,
  MS_PER_DAY,
  type Radians,
  toRadians,
  TURN,
} from "../../units.ts";

export interface Line1 {
  number: number;
  epoch: EpochMs;
  bstar: number;
  /** As an OMM writes it: 1998-067A; empty if there is none. */
  designator: string;
  /** Half the rate of the mean motion, revolutions per day squared; a sixth of the next, per day cubed. */
  mean_motion_dot: number;
  mean_motion_ddot: number;
  element_set: number;
}

export interface Line2 {
  number: number;
  inclination: Radians;
  raan: Radians;
  eccentricity: number;
  arg_perigee: Radians;
  mean_anomaly: Radians;
  /** Radians per minute. */
  mean_motion: number;
  revolution: number;
}

export type Read<Fields> = { ok: true; fields: Fields } | { ok: false; reason: string };

const LENGTH = 69;
const BLANK_COLUMNS = {
  1: [2, 9, 18, 33, 44, 53, 62, 64],
  2: [2, 8, 17, 26, 34, 43, 52],
};
// Letters of Alpha-5 stand for 10 to 33; I and O are left out, as they look like digits.
const ALPHA_5 = "ABCDEFGHJKLMNPQRSTUVWXYZ";

/** @param text without trailing blanks */
export function readLine1(text: string): Read<Line1> {
  const problem = frameProblem(text, 1);
  if (problem) return { ok: false, reason: problem };
  const columns = new Columns(text);
  const fields = {
    number: columns.number(),
    epoch: columns.epoch(),
    bstar: columns.bstar(),
    // SGP4 reads none of these: what is malformed there counts as not given.
    designator: columns.designator(),
    mean_motion_dot: columns.given(34, 43, /^[ +-]?\d*\.\d+$/),
    mean_motion_ddot: columns.power(45, 52) ?? 0,
    element_set: columns.given(65, 68, /^\d+$/),
  };
  columns.ephemerisType();
  return columns.reason === null ? { ok: true, fields } : { ok: false, reason: columns.reason };
}

/** @param text without trailing blanks */
export function readLine2(text: string): Read<Line2> {
  const problem = frameProblem(text, 2);
  if (problem) return { ok: false, reason: problem };
  const columns = new Columns(text);
  const angle = (from: number, to: number, what: string) =>
    toRadians(degrees(columns.decimal(from, to, what)));
  const fields = {
    number: columns.number(),
    inclination: angle(9, 16, "Inclination"),
    raan: angle(18, 25, "RAAN"),
    eccentricity: columns.eccentricity(),
    arg_perigee: angle(35, 42, "Argument of perigee"),
    mean_anomaly: angle(44, 51, "Mean anomaly"),
    mean_motion: columns.decimal(53, 63, "Mean motion") * TURN / MINUTES_PER_DAY,
    revolution: columns.given(64, 68, /^\d+$/),
  };
  return columns.reason === null ? { ok: true, fields } : { ok: false, reason: columns.reason };
}

/** What is wrong with a line before any of its fields is read. */
function frameProblem(text: string, which: 1 | 2): string | null {
  if (text.length !== LENGTH) {
    return `Line ${which} has ${text.length} characters: must be ${LENGTH}`;
  }
  if (text[0] !== String(which)) return `Line ${which} begins with "${text[0]}"`;
  const sum = checksum(text);
  if (text[LENGTH - 1] !== String(sum)) {
    return `Line ${which} has checksum "${text[LENGTH - 1]}": its characters make ${sum}`;
  }
  const column = BLANK_COLUMNS[which].find((column) => text[column - 1] !== " ");
  return column === undefined ? null : `Column ${column} of line ${which} must be blank`;
}

/** Modulo 10 over the first 68 columns: digits count as they are, a minus as 1, the rest nothing. */
export function checksum(text: string): number {
  let sum = 0;
  for (let i = 0; i < LENGTH - 1; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) sum += digit;
    else if (text[i] === "-") sum += 1;
  }
  return sum % 10;
}

/** Of two digits of a year: from 1957, Sputnik's, to 2056. */
const centuryOf = (twoDigits: string): number => Number(twoDigits) < 57 ? 20 : 19;

/** The fields of one line; remembers the first that is malformed, and reads that one as NaN. */
class Columns {
  reason: string | null = null;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  number(): number {
    const field = this.#field(3, 7);
    if (/^ *\d+$/.test(field)) return Number(field);
    const tens = ALPHA_5.indexOf(field[0]);
    if (tens < 0 || !/^.\d{4}$/.test(field)) return this.#malformed("Catalogue number", field);
    return (10 + tens) * 10_000 + Number(field.slice(1));
  }

  /** Whole microseconds: the last of eight decimals of a day is 864 of them. */
  epoch(): EpochMs {
    const field = this.#field(19, 32);
    const match = /^([ \d]\d)([ \d]{2}\d)\.(\d{1,8}) *$/.exec(field);
    if (!match) return epochMs(this.#malformed("Epoch", field));
    const year = 100 * centuryOf(match[1]) + Number(match[1]);
    const day = Number(match[2]);
    const start = Date.UTC(year, 0, 1);
    const days = (Date.UTC(year + 1, 0, 1) - start) / MS_PER_DAY;
    if (!(day >= 1 && day <= days)) {
      return epochMs(this.#malformed(`Day of ${year} (1 to ${days})`, match[2]));
    }
    const micros = Number(match[3].padEnd(8, "0")) * 864;
    return epochMs(start + (day - 1) * MS_PER_DAY + micros / 1e3);
  }

  bstar(): number {
    return this.power(54, 61) ?? this.#malformed("B*", this.#field(54, 61));
  }

  /**
   * Five digits with the decimal point before them, and an exponent of ten: of two digits where it must
   * be, in which case the sign before the number has no column. Null if it is malformed.
   */
  power(from: number, to: number): number | null {
    const field = this.#field(from, to);
    const match = /^([ +-])(\d{5})([ +-])(\d)$/.exec(field) ??
      /^()(\d{5})([+-])(\d\d)$/.exec(field);
    if (!match) return null;
    const [, sign, digits, exponentSign, exponent] = match;
    return Number(
      `${sign === "-" ? "-" : ""}.${digits}e${exponentSign === "-" ? "-" : ""}${exponent}`,
    );
  }

  designator(): string {
    const match = /^(\d\d)(\d{3})([A-Z]{1,3}) *$/.exec(this.#field(10, 17));
    if (!match) return "";
    const [, year, launch, piece] = match;
    return `${centuryOf(year)}${year}-${launch}${piece}`;
  }

  /** What is of no use to SGP4; 0 if it is blank or malformed. */
  given(from: number, to: number, form: RegExp): number {
    const field = this.#field(from, to).trim();
    return form.test(field) ? Number(field.replace(/^([+-])? */, "$1")) : 0;
  }

  /** Seven digits with the decimal point before them; some sources leave leading zeros blank. */
  eccentricity(): number {
    const field = this.#field(27, 33);
    if (!/^ *\d+$/.test(field)) return this.#malformed("Eccentricity", field);
    return Number(`.${field.replaceAll(" ", "0")}`);
  }

  decimal(from: number, to: number, what: string): number {
    const field = this.#field(from, to);
    return /^ *\d+\.\d+ *$/.test(field) ? Number(field) : this.#malformed(what, field);
  }

  /** Blank and 0 mean SGP4, and so do 2 and 3 of old; 4 is SGP4-XP, whose elements SGP4 flies wrong. */
  ephemerisType(): void {
    const field = this.#field(63, 63);
    if (!" 023".includes(field)) this.reason ??= `Ephemeris type "${field}" is not SGP4`;
  }

  #field(from: number, to: number): string {
    return this.#text.slice(from - 1, to);
  }

  #malformed(what: string, field: string): number {
    this.reason ??= `${what} is malformed: "${field}"`;
    return NaN;
  }
}
