import assert from "node:assert/strict";
import { gstime, jday, sgp4, sunPos } from "satellite.js";
import { GENERATED_EPOCH } from "../../../../mesh/orbit/constellation.ts";
import {
  julianDate,
  Propagator,
  propagatorOf,
  siderealTime,
  sunDirectionTeme,
} from "../../../../mesh/orbit/propagation.ts";
import { STARLINK_FILED } from "../../../../mesh/orbit/shells.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { FILED, filedSatrecs, satrecOf } from "../placement/oracle.ts";

const TEMPLATE_TOLERANCE_MM = 0.1;
const TEMPLATE_TOLERANCE_MM_S = 1e-4;
// What satellite.js recovers as the semi-major axis, against the filing: our inversion of Kozai is of
// first order in J2.
const SEMI_MAJOR_TOLERANCE_KM = 0.01;
// J2 lifts a mean radius off the semi-major axis, by up to 5.5 km at low and polar inclinations.
const MEAN_ALTITUDE_TOLERANCE_KM = 6;
// A millisecond of the Julian date's last bit (40 us) turns Earth by 3e-9 rad.
const SIDEREAL_TOLERANCE_RAD = 1e-8;

const MINUTES = [0, 1, 777.25, 30 * 1440 + 0.5, 365 * 1440, -1440];

Deno.test("Propagator.state() equals a SatRec per node within 0.1 mm, for every node", () => {
  const propagator = new Propagator(FILED);
  const ours = new Float64Array(6);
  let compared = 0;
  for (const minutes of MINUTES) {
    const at = epochMs(GENERATED_EPOCH + minutes * 60_000);
    filedSatrecs().forEach((satrec, index) => {
      assert.ok(propagator.state(index, at, ours), FILED.id(index));
      const { position: p, velocity: v } = sgp4(satrec, minutes)!;
      const error_mm = 1e6 * Math.hypot(ours[0] - p.x, ours[1] - p.y, ours[2] - p.z);
      const error_mm_s = 1e6 * Math.hypot(ours[3] - v.x, ours[4] - v.y, ours[5] - v.z);
      if (error_mm > TEMPLATE_TOLERANCE_MM || error_mm_s > TEMPLATE_TOLERANCE_MM_S) {
        assert.fail(`${FILED.id(index)} at ${minutes} min: ${error_mm} mm, ${error_mm_s} mm/s`);
      }
      compared++;
    });
  }
  assert.equal(compared, MINUTES.length * 41_914);
});

Deno.test("Propagator.state() does not depend on which nodes were asked before", () => {
  const shared = new Propagator(FILED);
  const [one, other] = [new Float64Array(6), new Float64Array(6)];
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const index = random.integer(0, FILED.count - 1);
    const at = epochMs(GENERATED_EPOCH + random.between(0, 365) * 86_400_000);
    shared.state(random.integer(0, FILED.count - 1), at, one);
    shared.state(index, at, one);
    new Propagator(FILED).state(index, at, other);
    assert.deepEqual(one, other, `seed ${seed}`);
  }
});

Deno.test("propagatorOf() gives one node alone the same position as the whole constellation's", () => {
  const shared = new Propagator(FILED);
  const [one, other] = [new Float64Array(6), new Float64Array(6)];
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const index = random.integer(0, FILED.count - 1);
    const at = epochMs(GENERATED_EPOCH + random.integer(0, 365 * 86_400_000));
    assert.ok(shared.state(index, at, one));
    assert.ok(propagatorOf(FILED.elements(index))(at, other));
    const error_mm = 1e6 * Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
    assert.ok(error_mm <= TEMPLATE_TOLERANCE_MM, `seed ${seed}: ${error_mm} mm`);
  }
});

Deno.test("propagatorOf() says no and leaves the array alone where a node has decayed", () => {
  const elements = { ...FILED.elements(0), bstar: 0.1 };
  const out = new Float64Array(6).fill(7);
  const late = epochMs(GENERATED_EPOCH + 2_000 * 86_400_000);
  assert.equal(propagatorOf(elements)(late, out), false);
  assert.deepEqual(out, new Float64Array(6).fill(7));
});

Deno.test("every shell flies at the altitude that was filed", () => {
  let first = 0;
  for (const shell of STARLINK_FILED) {
    const satrec = satrecOf(FILED, first);
    const semiMajor_km = satrec.a * 6378.135;
    const off_km = semiMajor_km - 6378.137 - shell.altitude_km;
    assert.ok(Math.abs(off_km) <= SEMI_MAJOR_TOLERANCE_KM, `${shell.code}: ${off_km} km off`);

    const samples = 240;
    const period_min = 2 * Math.PI / satrec.no;
    let sum_km = 0;
    for (let k = 0; k < samples; k++) {
      const { x, y, z } = sgp4(satrec, period_min * k / samples)!.position;
      sum_km += Math.hypot(x, y, z) - 6378.137;
    }
    const mean_off_km = sum_km / samples - shell.altitude_km;
    assert.ok(
      Math.abs(mean_off_km) <= MEAN_ALTITUDE_TOLERANCE_KM,
      `${shell.code}: mean altitude ${mean_off_km} km off`,
    );
    first += shell.planes * shell.per_plane;
  }
});

Deno.test("siderealTime() and julianDate() equal satellite.js over the years that the clock allows", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const at = seeded(seed).integer(Date.UTC(1950, 0, 1), Date.UTC(2050, 0, 1) - 1);
    const expected = gstime(new Date(at));
    const off = Math.abs(siderealTime(epochMs(at)) - expected);
    assert.ok(Math.min(off, 2 * Math.PI - off) <= SIDEREAL_TOLERANCE_RAD, `seed ${seed}: ${off}`);
    assert.ok(Math.abs(julianDate(epochMs(at)) - jday(new Date(at))) < 1e-9, `seed ${seed}`);
  }
});

Deno.test("siderealTime() is Vallado's published value", () => {
  // Fundamentals of Astrodynamics, example 3-5: 1992-08-20 12:14 UT1, GMST 152.578787810 degrees.
  const gmst_deg = siderealTime(epochMs(Date.UTC(1992, 7, 20, 12, 14))) * 180 / Math.PI;
  assert.ok(Math.abs(gmst_deg - 152.578787810) < 1e-6, `${gmst_deg}`);
});

Deno.test("sunDirectionTeme() is a unit vector along satellite.js's Sun", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const at = seeded(seed).integer(Date.UTC(1950, 0, 1), Date.UTC(2050, 0, 1) - 1);
    const { x, y, z } = sunPos(jday(new Date(at))).rsun;
    const distance = Math.hypot(x, y, z);
    const [sx, sy, sz] = sunDirectionTeme(epochMs(at));
    assert.ok(Math.abs(Math.hypot(sx, sy, sz) - 1) < 1e-12, `seed ${seed}`);
    const off = Math.hypot(sx - x / distance, sy - y / distance, sz - z / distance);
    assert.ok(off < 1e-9, `seed ${seed}: ${off} rad`);
  }
});

Deno.test("sunDirectionTeme() is Vallado's published value", () => {
  // Example 5-1: 2006-04-02 00:00 UT1, right ascension 11.140 9 and declination 4.788 4 degrees.
  const [x, y, z] = sunDirectionTeme(epochMs(Date.UTC(2006, 3, 2)));
  assert.ok(Math.abs(Math.atan2(y, x) * 180 / Math.PI - 11.1409) < 0.01);
  assert.ok(Math.abs(Math.asin(z) * 180 / Math.PI - 4.7884) < 0.01);
});
