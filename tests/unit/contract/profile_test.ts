import assert from "node:assert/strict";
import { parseProfile } from "../../../contract/profile.ts";
import { DEFAULT_PROFILE } from "../../../mesh/node/profile.ts";

Deno.test("parseProfile() is the default node where nothing is set", () => {
  assert.equal(parseProfile(""), DEFAULT_PROFILE);
  const same = parseProfile("{}");
  for (const [name, value] of Object.entries(DEFAULT_PROFILE)) {
    const read = same[name as keyof typeof same];
    assert.ok(Math.abs(read - value) <= 1e-12 * value, `${name}: ${read} is not ${value}`);
  }
});

Deno.test("parseProfile() reads each parameter in the unit of its name, and leaves the others", () => {
  const cases = [
    ["npu_tops", 100, "npu_tops", 100],
    ["npu_active_w", 50, "npu_active", 50],
    ["npu_idle_w", 0, "npu_idle", 0],
    ["npu_dispatch_us", 100, "npu_dispatch", 1e-4],
    ["memory_mb", 512, "memory_bytes", 512e6],
    ["load_mbps", 10, "load_bps", 10e6],
    ["solar_w", 0, "solar", 0],
    ["housekeeping_w", 75, "housekeeping", 75],
    ["charge_max_w", 0, "charge_max", 0],
    ["charge_efficiency", 1, "charge_efficiency", 1],
    ["heat_capacity_j_per_k", 1e5, "heat_capacity", 1e5],
    ["radiator_m2", 0.5, "radiator_m2", 0.5],
    ["emissivity", 0.8, "emissivity", 0.8],
    ["solar_absorptance", 0, "solar_absorptance", 0],
    ["sun_view", 1, "sun_view", 1],
    ["earth_view", 0, "earth_view", 0],
    ["npu_k_per_w", 2, "npu_resistance", 2],
    ["npu_thermal_time_s", 60, "npu_thermal_time", 60],
    ["temperature_throttle_c", 60, "temperature_throttle", 333.15],
    ["temperature_stop_c", 95, "temperature_stop", 368.15],
    ["npu_speed_min", 1, "npu_speed_min", 1],
  ] as const;
  for (const [setting, value, name, expected] of cases) {
    const profile = parseProfile(JSON.stringify({ [setting]: value }));
    assert.ok(
      Math.abs(profile[name] - expected) <= 1e-12 * expected,
      `${setting}: ${profile[name]}`,
    );
    for (const [other, left] of Object.entries(DEFAULT_PROFILE)) {
      if (other === name) continue;
      const read = profile[other as keyof typeof profile];
      assert.ok(Math.abs(read - left) <= 1e-12 * left, `${setting} changed ${other} to ${read}`);
    }
  }
});

Deno.test("parseProfile() keeps the floor's share where the battery is set alone", () => {
  const { battery, battery_floor } = parseProfile(`{"battery_wh":40}`);
  assert.equal(battery, 144_000);
  assert.ok(Math.abs(battery_floor - 28_800) < 1e-9);
  assert.equal(parseProfile(`{"battery_wh":40,"battery_floor":0.5}`).battery_floor, 72_000);
});

const WRONG: [string, RegExp][] = [
  ["50", /object/],
  ["[]", /object/],
  ["npu_tops=50", /must be a JSON object, such as/],
  [`{"npu_tops":"50"}`, /"npu_tops"/],
  [`{"npu_tops":0}`, /"npu_tops"/],
  [`{"npu_tops":-1}`, /"npu_tops"/],
  [`{"npu_tops":1e999}`, /"npu_tops"/],
  [`{"npu_tops":null}`, /"npu_tops"/],
  [`{"tops":50}`, /tops/],
  [`{"battery_floor":1.1}`, /"battery_floor"/],
  [`{"charge_efficiency":0}`, /"charge_efficiency"/],
  [`{"emissivity":1.2}`, /"emissivity"/],
  [`{"npu_idle_w":21}`, /"npu_idle_w" must not be above "npu_active_w"/],
  [`{"temperature_throttle_c":85}`, /"temperature_throttle_c" must be below "temperature_stop_c"/],
  [`{"temperature_stop_c":75}`, /"temperature_throttle_c" must be below "temperature_stop_c"/],
];

for (const [text, says] of WRONG) {
  Deno.test(`parseProfile() refuses ${text} and says what is wrong with it`, () => {
    assert.throws(() => parseProfile(text), (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, says);
      return true;
    });
  });
}
