import assert from "node:assert/strict";
import { json2satrec, sgp4 } from "satellite.js";
import { elementsOfOmm, toOmm } from "../../../../mesh/orbit/elements.ts";
import { detectFormat, READERS } from "../../../../mesh/orbit/import/format.ts";
import { parseEpoch } from "../../../../mesh/orbit/import/omm.ts";
import { ommCsvReader } from "../../../../mesh/orbit/import/omm-csv.ts";
import { ommJsonReader } from "../../../../mesh/orbit/import/omm-json.ts";
import { type RecordReader, unfit } from "../../../../mesh/orbit/import/record.ts";
import { propagatorOf } from "../../../../mesh/orbit/propagation.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { OMM_FILE, testWith } from "../../../support/real-catalogues.ts";
import { anyCut, assertOneComplaint, readAll } from "./read-all.ts";
import { tleText } from "./tle-samples.ts";

// As for TLE: the last bit of an EpochMs.
const POSITION_TOLERANCE_KM = 1e-6;

type Fields = Record<string, string | number>;

/** As CelesTrak writes them; every digit of the numbers counts. */
function anyFields(random: Random, number: number): Fields {
  const fixed = (max: number, places: number) => Number(random.between(0, max).toFixed(places));
  const micros = String(random.integer(0, 999_999)).padStart(6, "0");
  return {
    OBJECT_NAME: random.pick(["STARLINK-1008", "ISS (ZARYA)", 'A "B", C', "", "\u00c9TOILE 1"]),
    OBJECT_ID: "2019-074B",
    EPOCH: `2025-05-24T18:20:${random.integer(10, 59)}.${micros}`,
    MEAN_MOTION: Number(random.between(1, 16).toFixed(8)),
    ECCENTRICITY: fixed(0.3, 7),
    INCLINATION: fixed(180, 4),
    RA_OF_ASC_NODE: fixed(360, 4),
    ARG_OF_PERICENTER: fixed(360, 4),
    MEAN_ANOMALY: fixed(360, 4),
    EPHEMERIS_TYPE: 0,
    CLASSIFICATION_TYPE: "U",
    NORAD_CAT_ID: number,
    ELEMENT_SET_NO: 999,
    REV_AT_EPOCH: 30537,
    BSTAR: Number(random.between(-0.1, 0.1).toPrecision(5)),
    MEAN_MOTION_DOT: 2.739e-5,
    MEAN_MOTION_DDOT: 0,
  };
}

const NUMBERS = [5, 44_714, 99_999, 100_000, 270_001, 123_456_789];
const RECORDS = NUMBERS.map((number, i) => anyFields(seeded(i), number));

const toJson = (records: Fields[]) => JSON.stringify(records);
const toPretty = (records: Fields[]) => JSON.stringify(records, null, 2);

const quoted = (value: string | number) =>
  /[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);

function toCsv(records: Fields[], columns = Object.keys(records[0])): string {
  const rows = records.map((record) => columns.map((column) => quoted(record[column])).join());
  return [columns.join(), ...rows].join("\r\n");
}

testWith(OMM_FILE, "every real OMM record flies as satellite.js flies it, within 1 mm", () => {
  const text = Deno.readTextFileSync(OMM_FILE);
  const { records, complaints } = readAll(ommJsonReader(), text);
  assert.deepEqual(complaints, []);
  assert.equal(records.length, 499);
  const out = new Float64Array(6);
  let worst_km = 0;
  JSON.parse(text).forEach((omm: Fields, i: number) => {
    const { number, name, elements } = records[i];
    assert.deepEqual([number, name], [omm.NORAD_CAT_ID, omm.OBJECT_NAME]);
    const satrec = json2satrec(omm as unknown as Parameters<typeof json2satrec>[0]);
    const [seconds, micros] = String(omm.EPOCH).split(".");
    for (const minutes of [0, 97.1, -720, 4_320]) {
      const at = epochMs(Math.round(elements.epoch + minutes * 60_000));
      // SGP4 wants minutes since the epoch; the SatRec's own epoch has lost the microseconds.
      const since_ms = at - Date.parse(`${seconds}Z`) - Number(`0.${micros}`) * 1e3;
      const { x, y, z } = sgp4(satrec, since_ms / 60_000)!.position;
      assert.ok(propagatorOf(elements)(at, out));
      worst_km = Math.max(worst_km, Math.hypot(out[0] - x, out[1] - y, out[2] - z));
    }
  });
  assert.ok(worst_km <= POSITION_TOLERANCE_KM, `${worst_km * 1e6} mm`);
});

