/**
 * The files of tests/fixtures/orbits, each read as its README says is right.
 */
import assert from "node:assert/strict";
import { detectFormat, HEAD_CHARS, READERS } from "../../../../mesh/orbit/import/format.ts";
import { caseText } from "./cases.ts";
import { type AllRead, readAll } from "./read-all.ts";

function read(file: string): AllRead {
  const text = caseText(file);
  const detected = detectFormat(text.slice(0, HEAD_CHARS));
  assert.ok(detected.ok, `${file}: ${JSON.stringify(detected)}`);
  return readAll(READERS[detected.format](), text);
}

const NOON = Date.UTC(2026, 7, 21, 12);

Deno.test("case 15e: a B* with two digits of exponent is 0.87e-10", () => {
  const { records, complaints } = read("15e-bstar-two-digit-exponent.tle");
  assert.deepEqual(complaints, []);
  assert.deepEqual(records.map(({ number }) => number), [90_001, 99_999]);
  assert.equal(records[0].elements.bstar, 0.87e-10);
});

Deno.test("case 21: names that begin like an element line are names", () => {
  const { records, complaints } = read("21-name-2-pathfinder.tle");
  assert.deepEqual(complaints, []);
  assert.deepEqual(records.map(({ name }) => name), ["2 PATHFINDER", "1 ALPHA", "2023-193D"]);
});

Deno.test("case 94: a name line of more than 50 characters is a name", () => {
  const { records, complaints } = read("94-name-line-over-50.tle");
  assert.deepEqual(complaints, []);
  assert.deepEqual(records.map(({ name }) => name), [
    "A VERY LONG OBJECT NAME WITH (BRACKETS) AND [DTC] AND MORE",
    "CONTROL",
  ]);
});

Deno.test("case 23: comments are skipped", () => {
  const { records, complaints } = read("23-comments-hash.tle");
  assert.deepEqual(complaints, []);
  assert.deepEqual(records.map(({ name }) => name), ["OBJECT ALPHA"]);
});

Deno.test("case 95: an epoch with a space for the T, and with +00:00, is read, with its microseconds", () => {
  const { records, complaints } = read("95-space-epoch.json");
  assert.deepEqual(complaints, []);
  assert.deepEqual(records.map(({ elements }) => elements.epoch), [NOON]);
  const [record] = JSON.parse(caseText("95-space-epoch.json"));
  const epochs = [
    [{ ...record, EPOCH_MICROSECONDS: "250" }, NOON + 0.25],
    [{ ...record, EPOCH: "2026-08-21T12:00:00+00:00" }, NOON],
    [{ ...record, EPOCH: "2026-08-21 12:00:00.5", EPOCH_MICROSECONDS: "250" }, NOON + 500],
  ];
  for (const [fields, at] of epochs) {
    const { records: [one] } = readAll(READERS["OMM JSON"](), JSON.stringify([fields]));
    assert.equal(one?.elements.epoch, at, JSON.stringify(fields));
  }
});

Deno.test("case 57: JSON with keywords in lower case reads as with capitals", () => {
  const { records, complaints } = read("57-json-lower-keys.json");
  assert.deepEqual(complaints, []);
  const [lower, upper] = records;
  assert.deepEqual([lower.number, lower.name], [90_001, "OBJECT ALPHA"]);
  assert.deepEqual(
    { ...lower, number: 0, name: "", elements: { ...lower.elements, raan: 0 } },
    { ...upper, number: 0, name: "", elements: { ...upper.elements, raan: 0 } },
  );
});

Deno.test("cases 28b and 34: a ZIP and lone carriage returns are named as the cause", () => {
  const reasons = ["28b-zip.zip", "34-lone-cr.tle"].map((file) => {
    const detected = detectFormat(caseText(file).slice(0, HEAD_CHARS));
    return detected.ok ? detected.format : detected.reason;
  });
  assert.match(reasons[0], /compressed \(ZIP\): unpack it/);
  assert.match(reasons[1], /carriage return alone/);
});

Deno.test("what SGP4 does not read is kept: designator, derivatives, counts; and nothing where malformed", () => {
  const { records: [tle] } = read("93-stale-elements.tle");
  assert.deepEqual(tle.given, {
    designator: "2026-001A",
    mean_motion_dot: 1e-4,
    mean_motion_ddot: 0,
    element_set: 999,
    revolution: 12_345,
  });
  const { records: [, omm] } = read("57-json-lower-keys.json");
  assert.deepEqual(omm.given, { ...tle.given });
  const [record] = JSON.parse(caseText("95-space-epoch.json"));
  const strange = { ...record, OBJECT_ID: "\u0007X\tY".repeat(20), MEAN_MOTION_DOT: "much" };
  const { records: [one] } = readAll(READERS["OMM JSON"](), JSON.stringify([strange]));
  assert.equal(one.given?.mean_motion_dot, 0);
  assert.ok(/^[XY ]{1,16}$/.test(one.given?.designator ?? ""), one.given?.designator);
});
