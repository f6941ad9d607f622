/**
 * What is said of untouched nodes without walking their orbits, against the node's own account.
 * @module
 */
import assert from "node:assert/strict";
import { idleRates, lowestBounds } from "../../../../mesh/node/orbit-charge.ts";
import { nightOf, orbitLight } from "../../../../mesh/node/orbit-light.ts";
import { comingOrbit, lowestCharge } from "../../../../mesh/node/outlook.ts";
import { DEFAULT_PROFILE, type HardwareProfile } from "../../../../mesh/node/profile.ts";
import { idleTemperatures, leastSpare, longestShadow } from "../../../../mesh/node/spare.ts";
import { npuTemperature, untouched } from "../../../../mesh/node/state.ts";
import type { Elements } from "../../../../mesh/orbit/elements.ts";
import { sunDirectionEcef } from "../../../../mesh/orbit/sun.ts";
import { type Sunlight, sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { type EpochMs, epochMs, joules, radians, TURN, watts } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { almanacAt } from "../../../unit/mesh/orbit/almanac-at.ts";
import { FILED } from "../../../unit/mesh/placement/oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const ROUNDING_J = 1e-3;

const batteryOf = (wh: number, more: Partial<HardwareProfile> = {}): HardwareProfile => ({
  ...DEFAULT_PROFILE,
  battery: joules(wh * 3_600),
  battery_floor: joules(0.2 * wh * 3_600),
  ...more,
});

const lowestOf = (at: EpochMs, profile: HardwareProfile, sunlight: Sunlight) =>
  lowestCharge(untouched(at, profile, sunlight, []), comingOrbit(at, sunlight), profile);

const TIGHT = [
  batteryOf(20),
  batteryOf(40),
  batteryOf(105),
  batteryOf(115),
  batteryOf(100, { charge_max: watts(170) }),
  batteryOf(300, { solar: watts(240) }),
  batteryOf(1_000, { solar: watts(200) }),
  batteryOf(200, { solar: watts(150) }),
  batteryOf(200, { battery_floor: joules(0) }),
];

Deno.test("lowestBounds() encloses what an untouched node comes down to, and leaves few in doubt at 40 Wh", () => {
  let [doubtful, cases, dark, taken] = [0, 0, 0, 0];
  for (let seed = 0; seed < 24; seed++) {
    const random = seeded(seed);
    const at = epochMs(EPOCH + random.integer(0, 365 * DAY_MS));
    const almanac = almanacAt(at);
    const sun = sunDirectionEcef(at);
    const xyz = new Float64Array(3);
    for (let i = 0; i < 90; i++) {
      const index = random.integer(0, FILED.count - 1);
      const profile = TIGHT[i % TIGHT.length];
      almanac.at(at).position(index, xyz);
      const node = { x: xyz[0], y: xyz[1], z: xyz[2] };
      const light = orbitLight(node, almanac.at(at).velocity(index), sun);
      const bounds = lowestBounds(light, idleRates(profile));
      assert.ok(bounds, `seed ${seed}: no generated orbit is too eccentric`);
      const lowest = lowestOf(at, profile, sunlightOf(FILED.elements(index)));
      const label = `seed ${seed}, node ${index}, ${profile.battery / 3_600} Wh: ${lowest} J in ${
        JSON.stringify(bounds)
      }`;
      assert.ok(lowest >= bounds.at_least - ROUNDING_J, label);
      assert.ok(lowest <= bounds.at_most + ROUNDING_J, label);
      if (profile !== TIGHT[1]) continue;
      cases++;
      if (bounds.at_most < profile.battery_floor) dark++;
      else if (bounds.at_least >= profile.battery_floor) taken++;
      else doubtful++;
    }
  }
  assert.ok(doubtful <= 0.05 * cases, `${doubtful} of ${cases} in doubt`);
  assert.ok(dark > 0 && taken > 0, `${dark} dark, ${taken} taken`);
});

Deno.test("nightOf() has its edges where the node's own sunlight has them, but for what the orbit is off a circle", () => {
  let seen = 0;
  for (let seed = 0; seed < 12; seed++) {
    const random = seeded(seed);
    const at = epochMs(EPOCH + random.integer(0, 365 * DAY_MS));
    const almanac = almanacAt(at);
    const xyz = new Float64Array(3);
    for (let i = 0; i < 40; i++) {
      const index = random.integer(0, FILED.count - 1);
      almanac.at(at).position(index, xyz);
      const node = { x: xyz[0], y: xyz[1], z: xyz[2] };
      const light = orbitLight(node, almanac.at(at).velocity(index), sunDirectionEcef(at));
      const { entry, exit } = nightOf(light);
      // A grazing shadow is as long as the least change of its orbit makes it.
      if (exit - entry < 1) continue;
      const until = epochMs(at + TURN / light.motion * 1e3);
      const next = sunlightOf(FILED.elements(index))(at, until)[0];
      const edge = next.sunlit ? entry : exit;
      const ours_s = ((edge - light.phase + TURN) % TURN) / light.motion;
      const exact_s = (next.until - at) / 1e3;
      assert.ok(
        Math.abs(ours_s - exact_s) < EDGE_S,
        `seed ${seed}, node ${index}: ${ours_s - exact_s} s`,
      );
      seen++;
    }
  }
  assert.ok(seen > 300, `${seen} edges`);
});

const EDGE_S = 40;

const anyElements = (random: Random): Elements => {
  const eccentricity = random.pick([0, 1e-3, 0.02, random.between(0, 0.2), random.between(0, 0.7)]);
  const perigee_km = 6_378 + random.pick([340, 550, 1_200, random.between(300, 35_786)]);
  const a = Math.min(perigee_km / (1 - eccentricity), 67_000 / (1 + eccentricity));
  return {
    epoch: epochMs(EPOCH),
    mean_motion: 60 * Math.sqrt(398_600.8 / a ** 3),
    eccentricity: Math.min(eccentricity, Math.max(0, 1 - 6_700 / a)),
    inclination: radians(random.between(0, Math.PI)),
    raan: radians(random.between(0, TURN)),
    arg_perigee: radians(random.between(0, TURN)),
    mean_anomaly: radians(random.between(0, TURN)),
    bstar: random.pick([0, 1e-4]),
  };
};

Deno.test("longestShadow() is outlasted by no shadow, on circles and ellipses up to geostationary, and is near the longest in the filed shells", () => {
  let nearest = 0;
  let shadows = 0;
  for (let seed = 0; seed < 400; seed++) {
    const random = seeded(seed);
    const filed = random.chance(0.5);
    const elements = filed
      ? FILED.elements(random.integer(0, FILED.count - 1))
      : anyElements(random);
    const bound = longestShadow(elements);
    const from = EPOCH + random.between(0, (filed ? 365 : 10) * DAY_MS);
    const stretches = sunlightOf(elements)(epochMs(from), epochMs(from + 2 * DAY_MS));
    for (const { sunlit, from, until } of stretches.slice(1, -1)) {
      if (sunlit) continue;
      const lasts = (until - from) / 1e3;
      assert.ok(lasts <= bound, `seed ${seed}: ${lasts} s, not ${bound} s at the most`);
      shadows++;
      if (filed) nearest = Math.max(nearest, lasts / bound);
    }
  }
  assert.ok(shadows > 2_000, `${shadows} shadows`);
  assert.ok(nearest > 0.95, `the longest is ${nearest} of the bound`);
});

Deno.test("No untouched node comes under its floor by more than leastSpare() says, and the default has thousands of kilojoules to spare", () => {
  for (let index = 0; index < FILED.count; index += 997) {
    assert.ok(leastSpare(FILED.elements(index), DEFAULT_PROFILE) > 1e7, `node ${index}`);
  }
  let sure = 0;
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const elements = random.chance(0.7)
      ? FILED.elements(random.integer(0, FILED.count - 1))
      : anyElements(random);
    const profile = batteryOf(random.between(112, 250), {
      charge_max: watts(random.pick([1_000, 170, 100])),
      solar: watts(random.pick([2_000, 400, 300])),
    });
    const at = epochMs(EPOCH + random.integer(2 * DAY_MS, 20 * DAY_MS));
    const spare = leastSpare(elements, profile);
    if (spare === -Infinity) continue;
    sure++;
    const lowest = lowestOf(at, profile, sunlightOf(elements));
    const label = `seed ${seed}: ${lowest} J, ${spare} J to spare over ${profile.battery_floor}`;
    assert.ok(lowest - profile.battery_floor >= spare - ROUNDING_J, label);
  }
  assert.ok(sure > 60, `${sure} cases`);
});

Deno.test("idleTemperatures() encloses every untouched node's NPU", () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = seeded(seed);
    const profile = batteryOf(random.pick([40, 5_000]), {
      housekeeping: watts(random.between(0, 3_000)),
      npu_idle: watts(random.between(0, 20)),
      radiator_m2: random.between(0.5, 10),
      solar_absorptance: random.next(),
    });
    const sunlight = sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)));
    const at = epochMs(EPOCH + random.integer(0, 365 * DAY_MS));
    const temperature = npuTemperature(untouched(at, profile, sunlight, []));
    const { least, most } = idleTemperatures(profile);
    assert.ok(temperature >= least - 1e-6 && temperature <= most + 1e-6, `seed ${seed}`);
  }
});
