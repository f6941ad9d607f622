import assert from "node:assert/strict";
import { KnotAlmanac } from "../../../../mesh/orbit/knot-almanac.ts";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import {
  computeKnot,
  KNOT_SPACING_MS,
  knotInstant,
  knotNumber,
} from "../../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { almanacAt } from "./almanac-at.ts";
import { FILED, wholeSky } from "../placement/oracle.ts";

// Today's worst is 0.44 m (docs/accuracy.md); the issue asks for a metre.
const INTERPOLATION_TOLERANCE_M = 1;
// At a knot there is no interpolation, only packing: half of 1/32 m in each axis, and rounding.
const PACKING_TOLERANCE_M = 0.03;

/** Seeded windows of the year: one in each sixth of it. */
const WINDOWS = Array.from({ length: 6 }, (_, sixth) => {
  const from = Date.UTC(2026, 0, 1) + sixth * 61 * 86_400_000;
  return knotNumber(epochMs(from + seeded(sixth).next() * 60 * 86_400_000));
});

Deno.test("position() is within 1 m of SGP4 for every node, all through windows over a year", () => {
  const ours = new Float64Array(3);
  let compared = 0;
  for (const number of [...WINDOWS, knotNumber(epochMs(Date.UTC(2027, 0, 1)))]) {
    const almanac = almanacAt(knotInstant(number));
    for (const share of [0.25, 0.5, 0.8]) {
      const at = epochMs(almanac.from + share * KNOT_SPACING_MS);
      const exact = wholeSky(at);
      const positions = almanac.at(at);
      for (let index = 0; index < FILED.count; index++) {
        positions.position(index, ours);
        const error_m = 1e3 * distance(ours, 0, exact, 3 * index);
        if (!(error_m <= INTERPOLATION_TOLERANCE_M)) {
          assert.fail(`${FILED.id(index)} at ${new Date(at).toISOString()}: ${error_m} m`);
        }
        compared++;
      }
    }
  }
  assert.equal(compared, 7 * 3 * 41_914);
});

Deno.test("position() at either end of a window is SGP4 but for the packing", () => {
  const almanac = almanacAt(knotInstant(WINDOWS[2]));
  const ours = new Float64Array(3);
  for (const at of [almanac.from, almanac.until]) {
    const exact = wholeSky(at);
    const positions = almanac.at(at);
    for (let index = 0; index < FILED.count; index++) {
      positions.position(index, ours);
      const error_m = 1e3 * distance(ours, 0, exact, 3 * index);
      if (!(error_m <= PACKING_TOLERANCE_M)) assert.fail(`${FILED.id(index)}: ${error_m} m`);
    }
  }
});

Deno.test("two windows agree at the knot that they share", () => {
  const [one, other] = [almanacAt(knotInstant(WINDOWS[0])), almanacAt(knotInstant(WINDOWS[0] + 1))];
  const [a, b] = [new Float64Array(3), new Float64Array(3)];
  for (let index = 0; index < FILED.count; index++) {
    one.at(one.until).position(index, a);
    other.at(one.until).position(index, b);
    const apart_m = 1e3 * distance(a, 0, b, 0);
    if (!(apart_m < 1e-6)) assert.fail(`${FILED.id(index)}: ${apart_m} m`);
  }
});

Deno.test("position() writes where it is told and nowhere else", () => {
  const almanac = almanacAt(knotInstant(WINDOWS[1]));
  const positions = almanac.at(epochMs(almanac.from + 12_345));
  const [alone, packed] = [new Float64Array(3), new Float64Array(8).fill(-1)];
  positions.position(4_711, alone);
  positions.position(4_711, packed, 4);
  assert.deepEqual([...packed], [-1, -1, -1, -1, ...alone, -1]);
});

Deno.test("weights() throws outside the window, and covers() says so beforehand", () => {
  const almanac = almanacAt(knotInstant(WINDOWS[0]));
  for (const at of [almanac.from, almanac.from + 0.5, almanac.until - 1, almanac.until]) {
    assert.ok(almanac.covers(epochMs(at)));
    almanac.at(epochMs(at));
  }
  for (
    const at of [
      almanac.from - 1e-3,
      almanac.from - 1,
      almanac.until + 1,
      0,
      NaN,
      Infinity,
      -Infinity,
    ]
  ) {
    assert.ok(!almanac.covers(epochMs(at)), `${at}`);
    assert.throws(() => almanac.at(epochMs(at)), RangeError, `${at}`);
  }
});

Deno.test("an almanac of knots that do not follow one another throws a RangeError", () => {
  const { first, second } = almanacAt(knotInstant(WINDOWS[0]));
  assert.throws(() => new KnotAlmanac(FILED, second, first), RangeError);
  assert.throws(() => new KnotAlmanac(FILED, first, first), RangeError);
});

Deno.test("no node is farther out than radius_max_km at any instant of the window", () => {
  for (const number of WINDOWS.slice(0, 3)) {
    const almanac = almanacAt(knotInstant(number));
    for (const share of [0, 0.3, 0.7, 1]) {
      const sky = wholeSky(almanac.from + share * KNOT_SPACING_MS);
      let highest_km = 0;
      for (let i = 0; i < sky.length; i += 3) {
        highest_km = Math.max(highest_km, Math.hypot(sky[i], sky[i + 1], sky[i + 2]));
      }
      assert.ok(highest_km <= almanac.radius_max_km, `${highest_km} in window ${number}`);
      assert.ok(almanac.radius_max_km < highest_km + 10, "a bound so loose is of no use");
    }
  }
});

Deno.test("flies() is true for every filed node and false for one that has decayed", () => {
  const almanac = almanacAt(knotInstant(WINDOWS[3]));
  for (let index = 0; index < FILED.count; index++) {
    if (!almanac.flies(index)) assert.fail(FILED.id(index));
  }
  const generated = generatedConstellation("one falls", [
    { code: "X", altitude_km: 550, inclination_deg: 53, planes: 1, per_plane: 4, phasing: 0 },
  ]);
  const falling = {
    ...generated,
    group: (index: number) => index,
    elements: (index: number) => ({
      ...generated.elements(index),
      bstar: index === 2 ? 0.1 : 0,
    }),
  };
  const propagator = new Propagator(falling);
  const number = knotNumber(epochMs(Date.UTC(2031, 0, 1)));
  const later = new KnotAlmanac(
    falling,
    computeKnot(falling, propagator, number),
    computeKnot(falling, propagator, number + 1),
  );
  assert.deepEqual([0, 1, 2, 3].map((index) => later.flies(index)), [true, true, false, true]);
});

function distance(a: Float64Array, i: number, b: Float64Array, j: number): number {
  return Math.hypot(a[i] - b[j], a[i + 1] - b[j + 1], a[i + 2] - b[j + 2]);
}
