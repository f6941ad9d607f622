import assert from "node:assert/strict";
import { gstime, jday, sgp4, shadowFraction, sunPos } from "satellite.js";
import { isSunlit, shadowClearance } from "../../mesh/orbit/eclipse.ts";
import { sunDirectionEcef } from "../../mesh/orbit/sun.ts";
import { sunDirectionTeme } from "../../mesh/orbit/propagation.ts";
import { epochMs } from "../../mesh/units.ts";
import { seeded } from "../random.ts";
import { ecfOf, FILED, filedSatrecs } from "./oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
// Half of the Sun's disc is hidden where its centre is on the limb: the cylinder itself, but for the
// curve of the limb across the disc and 2 m between the radii of WGS-72 and WGS-84.
const HALF_LIGHT_TOLERANCE_KM = 0.1;
// The penumbra at 600 km is 2 x 13 km wide: 2,900 km behind the limb, 0.53 degrees of Sun.
const PENUMBRA_HALF_WIDTH_KM = 15;

interface Sight {
  sunlit: boolean;
  clearance_km: number;
  /** satellite.js: 0 lit, 1 in the umbra. */
  hidden: number;
}

function sight(index: number, at: number): Sight {
  const { x, y, z } = sgp4(filedSatrecs()[index], (at - EPOCH) / 60_000)!.position;
  const [sx, sy, sz] = sunDirectionTeme(epochMs(at));
  const [node, sun] = [{ x, y, z }, { x: sx, y: sy, z: sz }];
  return {
    sunlit: isSunlit(node, sun),
    clearance_km: shadowClearance(node, sun),
    hidden: shadowFraction(sunPos(jday(new Date(at))).rsun, node),
  };
}

Deno.test("isSunlit() is satellite.js's half light, but for 100 m about the shadow's edge", () => {
  let [edges, lit] = [0, 0];
  const cases = 50_000;
  for (let seed = 0; seed < cases; seed++) {
    const random = seeded(seed);
    const at = EPOCH + random.integer(0, 365 * 86_400_000);
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
    const at = EPOCH + random.integer(0, 365 * 86_400_000);
    const { clearance_km, hidden } = sight(random.integer(0, FILED.count - 1), at);
    if (clearance_km > PENUMBRA_HALF_WIDTH_KM) assert.equal(hidden, 0, `seed ${seed}`);
    if (clearance_km < -PENUMBRA_HALF_WIDTH_KM) assert.equal(hidden, 1, `seed ${seed}`);
  }
});

Deno.test("sunDirectionEcef() is satellite.js's Sun turned by sidereal time, and the light the same", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const at = EPOCH + random.integer(0, 365 * 86_400_000);
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
