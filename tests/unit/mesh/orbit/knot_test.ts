import assert from "node:assert/strict";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import {
  computeKnot,
  KNOT_SPACING_MS,
  knotInstant,
  knotNumber,
  POSITION_UNITS_PER_KM,
  readKnot,
} from "../../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import { STARLINK_FILED } from "../../../../mesh/orbit/shells.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { ecfOf, FILED, filedSatrecs } from "../placement/oracle.ts";

const NUMBER = knotNumber(epochMs(Date.UTC(2026, 5, 21, 6, 30)));
const KNOT = computeKnot(FILED, new Propagator(FILED), NUMBER);

// SGP4's velocity is not the exact derivative of its position; a central difference over 2 s adds
// 3 mm/s; Float32 keeps 0.5 mm/s.
const VELOCITY_TOLERANCE_M_S = 0.05;
const POSITION_TOLERANCE_M = 0.03;

Deno.test("knotNumber() is the knot at or before an instant, before 1970 too", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const at = seeded(seed).between(Date.UTC(1950, 0, 1), Date.UTC(2050, 0, 1));
    const instant = knotInstant(knotNumber(epochMs(at)));
    assert.ok(instant <= at && at < instant + KNOT_SPACING_MS, `seed ${seed}`);
    assert.equal(knotNumber(instant), knotNumber(epochMs(at)), `seed ${seed}`);
  }
});

Deno.test("a knot that travelled as bytes is the knot that was sent", () => {
  const read = readKnot(structuredClone(KNOT.bytes), FILED, NUMBER);
  assert.ok(read);
  assert.equal(read.number, NUMBER);
  assert.equal(read.count, FILED.count);
  assert.deepEqual(read.positions, KNOT.positions);
  assert.deepEqual(read.velocities, KNOT.velocities);
  assert.deepEqual(new Uint8Array(read.bytes), new Uint8Array(KNOT.bytes));
});

Deno.test("readKnot() is null for another number, constellation, length, magic or version", () => {
  const named = generatedConstellation("another name", STARLINK_FILED);
  const fewer = generatedConstellation("starlink-filed", STARLINK_FILED.slice(1));
  assert.equal(readKnot(KNOT.bytes, named, NUMBER), null);
  assert.equal(readKnot(KNOT.bytes, fewer, NUMBER), null);
  for (const number of [NUMBER - 1, NUMBER + 1, 0, -NUMBER, NaN, Infinity]) {
    assert.equal(readKnot(KNOT.bytes, FILED, number), null, `${number}`);
  }
  const { byteLength } = KNOT.bytes;
  for (const length of [0, 1, 31, 32, 33, byteLength / 2, byteLength - 24, byteLength - 1]) {
    assert.equal(readKnot(KNOT.bytes.slice(0, length), FILED, NUMBER), null, `${length} bytes`);
  }
  const longer = new Uint8Array(byteLength + 24);
  longer.set(new Uint8Array(KNOT.bytes));
  assert.equal(readKnot(longer.buffer, FILED, NUMBER), null);
});

Deno.test("readKnot() is null if any bit of the header's fields is turned", () => {
  // Magic, version, count and the name's digest are 16 bytes, the number 8; the rest is unused.
  for (let bit = 0; bit < 24 * 8; bit++) {
    const bytes = new Uint8Array(KNOT.bytes.slice(0));
    bytes[bit >> 3] ^= 1 << (bit & 7);
    assert.equal(readKnot(bytes.buffer, FILED, NUMBER), null, `bit ${bit}`);
  }
});

Deno.test("a knot's positions are SGP4's and its velocities their derivative, turning Earth included", () => {
  const at = knotInstant(NUMBER);
  for (let seed = 0; seed < 2_000; seed++) {
    const index = seeded(seed).integer(0, FILED.count - 1);
    const satrec = filedSatrecs()[index];
    const [before, now, after] = [at - 1_000, at, at + 1_000].map((t) => ecfOf(satrec, t));
    let [position_m, velocity_m_s] = [0, 0];
    (["x", "y", "z"] as const).forEach((axis, a) => {
      const p_km = KNOT.positions[3 * index + a] / POSITION_UNITS_PER_KM;
      const v_m_s = KNOT.velocities[3 * index + a];
      position_m = Math.hypot(position_m, 1e3 * (p_km - now[axis]));
      velocity_m_s = Math.hypot(velocity_m_s, v_m_s - 1e3 * (after[axis] - before[axis]) / 2);
    });
    assert.ok(position_m <= POSITION_TOLERANCE_M, `seed ${seed}: ${position_m} m`);
    assert.ok(velocity_m_s <= VELOCITY_TOLERANCE_M_S, `seed ${seed}: ${velocity_m_s} m/s`);
  }
});

Deno.test("a knot takes 24 bytes a node and a header", () => {
  assert.equal(KNOT.bytes.byteLength, 32 + 24 * FILED.count);
});
