import assert from "node:assert/strict";
import { type SatRec, sgp4, twoline2satrec } from "satellite.js";
import { unfit } from "../../../../mesh/orbit/import/record.ts";
import { tleReader } from "../../../../mesh/orbit/import/tle.ts";
import { checksum, readLine1 } from "../../../../mesh/orbit/import/tle-line.ts";
import { propagatorOf } from "../../../../mesh/orbit/propagation.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { testWith, TLE_FILE } from "../../../support/real-catalogues.ts";
import { anyCut, assertOneComplaint, readAll } from "./read-all.ts";
import { SAMPLES, tleText } from "./tle-samples.ts";

// An EpochMs of these years has a last bit of 0.24 us: at most 0.93 mm of flight at 7.6 km/s.
const POSITION_TOLERANCE_KM = 1e-6;
// The published states have 8 decimals of a km, printed by a program with other roundings on the way.
const PUBLISHED_TOLERANCE_KM = 2e-5;
const PUBLISHED_TOLERANCE_KM_S = 2e-8;

const MINUTE_MS = 60_000;
const NUMBERS = SAMPLES.map(({ line1 }) => Number(line1.slice(2, 7)));
const without = (number: number) => NUMBERS.filter((other) => other !== number);

/** Not by the SatRec's Julian date, whose last bit is 40 us. */
function minutesSinceEpoch(satrec: SatRec, at: number): number {
  const year = satrec.epochyr < 57 ? 2000 + satrec.epochyr : 1900 + satrec.epochyr;
  return (at - Date.UTC(year, 0, 1)) / MINUTE_MS - (satrec.epochdays - 1) * 1440;
}

const withChecksum = (line: string): string => line.slice(0, 68) + checksum(line);

testWith(TLE_FILE, "every real element set flies as satellite.js flies it, within 1 mm", () => {
  const text = Deno.readTextFileSync(TLE_FILE);
  const { records, complaints } = readAll(tleReader(), text);
  assert.deepEqual(complaints, []);
  assert.equal(records.length, 6_882);
  const lines = text.split("\n");
  const out = new Float64Array(6);
  let worst_km = 0;
  records.forEach(({ number, name, elements }, i) => {
    const [title, line1, line2] = lines.slice(3 * i, 3 * i + 3);
    const satrec = twoline2satrec(line1, line2);
    assert.equal(number, Number(satrec.satnum));
    assert.equal(name, title.trim());
    const fly = propagatorOf(elements);
    for (const minutes of [0, 0.3, 97.1, -720, 1_440]) {
      const at = epochMs(Math.round(elements.epoch + minutes * MINUTE_MS));
      const theirs = sgp4(satrec, minutesSinceEpoch(satrec, at));
      assert.equal(fly(at, out), theirs !== null, `${name} at ${minutes} min`);
      if (!theirs) continue;
      const { x, y, z } = theirs.position;
      worst_km = Math.max(worst_km, Math.hypot(out[0] - x, out[1] - y, out[2] - z));
    }
  });
  assert.ok(worst_km <= POSITION_TOLERANCE_KM, `${worst_km * 1e6} mm`);
});

Deno.test("element sets of the verification suite fly as published, deep space included", () => {
  const { records } = readAll(tleReader(), tleText());
  const out = new Float64Array(6);
  let compared = 0;
  records.forEach(({ name, elements }, i) => {
    const fly = propagatorOf(elements);
    for (const [minutes, ...published] of SAMPLES[i].published) {
      assert.ok(fly(epochMs(elements.epoch + minutes * MINUTE_MS), out), name);
      const [x, y, z, vx, vy, vz] = out.map((value, axis) => value - published[axis]);
      const label = `${name} at ${minutes} min`;
      assert.ok(Math.hypot(x, y, z) <= PUBLISHED_TOLERANCE_KM, `${label}: ${[x, y, z]}`);
      assert.ok(Math.hypot(vx, vy, vz) <= PUBLISHED_TOLERANCE_KM_S, `${label}: ${[vx, vy, vz]}`);
      compared++;
    }
  });
  assert.equal(compared, 9);
});

