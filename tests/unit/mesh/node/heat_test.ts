import assert from "node:assert/strict";
import {
  absorbed,
  bodyAfter,
  equilibrium,
  npuSpeed,
  riseAfter,
} from "../../../../mesh/node/heat.ts";
import { DEFAULT_PROFILE, type HardwareProfile, npuDraw } from "../../../../mesh/node/profile.ts";
import { advance, type NodeState } from "../../../../mesh/node/state.ts";
import type { Sunlight } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, kelvin, seconds, watts } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { anyProfile, anyState, EPOCH, MINUTE_MS, periodicSunlight } from "./any-node.ts";

const STEP_S = 0.25;
// Between two of its steps the integrator does not see that a battery is full: so long it charges on.
const FULL_LATE_S = STEP_S;
const STEP_TOLERANCE_K = 1e-6;
const EXACT_K = 1e-9;

const STEFAN_BOLTZMANN = 5.670374419e-8;

/** Battery J, body K, NPU's rise K. */
type Three = [number, number, number];

/** The equations of docs/node.md as rates of change. */
function rates(
  [battery, body, rise]: Three,
  lit: boolean,
  draw: number,
  p: HardwareProfile,
): Three {
  const load = p.housekeeping + draw;
  const net = (lit ? p.solar : 0) - load;
  const taken = net > 0 && battery < p.battery ? Math.min(net, p.charge_max) : 0;
  const drained = net < 0 && battery > 0 ? -net : 0;
  const sun = lit ? p.solar_absorptance * 1_361 * p.radiator_m2 * p.sun_view : 0;
  const earth = p.emissivity * 240 * p.radiator_m2 * p.earth_view;
  const lost = taken * (1 - p.charge_efficiency);
  const radiated = p.emissivity * STEFAN_BOLTZMANN * p.radiator_m2 * body ** 4;
  return [
    taken * p.charge_efficiency - drained,
    (load + sun + earth + lost - radiated) / p.heat_capacity,
    (p.npu_resistance * draw - rise) / p.npu_thermal_time,
  ];
}

/** Runge and Kutta's classical method in fixed steps: knows no closed form, no edges, no pieces. */
function integrate(
  start: NodeState,
  to: number,
  profile: HardwareProfile,
  sunlight: Sunlight,
): Three {
  let y: Three = [start.battery, start.temperature, start.npu_rise];
  const moved = (
    by: Three,
    h: number,
  ): Three => [y[0] + h * by[0], y[1] + h * by[1], y[2] + h * by[2]];
  for (let t: number = start.at; t < to; t += STEP_S * 1e3) {
    const middle = epochMs(t + STEP_S * 500);
    const [{ sunlit }] = sunlight(middle, epochMs(middle + 1));
    const running = start.work.find(({ from, until }) => from <= middle && middle < until);
    const draw = running?.draw ?? npuDraw(0, profile);
    const rate = (at: Three) => rates(at, sunlit, draw, profile);
    const k1 = rate(y);
    const k2 = rate(moved(k1, STEP_S / 2));
    const k3 = rate(moved(k2, STEP_S / 2));
    const k4 = rate(moved(k3, STEP_S));
    const sum = [0, 1, 2].map((i) => (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) / 6) as Three;
    y = moved(sum, STEP_S);
    y[0] = Math.min(profile.battery, Math.max(0, y[0]));
  }
  return y;
}

Deno.test("advance() equals a fine-step Runge-Kutta integration of the equations", () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    // Edges on whole seconds: a fixed step that straddled one would be the one that is wrong.
    const seconds_ms = (from: number, to: number) => 1_000 * random.integer(from, to);
    const sunlight = periodicSunlight({
      period_ms: 95 * MINUTE_MS,
      shadow_ms: seconds_ms(0, 36 * 60),
      phase_ms: seconds_ms(0, 95 * 60),
    });
    let free = EPOCH;
    const work = Array.from({ length: random.integer(0, 5) }, () => {
      const from = epochMs(free + random.pick([0, seconds_ms(1, 600)]));
      free = from + seconds_ms(1, 1_800);
      return { from, until: epochMs(free), draw: npuDraw(random.next(), profile) };
    });
    const start = anyState(random, EPOCH, profile, work);
    const to = EPOCH + seconds_ms(1, 2 * 95 * 60);
    const ours = advance(start, epochMs(to), profile, sunlight);
    const [battery, body, rise] = integrate(start, to, profile, sunlight);
    const power = Math.max(profile.solar, profile.housekeeping + profile.npu_active);
    assert.ok(
      Math.abs(ours.battery - battery) <= FULL_LATE_S * power,
      `seed ${seed}: ${ours.battery} J, integrated ${battery} J`,
    );
    // A battery that is full a step late has been warmed for a step longer, at most once a light.
    const late_K = 4 * FULL_LATE_S * power * (1 - profile.charge_efficiency) /
      profile.heat_capacity;
    assert.ok(
      Math.abs(ours.temperature - body) <= STEP_TOLERANCE_K + late_K,
      `seed ${seed}: ${ours.temperature} K, integrated ${body} K`,
    );
    assert.ok(
      Math.abs(ours.npu_rise - rise) <= 3e-4,
      `seed ${seed}: NPU ${ours.npu_rise} K over the body, integrated ${rise} K`,
    );
  }
});

