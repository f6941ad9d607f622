import assert from "node:assert/strict";
import { OemParser } from "ootk";
import { oemText } from "../../../../mesh/export/oem.ts";
import { instantCount, instantOf } from "../../../../mesh/export/span.ts";
import type { Flight, Frame } from "../../../../mesh/export/flown.ts";
import { temeToEme2000 } from "../../../../mesh/orbit/eme2000.ts";
import { epochMs, seconds } from "../../../../mesh/units.ts";
import { readOem } from "../../../support/plain-oem.ts";
import { catalogued, cataloguedFlight, filedFlight, satelliteJs, written } from "./cases.ts";

// Half of the last digit.
const ROUNDING_KM = 0.51e-6;
const ROUNDING_KM_S = 0.51e-9;

const created = epochMs(Date.UTC(2026, 5, 1));
const messagesOf = (flight: Flight, frame: Frame) =>
  flight.nodes.map((node) => {
    const read = readOem(written(oemText({ ...flight, node, frame, created })));
    assert.equal(read.segments.length, 1);
    return { header: read.header, ...read.segments[0] };
  });

Deno.test("oemText() read back has SGP4's states of the same instants, generated and catalogued", async () => {
  for (const flight of [filedFlight(12), cataloguedFlight(await catalogued())]) {
    messagesOf(flight, "teme").forEach(({ header, meta, states }, s) => {
      assert.equal(header.CREATION_DATE, "2026-06-01T00:00:00.000");
      assert.equal(meta.REF_FRAME, "TEME");
      assert.equal(states.length, instantCount(flight.span));
      states.forEach(({ at, values }, k) => {
        assert.equal(at, instantOf(flight.span, k));
        const { teme } = satelliteJs(flight.constellation, flight.nodes[s], at);
        values.forEach((value, axis) => {
          const off = Math.abs(value - teme[axis]);
          assert.ok(off <= (axis < 3 ? ROUNDING_KM : ROUNDING_KM_S), `${s} ${k} ${axis}: ${off}`);
        });
      });
    });
  }
});

Deno.test("oemText() is read by the Orbital Object Toolkit: the same states at the same instants", async () => {
  for (const flight of [filedFlight(3), cataloguedFlight(await catalogued())]) {
    for (const node of flight.nodes) {
      // Of the standard's grammar it lacks one thing: it wants data to be between two words, as in an AEM.
      const text = written(oemText({ ...flight, node, frame: "eme2000", created }))
        .replace("META_STOP", "META_STOP\nDATA_START") + "DATA_STOP\n";
      const { header, dataBlocks: [{ metadata, ephemeris }, ...more] } = OemParser.parse(text);
      assert.deepEqual([header.CCSDS_OEM_VERS, more.length], ["2.0", 0]);
      assert.deepEqual(
        [metadata.CENTER_NAME, metadata.REF_FRAME, metadata.TIME_SYSTEM],
        ["EARTH", "EME2000", "UTC"],
      );
      assert.equal(ephemeris.length, instantCount(flight.span));
      const expected = new Float64Array(6);
      ephemeris.forEach(({ epoch, position, velocity }, k) => {
        const at = instantOf(flight.span, k);
        assert.equal(Math.round(epoch.posix * 1e3), at);
        temeToEme2000(
          Float64Array.from(satelliteJs(flight.constellation, node, at).teme),
          epochMs(at),
          expected,
        );
        const found = [position.x, position.y, position.z, velocity.x, velocity.y, velocity.z];
        found.forEach((value, axis) =>
          assert.ok(
            Math.abs(value - expected[axis]) <= (axis < 3 ? ROUNDING_KM : ROUNDING_KM_S),
            `${node} ${k} ${axis}`,
          )
        );
      });
    }
  }
});

Deno.test("oemText() turns states to the frame that it names", () => {
  const flight = filedFlight(3);
  const fixed = messagesOf(flight, "tdr");
  const inertial = messagesOf(flight, "eme2000");
  const out = new Float64Array(6);
  flight.nodes.forEach((node, s) => {
    assert.deepEqual([fixed[s].meta.REF_FRAME, inertial[s].meta.REF_FRAME], ["TDR", "EME2000"]);
    fixed[s].states.forEach(({ at, values }, k) => {
      const expected = satelliteJs(flight.constellation, node, at);
      for (let axis = 0; axis < 3; axis++) {
        assert.ok(Math.abs(values[axis] - expected.fixed[axis]) <= 2 * ROUNDING_KM);
      }
      temeToEme2000(Float64Array.from(expected.teme), epochMs(at), out);
      inertial[s].states[k].values.forEach((value, axis) =>
        assert.ok(Math.abs(value - out[axis]) <= (axis < 3 ? ROUNDING_KM : ROUNDING_KM_S))
      );
    });
    // Seen from the turning Earth, a node is as fast as its positions go on.
    const [before, now, after] = fixed[s].states.slice(10, 13);
    for (let axis = 0; axis < 3; axis++) {
      const slope = (after.values[axis] - before.values[axis]) / ((after.at - before.at) / 1e3);
      assert.ok(Math.abs(slope - now.values[axis + 3]) < 0.02, `${slope} ${now.values[axis + 3]}`);
    }
  });
});

Deno.test("oemText() names objects by their catalogue, and generated ones by their id", async () => {
  const known = messagesOf(cataloguedFlight(await catalogued()), "eme2000");
  assert.ok(known.every(({ meta }) => /^\d{4}-\d{3}[A-Z]{1,3}$/.test(meta.OBJECT_ID)));
  const [{ meta }] = messagesOf(filedFlight(1), "eme2000");
  assert.deepEqual([meta.OBJECT_NAME, meta.OBJECT_ID], ["G1A-000-000", "G1A-000-000"]);
});

Deno.test("oemText() says no degree of interpolation that its states do not give", () => {
  const flight = filedFlight(1);
  const { from } = flight.span;
  const spanOf = (k: number) => ({ from, until: epochMs(from + k * 60_000), step: seconds(60) });
  for (const [steps, degree] of [[0, undefined], [2, undefined], [3, "7"]] as const) {
    const [{ meta, states }] = messagesOf({ ...flight, span: spanOf(steps) }, "teme");
    assert.equal(states.length, steps + 1);
    assert.equal(meta.INTERPOLATION_DEGREE, degree);
  }
});

Deno.test("oemText() writes no message of a node that has no orbit in the span", async () => {
  const flight = cataloguedFlight(await catalogued());
  const from = epochMs(Date.UTC(2500, 0, 1));
  const span = { from, until: from, step: seconds(60) };
  const grounded = flight.nodes.filter((node) => {
    try {
      written(oemText({ ...flight, node, span, frame: "teme", created }));
      return false;
    } catch (error) {
      assert.match((error as RangeError).message, /^norad-\d+ has no orbit in the span$/);
      return true;
    }
  });
  assert.ok(grounded.length > 0);
});
