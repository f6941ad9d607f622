import assert from "node:assert/strict";
import { gstime, jday, sgp4, shadowFraction, sunPos } from "satellite.js";
import { isSunlit, POLAR_STRETCH, shadowClearance } from "../../../../mesh/orbit/eclipse.ts";
import { sunDirectionEcef } from "../../../../mesh/orbit/sun.ts";
import { sunDirectionTeme } from "../../../../mesh/orbit/propagation.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { apparentSun, meeusSun } from "../../../../tools/accuracy/meeus-sun.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { seesSun, type Vector } from "./naive-sunlight.ts";
import { ecfOf, FILED, filedSatrecs } from "../placement/oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 86_400_000;
// Half of the Sun's disc is hidden where its centre is on the limb: the cylinder itself, but for the
// curve of the limb across the disc and 2 m between the radii of WGS-72 and WGS-84.
const HALF_LIGHT_TOLERANCE_KM = 0.1;
// The penumbra at 600 km is 2 x 13 km wide: 2,900 km behind the limb, 0.53 degrees of Sun.
const PENUMBRA_HALF_WIDTH_KM = 15;
// Rounding of two ways to compute the same.
const ROUNDING_KM = 1e-8;
// What the Astronomical Almanac says of its low precision, and what Meeus's other formula leaves out.
const SUN_TOLERANCE_RAD = (0.01 + 2 / 3_600) * Math.PI / 180;

interface Sight {
  node: Vector;
  sun: Vector;
  sunlit: boolean;
  clearance_km: number;
  /** satellite.js's cones, about the sphere that the stretched ellipsoid is: 0 lit, 1 in the umbra. */
  hidden: number;
}

function sight(index: number, at: number): Sight {
  const { x, y, z } = sgp4(filedSatrecs()[index], (at - EPOCH) / 60_000)!.position;
  const [sx, sy, sz] = sunDirectionTeme(epochMs(at));
  const [node, sun] = [{ x, y, z }, { x: sx, y: sy, z: sz }];
  const { rsun } = sunPos(jday(new Date(at)));
  const stretched = { ...node, z: z * POLAR_STRETCH };
  return {
    node,
    sun,
    sunlit: isSunlit(node, sun),
    clearance_km: shadowClearance(node, sun),
    hidden: shadowFraction({ ...rsun, z: rsun.z * POLAR_STRETCH }, stretched),
  };
}

Deno.test("isSunlit() is what a ray towards the Sun says, that meets the ellipsoid or does not", () => {
  let near = 0;
  const cases = 50_000;
  for (let seed = 0; seed < cases; seed++) {
    const random = seeded(seed);
    const sun = direction(random);
    const up = direction(random);
    const r = 6378.137 + random.pick([random.between(100, 700), random.between(0, 60_000)]);
    const node = { x: r * up.x, y: r * up.y, z: r * up.z };
    const clearance_km = shadowClearance(node, sun);
    if (Math.abs(clearance_km) < 25) near++;
    if (Math.abs(clearance_km) < ROUNDING_KM) continue;
    assert.equal(isSunlit(node, sun), seesSun(node, sun), `seed ${seed}: ${clearance_km} km`);
  }
  // Within 25 km of the edge it is the flattening that decides.
  assert.ok(near > 100, `${near} near the edge`);
});

Deno.test("isSunlit() is half light of satellite.js's cones, but for 100 m about the shadow's edge", () => {
  let [edges, lit] = [0, 0];
  const cases = 50_000;
  for (let seed = 0; seed < cases; seed++) {
    const random = seeded(seed);
    const at = EPOCH + random.integer(0, YEAR_MS);
    const { sunlit, clearance_km, hidden } = sight(random.integer(0, FILED.count - 1), at);
    if (sunlit) lit++;
    if (Math.abs(clearance_km) <= PENUMBRA_HALF_WIDTH_KM) edges++;
    if (sunlit === hidden < 0.5) continue;
    assert.ok(
      Math.abs(clearance_km) <= HALF_LIGHT_TOLERANCE_KM,
      `seed ${seed}: ${clearance_km} km from the edge, ${hidden} hidden`,
    );
  }
  // The sample must have met both sides and the edge, or it showed nothing.
  assert.ok(lit > 0.55 * cases && lit < 0.75 * cases, `${lit} lit`);
  assert.ok(edges > 50, `${edges} near the edge`);
});

Deno.test("a node outside the penumbra is wholly lit or wholly dark in satellite.js too", () => {
  for (let seed = 0; seed < 20_000; seed++) {
    const random = seeded(seed);
    const at = EPOCH + random.integer(0, YEAR_MS);
    const { clearance_km, hidden } = sight(random.integer(0, FILED.count - 1), at);
    if (clearance_km > PENUMBRA_HALF_WIDTH_KM) assert.equal(hidden, 0, `seed ${seed}`);
    if (clearance_km < -PENUMBRA_HALF_WIDTH_KM) assert.equal(hidden, 1, `seed ${seed}`);
  }
});

