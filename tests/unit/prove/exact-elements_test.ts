import assert from "node:assert/strict";
import { toOmm } from "../../../mesh/orbit/elements.ts";
import { ommJsonReader } from "../../../mesh/orbit/import/omm-json.ts";
import { readOmm } from "../../../mesh/orbit/import/omm.ts";
import { tleReader } from "../../../mesh/orbit/import/tle.ts";
import { epochMs, radians } from "../../../mesh/units.ts";
import { exactElements } from "../../../prove/exact-elements.ts";
import { OMM_FILE, testWith, TLE_FILE } from "../../support/real-catalogues.ts";
import { seeded } from "../../support/random.ts";
import { readAll } from "../mesh/orbit/read-all.ts";

Deno.test("exactElements() gives back every bit of what a decimal catalogue held", () => {
  const random = seeded(9);
  for (let i = 0; i < 3_000; i++) {
    const fields = new Map<string, unknown>(Object.entries({
      OBJECT_NAME: "A",
      OBJECT_ID: "2024-001A",
      EPOCH: `2024-12-15T12:00:0${random.integer(0, 9)}.${String(i).padStart(6, "0")}`,
      MEAN_MOTION: random.between(1, 16).toFixed(8),
      ECCENTRICITY: random.between(0, 0.7).toFixed(7),
      INCLINATION: random.between(0, 180).toFixed(4),
      RA_OF_ASC_NODE: random.between(0, 360).toFixed(4),
      ARG_OF_PERICENTER: random.between(0, 360).toFixed(4),
      MEAN_ANOMALY: random.between(0, 360).toFixed(4),
      NORAD_CAT_ID: "44713",
      BSTAR: random.between(-0.01, 0.01).toFixed(8),
    }));
    const read = readOmm(fields);
    assert.ok(read.ok, JSON.stringify(read));
    const { number, elements } = read.record;
    const { elements: again, exact } = exactElements(
      toOmm({ id: "", number, elements }),
      "omm",
    );
    assert.ok(exact, `case ${i}`);
    assert.deepEqual(again, elements, `case ${i}`);
  }
});

Deno.test("exactElements() says of elements that are no decimals that bits may be lost", () => {
  const elements = {
    epoch: epochMs(Date.UTC(2026, 0, 1)),
    mean_motion: 0.065123456789012345,
    eccentricity: 1 / 3,
    inclination: radians(1 / 7),
    raan: radians(2 / 7),
    arg_perigee: radians(3 / 7),
    mean_anomaly: radians(4 / 7),
    bstar: 1 / 30_000,
  };
  const { elements: again, exact } = exactElements(toOmm({ id: "", number: 1, elements }), "omm");
  assert.equal(exact, false);
  for (const name of ["mean_motion", "eccentricity", "raan", "bstar"] as const) {
    assert.ok(Math.abs(again[name] - elements[name]) <= 4e-16 * elements[name], name);
  }
});

for (
  const [file, reader, kind] of [
    [TLE_FILE, tleReader, "tle"],
    [OMM_FILE, ommJsonReader, "omm"],
  ] as const
) {
  testWith(file, "exactElements() gives back every bit of a real catalogue", () => {
    const { records } = readAll(reader(), Deno.readTextFileSync(file));
    assert.ok(records.length > 400);
    for (const { number, elements } of records) {
      const { elements: again, exact } = exactElements(toOmm({ id: "", number, elements }), kind);
      assert.ok(exact, `${number}`);
      assert.deepEqual(again, elements, `${number}`);
    }
  });
}