Deno.test("any element set reads as satellite.js reads it", () => {
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const decimal = (max: number, width: number, places: number) =>
      random.between(0, max).toFixed(places).padStart(width);
    const [number, days] = [random.integer(1, 99_999), random.between(1, 366)];
    const sign = () => random.pick([" ", "-", "+"]);
    const line1 = withChecksum(
      `1 ${String(number).padStart(5, "0")}U 98067A   ` +
        `${String(random.integer(0, 99)).padStart(2, "0")}${days.toFixed(8).padStart(12, "0")} ` +
        `${sign()}.00000023 ${sign()}00000-0 ${sign()}${random.integer(10_000, 99_999)}` +
        `-${random.integer(1, 9)} 0  475`,
    );
    const line2 = withChecksum(
      `2 ${String(number).padStart(5, "0")} ${decimal(180, 8, 4)} ${decimal(360, 8, 4)} ` +
        `${String(random.integer(0, 300_000)).padStart(7, "0")} ${decimal(360, 8, 4)} ` +
        `${decimal(360, 8, 4)} ${random.between(0.3, 15).toFixed(8).padStart(11)}12345`,
    );
    const { records: [record], complaints } = readAll(tleReader(), `${line1}\r\n${line2}`);
    // The 366th day is one of leap years only.
    if (!record && days >= 366 - 1e-8) continue;
    // So far out that it cannot be held.
    if (complaints[0]?.reason.includes("Its orbit reaches")) continue;
    const satrec = twoline2satrec(line1, line2);
    const { elements: e } = record ?? assert.fail(`seed ${seed}: ${JSON.stringify(complaints)}`);
    const near = (a: number, b: number, what: string) =>
      assert.ok(Math.abs(a - b) <= 1e-14 * Math.max(1, Math.abs(b)), `seed ${seed}, ${what}`);
    near(minutesSinceEpoch(satrec, e.epoch) / 1440 / 366, 0, "epoch");
    near(e.eccentricity, satrec.ecco, "eccentricity");
    near(e.inclination, satrec.inclo, "inclination");
    near(e.raan, satrec.nodeo, "RAAN");
    near(e.arg_perigee, satrec.argpo, "argument of perigee");
    near(e.mean_anomaly, satrec.mo, "mean anomaly");
    near(e.mean_motion, satrec.nokozai!, "mean motion");
    assert.equal(e.bstar, satrec.bstar, `seed ${seed}, B*`);
  }
});

Deno.test("Alpha-5 says 100,000 to 339,999 with a letter, never with I or O", () => {
  // The examples of space-track.org/documentation#tle-alpha5.
  const documented: [string, number][] = [
    ["A0000", 100_000],
    ["E8493", 148_493],
    ["J2931", 182_931],
    ["P4018", 234_018],
    ["W1928", 301_928],
    ["Z9999", 339_999],
  ];
  const read = (number: string) =>
    readLine1(withChecksum(SAMPLES[0].line1.replace("00005", number)));
  for (const [text, number] of documented) {
    const line = read(text);
    assert.equal(line.ok && line.fields.number, number, text);
  }
  const numbers = new Set<number>();
  for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
    const line = read(`${letter}0042`);
    if (line.ok) numbers.add(line.fields.number);
    else assert.ok("IO".includes(letter), letter);
  }
  assert.deepEqual([...numbers], Array.from({ length: 24 }, (_, i) => (10 + i) * 10_000 + 42));
  for (const text of ["a0000", "AA000", "A 000", "A000 ", "-0005", "     ", "0000A", "1.000"]) {
    assert.equal(read(text).ok, false, text);
  }
});

Deno.test("name lines are optional, with or without 0 before them, and blank lines count only", () => {
  const bare = SAMPLES.map(({ line1, line2 }) => `${line1}\n${line2}`).join("\n");
  assert.deepEqual(readAll(tleReader(), bare).records.map((r) => [r.number, r.name]), [
    ...NUMBERS.map((number) => [number, ""]),
  ]);
  const { name, line1, line2 } = SAMPLES[0];
  const spaced = `\uFEFF\n0 ${name}   \r\n\r\n${line1}  \r\n${line2}\r\n\r\nNEXT\n`;
  const { records, complaints } = readAll(tleReader(), spaced);
  assert.deepEqual(records.map((r) => r.name), [name]);
  assert.deepEqual(complaints, [
    { line: 7, record: "NEXT", reason: "A name without elements after it" },
  ]);
});

Deno.test("a TLE file cut anywhere reads the same", () => {
  const lines = tleText().split("\n");
  lines.splice(7, 1);
  const text = lines.join("\r\n");
  const whole = readAll(tleReader(), text);
  assert.equal(whole.complaints.length, 1);
  for (let seed = 0; seed < 200; seed++) {
    assert.deepEqual(readAll(tleReader(), ...anyCut(text, seeded(seed))), whole, `seed ${seed}`);
  }
});