Deno.test("sunDirectionEcef() is satellite.js's Sun turned by sidereal time, and the light the same", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const at = EPOCH + random.integer(0, YEAR_MS);
    const { x, y, z } = sunPos(jday(new Date(at))).rsun;
    const gmst = gstime(new Date(at));
    const distance = Math.hypot(x, y, z);
    const sun = sunDirectionEcef(epochMs(at));
    const ex = (x * Math.cos(gmst) + y * Math.sin(gmst)) / distance;
    const ey = (y * Math.cos(gmst) - x * Math.sin(gmst)) / distance;
    const off = Math.hypot(sun.x - ex, sun.y - ey, sun.z - z / distance);
    assert.ok(off < 1e-8, `seed ${seed}: ${off} rad`);

    const index = random.integer(0, FILED.count - 1);
    const seen = sight(index, at);
    if (Math.abs(seen.clearance_km) < 1e-3) continue;
    assert.equal(isSunlit(ecfOf(filedSatrecs()[index], at), sun), seen.sunlit, `seed ${seed}`);
  }
});

Deno.test("sunDirectionTeme() is within 0.01 degrees of Meeus's Sun, all year", () => {
  for (let seed = 0; seed < 5_000; seed++) {
    const at = EPOCH + seeded(seed).integer(0, YEAR_MS);
    const [x, y, z] = sunDirectionTeme(epochMs(at));
    const sun = meeusSun(at);
    const off = Math.hypot(sun.x - x, sun.y - y, sun.z - z);
    assert.ok(off < SUN_TOLERANCE_RAD, `seed ${seed}: ${off} rad`);
  }
});

Deno.test("apparentSun() is the published Sun of 1992 October 13, within two arc seconds", () => {
  const days = (Date.UTC(1992, 9, 13) - Date.UTC(2000, 0, 1, 12)) / 86_400_000;
  const { longitude, obliquity, nutation } = apparentSun(days);
  const degrees = longitude * 180 / Math.PI;
  // Meeus, Astronomical Algorithms, example 25.b.
  const [longitude_deg, obliquity_deg, nutation_deg] = [199.906060, 23.4401443, 15.908 / 3_600];
  const circle = degrees - 360 * Math.floor(degrees / 360);
  assert.ok(Math.abs(circle - longitude_deg) < 2 / 3_600, `${circle}`);
  assert.ok(Math.abs(obliquity * 180 / Math.PI - obliquity_deg) < 0.5 / 3_600, `${obliquity}`);
  assert.ok(Math.abs(nutation * 180 / Math.PI - nutation_deg) < 0.5 / 3_600, `${nutation}`);
});

Deno.test("shadowClearance() is positive by day, and grows evenly across the edge of the shadow", () => {
  const sun = { x: 1, y: 0, z: 0 };
  assert.ok(shadowClearance({ x: 6_900, y: 0, z: 0 }, sun) > 0);
  assert.ok(shadowClearance({ x: 0, y: 6_900, z: 0 }, sun) > 0);
  assert.equal(shadowClearance({ x: -6_900, y: 0, z: 0 }, sun), -6378.137);
  for (let y = 6_300; y < 6_460; y++) {
    const clearance = shadowClearance({ x: -2_500, y, z: 0 }, sun);
    assert.ok(Math.abs(clearance - (y - 6378.137)) < 1e-9, `${y}`);
    assert.equal(isSunlit({ x: -2_500, y, z: 0 }, sun), clearance >= 0);
  }
});

Deno.test("shadowClearance() finds the shadow 21 km narrower over the poles than at the equator", () => {
  const sun = { x: 1, y: 0, z: 0 };
  assert.ok(!isSunlit({ x: -2_500, y: 0, z: 6_356.7 }, sun));
  assert.ok(isSunlit({ x: -2_500, y: 0, z: 6_356.8 }, sun));
  assert.ok(!isSunlit({ x: -2_500, y: 6_378.1, z: 0 }, sun));
  assert.ok(isSunlit({ x: -2_500, y: 6_378.2, z: 0 }, sun));
});

Deno.test("shadowClearance() and its slope go on evenly from day to night", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const random = seeded(seed);
    const [sun, up] = [direction(random), direction(random)];
    // Across the terminator of the stretched Earth.
    const along = up.x * sun.x + up.y * sun.y + up.z * sun.z * POLAR_STRETCH ** 2;
    const square = sun.x ** 2 + sun.y ** 2 + (sun.z * POLAR_STRETCH) ** 2;
    const at = (km: number) =>
      shadowClearance({
        x: 6_900 * (up.x - along / square * sun.x) + km * sun.x,
        y: 6_900 * (up.y - along / square * sun.y) + km * sun.y,
        z: 6_900 * (up.z - along / square * sun.z) + km * sun.z,
      }, sun);
    assert.ok(Math.abs(at(1e-6) - at(-1e-6)) < 1e-6, `seed ${seed}`);
    const [day, night] = [at(0.02) - at(0.01), at(-0.01) - at(-0.02)];
    assert.ok(Math.abs(day - night) < 1e-4 * 0.01, `seed ${seed}: ${day} and ${night}`);
  }
});

/** Uniform on the sphere. */
function direction(random: Random): Vector {
  const z = random.between(-1, 1);
  const angle = random.between(0, 2 * Math.PI);
  const across = Math.sqrt(1 - z * z);
  return { x: across * Math.cos(angle), y: across * Math.sin(angle), z };
}