Deno.test("bodyAfter() solves the body's equation: its slope is what comes in less what goes out", () => {
  for (let seed = 0; seed < 20_000; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const start = kelvin(random.pick([random.between(3, 1_000), random.between(200, 400)]));
    const heat = watts(random.between(20, random.pick([500, 5_000])));
    const lasts = random.pick([1, 60, random.between(0, 1e5), 1e9]);
    const after = (s: number) => bodyAfter(start, { heat, lasts: seconds(s) }, profile);
    const rest = equilibrium(heat, profile);
    const now = after(lasts);
    const label = `seed ${seed}: ${start} K, ${heat} W, ${lasts} s gives ${now} K`;
    const [low, high] = [Math.min(start, rest), Math.max(start, rest)];
    assert.ok(now >= low - EXACT_K && now <= high + EXACT_K, `${label}, rests at ${rest} K`);
    const third = bodyAfter(start, { heat, lasts: seconds(lasts / 3) }, profile);
    const inTwo = bodyAfter(third, { heat, lasts: seconds(lasts * 2 / 3) }, profile);
    assert.ok(Math.abs(inTwo - now) <= EXACT_K, `${label}; in two steps ${inTwo} K`);
    // By a central difference over a hundredth of the body's own time.
    const k = profile.emissivity * STEFAN_BOLTZMANN * profile.radiator_m2;
    const slope = (heat - k * now ** 4) / profile.heat_capacity;
    const own_s = profile.heat_capacity / (4 * k * Math.max(now, rest) ** 3);
    const h = Math.min(lasts / 2, 0.01 * own_s);
    const measured = (after(lasts + h) - after(lasts - h)) / (2 * h);
    assert.ok(
      Math.abs(measured - slope) <= 1e-3 * Math.abs(slope) + EXACT_K / h,
      `${label}: ${measured} K/s is not ${slope} K/s`,
    );
  }
});

Deno.test("bodyAfter() lets a body that nothing warms cool as 1/T^3 grows", () => {
  const { emissivity, radiator_m2, heat_capacity } = DEFAULT_PROFILE;
  const k = emissivity * STEFAN_BOLTZMANN * radiator_m2;
  for (const start of [100, 300, 400]) {
    for (const lasts of [1, 1_000, 1e6]) {
      const law = (start ** -3 + 3 * k * lasts / heat_capacity) ** (-1 / 3);
      const ours = bodyAfter(
        kelvin(start),
        { heat: watts(0), lasts: seconds(lasts) },
        DEFAULT_PROFILE,
      );
      assert.ok(Math.abs(ours - law) < 0.02, `${start} K, ${lasts} s: ${ours} K is not ${law} K`);
    }
  }
});

Deno.test("equilibrium() is where a grey body radiates what comes in", () => {
  for (const heat of [1, 152, 500, 3_000]) {
    const rest = equilibrium(watts(heat), DEFAULT_PROFILE);
    assert.ok(Math.abs(0.9 * STEFAN_BOLTZMANN * 4 * rest ** 4 - heat) < 1e-9 * heat);
  }
  // 75 C: what docs/node.md says of a radiator of 4 m2.
  assert.ok(Math.abs(equilibrium(watts(3_000), DEFAULT_PROFILE) - 348.2) < 0.1);
});

Deno.test("absorbed() is Earth's infrared always, and sunlight in the light", () => {
  assert.ok(Math.abs(absorbed(false, DEFAULT_PROFILE) - 0.9 * 240 * 4 * 0.3) < 1e-9);
  const sun = absorbed(true, DEFAULT_PROFILE) - absorbed(false, DEFAULT_PROFILE);
  assert.ok(Math.abs(sun - 0.2 * 1_361 * 4 * 0.25) < 1e-9);
});

Deno.test("riseAfter() comes within 1/e of its rest in one thermal time", () => {
  const one = { power: watts(20), lasts: DEFAULT_PROFILE.npu_thermal_time };
  const rest = DEFAULT_PROFILE.npu_resistance * 20;
  const rise = riseAfter(kelvin(0), one, DEFAULT_PROFILE);
  assert.ok(Math.abs(rise - rest * (1 - Math.exp(-1))) < EXACT_K);
});

Deno.test("npuSpeed() is 1 up to the throttle, npu_speed_min at the stop, a straight line between", () => {
  const speed = (celsius: number) => npuSpeed(kelvin(celsius + 273.15), DEFAULT_PROFILE);
  const cases = [[-100, 1], [75, 1], [77.5, 0.8], [80, 0.6], [85, 0.2], [300, 0.2]];
  for (const [celsius, expected] of cases) {
    assert.ok(Math.abs(speed(celsius) - expected) < 1e-9, `${celsius} C: ${speed(celsius)}`);
  }
});