Deno.test("each broken line is told by its number, once, and costs its own record only", () => {
  // The third sample: its name is line 7, its elements are lines 8 and 9.
  const cases: [string, number, (lines: string[]) => void, RegExp][] = [
    ["checksum of line 1", 8, (l) => l[7] = l[7].slice(0, 68) + "0", /checksum "0".*make 5/],
    ["checksum of line 2", 9, (l) => l[8] = l[8].slice(0, 68) + "x", /checksum "x"/],
    ["short line 1", 8, (l) => l[7] = l[7].slice(0, 68), /68 characters: must be 69/],
    ["long line 2", 9, (l) => l[8] += "0", /70 characters/],
    ["cut line 1", 8, (l) => l[7] = "1 06251U 62", /11 characters/],
    ["no line 1", 8, (l) => l.splice(7, 1), /no line 1 before it/],
    ["no line 2", 8, (l) => l.splice(8, 1), /no line 2 after it/],
    ["line 1 damaged at its start", 8, (l) => l[7] = "X" + l[7].slice(1), /begins with "X 06251U/],
    ["line 2 damaged at its start", 9, (l) => l[8] = "##" + l[8].slice(2), /begins with "##/],
    ["line 1 turned into a 2", 8, (l) => l[7] = "2" + l[7].slice(1), /Line 2 has checksum/],
    ["another number", 9, (l) => l[8] = edited(l[8], 3, "06252"), /of 6252, line 1 of 6251/],
    ["inclination", 8, (l) => l[8] = edited(l[8], 9, "180.0001"), /Inclination 180.0001 must be/],
    ["angle", 8, (l) => l[8] = edited(l[8], 18, "360.0001"), /RAAN must be/],
    ["mean motion of 0", 8, (l) => l[8] = edited(l[8], 53, " 0.00000000"), /Mean motion 0 must/],
    ["mean motion", 8, (l) => l[8] = edited(l[8], 53, "18.00000001"), /at most 18 rev/],
    ["far orbit", 8, (l) => l[8] = edited(l[8], 53, " 0.10000000"), /reaches \d+ km/],
    ["letters", 9, (l) => l[8] = edited(l[8], 9, " 58.O579"), /Inclination is malformed/],
    ["eccentricity", 9, (l) => l[8] = edited(l[8], 27, "00 0035"), /Eccentricity is malformed/],
    ["year", 8, (l) => l[7] = edited(l[7], 19, "x6"), /Epoch is malformed/],
    ["day 0", 8, (l) => l[7] = edited(l[7], 21, "000"), /Day of 2006 \(1 to 365\)/],
    ["day 366", 8, (l) => l[7] = edited(l[7], 21, "366"), /Day of 2006 \(1 to 365\)/],
    ["drag", 8, (l) => l[7] = edited(l[7], 54, " 12808+9"), /B\* 128080000 must be/],
    ["drag", 8, (l) => l[7] = edited(l[7], 54, " 1280.-3"), /B\* is malformed/],
    ["column", 8, (l) => l[7] = edited(l[7], 18, "x"), /Column 18 of line 1 must be blank/],
    ["another theory", 8, (l) => l[7] = edited(l[7], 63, "4"), /type "4" is not SGP4/],
    ["number 0", 8, (l) => {
      l[7] = edited(l[7], 3, "00000");
      l[8] = edited(l[8], 3, "00000");
    }, /Catalogue number 0 must/],
  ];
  for (const [what, line, damage, reason] of cases) {
    const lines = tleText().split("\n");
    damage(lines);
    const all = readAll(tleReader(), lines.join("\n"));
    assertOneComplaint(all, { line, reason, numbers: without(6251) }, what);
    assert.equal(all.complaints[0].record, "DELTA 1 DEB", what);
  }
});

/** A line with `text` from this column on, and the checksum that belongs to it. */
function edited(line: string, column: number, text: string): string {
  return withChecksum(line.slice(0, column - 1) + text + line.slice(column - 1 + text.length));
}

Deno.test("a flipped character in a TLE is told or harmless, and costs no other record", () => {
  const clean = readAll(tleReader(), tleText());
  const lines = tleText().trimEnd().split("\n");
  const characters = '0123456789 -+.ABCIOZabx{}"\\,\t\0\r\n\u00e9\u{1f6f0}';
  let told = 0;
  for (let seed = 0; seed < 8_000; seed++) {
    const random = seeded(seed);
    const damaged = [...lines];
    const row = random.integer(0, lines.length - 1);
    const at = random.integer(0, lines[row].length - 1);
    const flipped = random.pick([...characters]);
    damaged[row] = lines[row].slice(0, at) + flipped + lines[row].slice(at + 1);
    const set = Math.floor(row / 3);
    const label = `seed ${seed}: ${JSON.stringify(flipped)} at ${at + 1} of line ${row + 1}`;

    const { records, complaints } = readAll(tleReader(), damaged.join("\n"));
    const mine = (number: number) => number === NUMBERS[set];
    assert.deepEqual(
      records.filter((r) => !mine(r.number)).map(({ number, elements }) => ({ number, elements })),
      clean.records.filter((r) => !mine(r.number)).map(({ number, elements }) => ({
        number,
        elements,
      })),
      label,
    );
    const left = records.find((r) => mine(r.number));
    if (left) assert.equal(unfit(left), null, label);
    // A line break adds a line to the set.
    const last = 3 * set + 3 + (flipped === "\n" ? 1 : 0);
    const own = complaints.filter(({ line }) => line > 3 * set && line <= last);
    if (!left) {
      assert.ok(own.length > 0, `${label}: lost and not told`);
      told++;
    }
    // Half of a name or line that a break has cut off is one more name, in vain.
    if (flipped !== "\n") assert.equal(own.length, complaints.length, label);
  }
  assert.ok(told > 3_000, `${told} told`);
});

Deno.test("no text makes the TLE reader throw", () => {
  const pieces = [...tleText().split("\n"), "\n", "\r", "1 ", "2 ", "x".repeat(20_000), "\0", "0 "];
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const text = Array.from({ length: random.integer(0, 12) }, () => random.pick(pieces));
    for (const record of readAll(tleReader(), ...text).records) assert.equal(unfit(record), null);
  }
});