testWith(OMM_FILE, "real epochs keep their microseconds on the way in and out", () => {
  const text = Deno.readTextFileSync(OMM_FILE);
  const { records } = readAll(ommJsonReader(), text);
  const epochs = records.map(({ elements }) => toOmm({ id: "", number: 1, elements }).EPOCH);
  assert.deepEqual(epochs, JSON.parse(text).map((omm: Fields) => omm.EPOCH));
});

Deno.test("one catalogue as JSON, as lines of JSON, as CSV and with text for numbers reads the same", () => {
  const expected = readAll(ommJsonReader(), toJson(RECORDS));
  assert.deepEqual(expected.complaints, []);
  assert.deepEqual(expected.records.map((r) => r.number), NUMBERS);
  assert.deepEqual(
    expected.records.map((r) => r.name),
    RECORDS.map((r) => r.OBJECT_NAME),
  );
  const texts = RECORDS.map((record) =>
    Object.fromEntries(Object.entries(record).map(([keyword, value]) => [keyword, String(value)]))
  );
  const columns = Object.keys(RECORDS[0]).reverse();
  const ways: [string, RecordReader, string][] = [
    ["pretty JSON", ommJsonReader(), toPretty(RECORDS)],
    ["JSON with a byte order mark", ommJsonReader(), `\uFEFF ${toJson(RECORDS)}\n`],
    ["lines of JSON", ommJsonReader(), RECORDS.map((r) => JSON.stringify(r)).join("\n")],
    ["numbers as text", ommJsonReader(), toJson(texts)],
    ["CSV", ommCsvReader(), toCsv(RECORDS)],
    ["CSV with a line break at its end", ommCsvReader(), `\uFEFF${toCsv(RECORDS)}\r\n`],
    ["CSV in another order", ommCsvReader(), toCsv(RECORDS, columns)],
    ["CSV all in quotes", ommCsvReader(), toQuotedCsv(texts)],
  ];
  for (const [way, reader, text] of ways) assert.deepEqual(readAll(reader, text), expected, way);
});

/** As Space-Track writes it. */
function toQuotedCsv(records: Fields[]): string {
  const quote = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`;
  const rows = records.map((record) => Object.values(record).map(quote).join());
  return [Object.keys(records[0]).map(quote).join(), ...rows].join("\n");
}

Deno.test("an OMM file cut anywhere reads the same, complaints and all", () => {
  const broken = RECORDS.map((record, i) => i === 2 ? { ...record, EPOCH: "soon" } : record);
  const cases: [() => RecordReader, string][] = [
    [ommJsonReader, toJson(broken)],
    [ommJsonReader, toPretty(broken)],
    [ommCsvReader, toCsv(broken)],
  ];
  for (const [reader, text] of cases) {
    const whole = readAll(reader(), text);
    assert.equal(whole.complaints.length, 1);
    for (let seed = 0; seed < 100; seed++) {
      assert.deepEqual(readAll(reader(), ...anyCut(text, seeded(seed))), whole, `seed ${seed}`);
    }
  }
});

Deno.test("a record that SGP4 cannot fly is told, with the reason, and costs no other", () => {
  const cases: [Fields, RegExp][] = [
    [{ EPOCH: "" }, /^EPOCH missing$/],
    [{ BSTAR: "", MEAN_MOTION: "" }, /^MEAN_MOTION, BSTAR missing$/],
    [{ EPOCH: "2025-02-29T00:00:00" }, /EPOCH "2025-02-29T00:00:00" is no UTC date/],
    [{ EPOCH: "1956-12-31T23:59:59.999999" }, /Epoch must be in 1957 to 2056/],
    [{ EPOCH: "2057-01-01T00:00:00" }, /Epoch must be in 1957 to 2056/],
    [{ MEAN_MOTION: 0 }, /Mean motion 0 must be above 0/],
    [{ MEAN_MOTION: -15 }, /Mean motion -15 must/],
    [{ MEAN_MOTION: 18.5 }, /at most 18 rev/],
    [{ MEAN_MOTION: "15,06" }, /MEAN_MOTION "15,06" is not a number/],
    [{ MEAN_MOTION: "Infinity" }, /is not a number/],
    [{ MEAN_MOTION: 0.1 }, /Its orbit reaches \d+ km/],
    [{ ECCENTRICITY: 1 }, /Eccentricity 1 must be at least 0 and below 1/],
    [{ ECCENTRICITY: -0.001 }, /Eccentricity/],
    [{ INCLINATION: 180.1 }, /Inclination 180.1 must be 0 to 180/],
    [{ INCLINATION: -1 }, /Inclination -1 must/],
    [{ RA_OF_ASC_NODE: 361 }, /RAAN must be -360 to 360/],
    [{ ARG_OF_PERICENTER: 1e300 }, /Argument of perigee must/],
    [{ MEAN_ANOMALY: -361 }, /Mean anomaly must/],
    [{ BSTAR: 11 }, /B\* 11 must be -10 to 10/],
    [{ NORAD_CAT_ID: 0 }, /Catalogue number 0 must/],
    [{ NORAD_CAT_ID: 1.5 }, /Catalogue number 1.5 must/],
    [{ NORAD_CAT_ID: 1_000_000_000 }, /must be 1 to 999999999/],
    [{ NORAD_CAT_ID: "A0000" }, /NORAD_CAT_ID "A0000" is not a number/],
    [{ EPHEMERIS_TYPE: 4 }, /EPHEMERIS_TYPE is "4": must be 0/],
    [{ REF_FRAME: "ITRF" }, /REF_FRAME is "ITRF": must be TEME/],
    [{ TIME_SYSTEM: "TAI" }, /TIME_SYSTEM is "TAI": must be UTC/],
    [{ CENTER_NAME: "MARS" }, /CENTER_NAME is "MARS": must be EARTH/],
    [{ MEAN_ELEMENT_THEORY: "DSST" }, /MEAN_ELEMENT_THEORY is "DSST": must be SGP4/],
  ];
  // A record with every keyword that a message may say of its elements is none the worse for them.
  const told = {
    CENTER_NAME: "EARTH",
    REF_FRAME: "TEME",
    TIME_SYSTEM: "UTC",
    MEAN_ELEMENT_THEORY: "SGP4",
  };
  const numbers = NUMBERS.filter((number) => number !== 99_999);
  for (const [damage, reason] of cases) {
    const records = RECORDS.map((record, i) => ({ ...record, ...told, ...(i === 2 && damage) }));
    const label = JSON.stringify(damage);
    const pretty = toPretty(records);
    const line = pretty.slice(0, pretty.lastIndexOf("{", pretty.indexOf("99999,"))).split("\n");
    const third = "NORAD_CAT_ID" in damage ? null : line.length;
    const json = readAll(ommJsonReader(), pretty);
    assertOneComplaint(json, { line: third ?? json.complaints[0].line, reason, numbers }, label);
    assert.match(json.complaints[0].record, /^#3 /, label);
    assertOneComplaint(
      readAll(ommCsvReader(), toCsv(records)),
      { line: 4, reason, numbers },
      label,
    );
  }
});

Deno.test("a broken JSON record, or text between records, is told where it stands", () => {
  const text = toPretty(RECORDS);
  const records = text.split(/(?<=\}),\n/);
  const damaged = (i: number, edit: (record: string) => string) =>
    records.map((record, k) => k === i ? edit(record) : record).join(",\n");
  const line = records.slice(0, 2).join(",\n").split("\n").length + 1;
  const lost = NUMBERS.filter((number) => number !== 99_999);
  const cases: [string, string, number, RegExp, number[]][] = [
    ["a quote", damaged(2, (r) => r.replace('"EPOCH', "EPOCH")), line, /not valid JSON/, lost],
    ["its end", damaged(2, (r) => r.replace("}", "")), line, /has no end: another begins/, lost],
    ["its begin", damaged(2, (r) => r.replace("{", "")), line + 1, /belongs to none/, lost],
    ["too long", damaged(2, (r) => r.replace("}", " ".repeat(20_000) + "}")), line, /16384/, lost],
    ["words between", damaged(2, (r) => `and ${r}`), line, /belongs to none/, NUMBERS],
    ["cut short within", text.slice(0, -9), text.split("\n").length - 19, /was it cut short/, [
      ...NUMBERS.slice(0, -1),
    ]],
    ["cut short between", text.slice(0, -2), text.split("\n").length - 1, /array has no end/, [
      ...NUMBERS,
    ]],
  ];
  for (const [what, damage, at, reason, numbers] of cases) {
    assertOneComplaint(readAll(ommJsonReader(), damage), { line: at, reason, numbers }, what);
  }
  for (const empty of ["[]", "[ ]\n", " ", ""]) {
    assert.deepEqual(readAll(ommJsonReader(), empty), { records: [], complaints: [] }, empty);
  }
});

Deno.test("a broken CSV line is told by its number, and a broken header ends it", () => {
  const rows = toCsv(RECORDS).split("\r\n");
  const damaged = (edit: (row: string) => string) =>
    rows.map((row, i) => i === 3 ? edit(row) : row).join("\n");
  const numbers = NUMBERS.filter((number) => number !== 99_999);
  const cases: [string, RegExp][] = [
    [damaged((row) => `${row},`), /^18 fields: the header has 17$/],
    [damaged((row) => row.slice(0, row.lastIndexOf(","))), /^16 fields/],
    [damaged((row) => `"${row}`), /quote/],
    [damaged((row) => row.replace("2019", '20"19')), /quote/],
    [damaged((row) => row.replace("2019-074B", '"2019"-074B')), /quote/],
    [damaged(() => "x".repeat(100_000)), /^1 fields/],
  ];
  for (const [text, reason] of cases) {
    assertOneComplaint(readAll(ommCsvReader(), text), { line: 4, reason, numbers }, `${reason}`);
  }
  const headers: [string, RegExp][] = [
    [rows[0].replace("BSTAR", "DRAG").replace("EPOCH", "WHEN"), /lacks EPOCH, BSTAR$/],
    [rows[0].replace("OBJECT_ID", "EPOCH"), /has EPOCH twice/],
    [`"${rows[0]}`, /lacks NORAD_CAT_ID/],
  ];
  for (const [header, reason] of headers) {
    const all = readAll(ommCsvReader(), [header, ...rows.slice(1)].join("\n"));
    assertOneComplaint(all, { line: 1, reason, numbers: [] }, header);
  }
});

Deno.test("a flipped character in an OMM file is told or harmless, and costs no other record", () => {
  const forms: [string, () => RecordReader, string, number][] = [
    ["JSON", ommJsonReader, toJson(RECORDS), 0],
    ["pretty JSON", ommJsonReader, toPretty(RECORDS), 0],
    ["CSV", ommCsvReader, toCsv(RECORDS), toCsv(RECORDS).indexOf("\n") + 1],
  ];
  const characters = [...'0123456789 -+.eE"{}[],:\\ax\t\0\n\r\u00e9\u{1f6f0}'];
  for (const [form, reader, text, from] of forms) {
    const clean = readAll(reader(), text).records.map((record) => JSON.stringify(record));
    for (let seed = 0; seed < 2_500; seed++) {
      const random = seeded(seed);
      const at = random.integer(from, text.length - 1);
      const flipped = random.pick(characters);
      const { records, complaints } = readAll(
        reader(),
        text.slice(0, at) + flipped + text.slice(at + 1),
      );
      const label = `${form}, seed ${seed}: ${JSON.stringify(flipped)} for ${text[at]} at ${at}`;
      const changed = records.filter((record) => !clean.includes(JSON.stringify(record)));
      // A line break that goes joins two lines of CSV.
      const mayLose = form === "CSV" && text[at] === "\n" ? 2 : 1;
      const kept = records.length - changed.length;
      assert.ok(kept >= RECORDS.length - mayLose, `${label}: ${kept} kept`);
      assert.ok(changed.length <= 1, label);
      for (const record of changed) assert.equal(unfit(record), null, label);
      if (records.length < RECORDS.length) assert.ok(complaints.length > 0, `${label}: not told`);
    }
  }
});

Deno.test("parseEpoch() reads both CCSDS time codes to the microsecond, and no instant that is none", () => {
  const day = Date.UTC(2024, 11, 31);
  const good: [string, number][] = [
    ["2024-12-31T00:00:00", day],
    ["2024-366T00:00:00.000001Z", day + 1e-3],
    ["2024-12-31T23:59:59.999999", day + 86_399_999.999],
    ["2024-12-31T23:59:59.99999951", day + 86_400_000],
    ["2024-12-31T01:02:03.5Z", day + 3_723_500],
    ["2024-12-31 01:02:03", day + 3_723_000],
    ["2024-12-31T01:02:03+00:00", day + 3_723_000],
  ];
  for (const [text, at] of good) assert.equal(parseEpoch(text), at, text);
  // deno-fmt-ignore
  const none = [
    "", "2024-12-31", "2024-12-31  00:00:00", "2024-13-01T00:00:00", "2024-00-10T00:00:00",
    "2024-02-30T00:00:00", "2023-02-29T00:00:00", "2023-366T00:00:00", "2024-000T00:00:00",
    "2024-12-31T24:00:00", "2024-12-31T23:60:00", "2024-12-31T23:59:60", "2024-12-31T00:00:00+01:00",
    "2024-12-31T00:00:00.", "24-12-31T00:00:00", "+002024-12-31T00:00:00", "2024-12-31T00:00:00\n",
  ];
  for (const text of none) assert.equal(parseEpoch(text), null, text);
});

Deno.test("detectFormat() tells a file by its content, and says what it will not read", () => {
  const known: [string, string][] = [
    [toJson(RECORDS), "OMM JSON"],
    [`\uFEFF\n ${toPretty(RECORDS)}`, "OMM JSON"],
    [JSON.stringify(RECORDS[0]), "OMM JSON"],
    [`X${toJson(RECORDS).slice(1)}`, "OMM JSON"],
    [toCsv(RECORDS), "OMM CSV"],
    [toCsv(RECORDS, Object.keys(RECORDS[0]).reverse()), "OMM CSV"],
    [tleText(), "TLE"],
    [tleText().split("\n").slice(1).join("\r\n"), "TLE"],
    [`garbage\n${tleText()}`, "TLE"],
  ];
  for (const [text, format] of known) {
    const detected = detectFormat(text.slice(0, 4_096));
    assert.ok(detected.ok && detected.format in READERS);
    assert.equal(detected.format, format, text.slice(0, 60));
  }
  const unknown: [string, RegExp][] = [
    ["", /empty/],
    ["\uFEFF \n", /empty/],
    ["\x1f\ufffd\x08", /compressed/],
    ["<!DOCTYPE html><html>", /web page/],
    ['<?xml version="1.0"?><ndm>', /XML or KVN/],
    ["CCSDS_OMM_VERS = 2.0\n", /XML or KVN/],
    ["No GP data found", /begins with "No GP data found"/],
    ["\x1b[31mred\x07", /begins with "\[31mred"/],
  ];
  for (const [text, reason] of unknown) {
    const detected = detectFormat(text);
    assert.match(detected.ok ? "" : detected.reason, reason, text);
  }
});

Deno.test("elementsOfOmm() gives back the elements that toOmm() wrote, to their last bits", () => {
  const { records } = readAll(ommJsonReader(), toJson(RECORDS));
  assert.equal(records.length, RECORDS.length);
  for (const { number, elements } of records) {
    const read = elementsOfOmm(toOmm({ id: "any", number, elements }));
    for (const key of Object.keys(elements) as (keyof typeof elements)[]) {
      const [found, wanted] = [read[key], elements[key]];
      const tolerance = key === "epoch" ? 1e-3 : 1e-15 * Math.max(1, Math.abs(wanted));
      assert.ok(Math.abs(found - wanted) <= 4 * tolerance, `${key}: ${found} and not ${wanted}`);
    }
  }
});
