import assert from "node:assert/strict";
import { admit, begin, type Demand } from "../../mesh/node/admit.ts";
import { DEFAULT_PROFILE, type HardwareProfile } from "../../mesh/node/profile.ts";
import { advance, type NodeState } from "../../mesh/node/state.ts";
import type { Sunlight } from "../../mesh/orbit/sunlight.ts";
import { epochMs, joules, kelvin, seconds, watts } from "../../mesh/units.ts";
import { seeded } from "../random.ts";

const NOW = epochMs(Date.UTC(2026, 2, 20));
const SUNRISE_MS = 20 * 60_000;
/** Dark for twenty minutes, then light. */
const untilSunrise: Sunlight = (from, until) => {
  const sunrise = epochMs(NOW + SUNRISE_MS);
  if (from >= sunrise) return until > from ? [{ from, until, sunlit: true }] : [];
  const shadow = { from, until: until < sunrise ? until : sunrise, sunlit: false };
  return until <= sunrise ? [shadow] : [shadow, { from: sunrise, until, sunlit: true }];
};

const MODEL = { model: "m", bytes: 1e9 };
const state = (change: Partial<NodeState> = {}): NodeState => ({
  at: NOW,
  battery: DEFAULT_PROFILE.battery,
  temperature: kelvin(250),
  npu_rise: kelvin(10),
  work: [],
  resident: [MODEL],
  ...change,
});
const demand = (change: Partial<Demand> = {}): Demand => ({
  id: "a",
  class: "interactive",
  operations: 2e12,
  model: MODEL,
  load_bytes: 5e6,
  within: seconds(Infinity),
  ...change,
});
const told = (node: NodeState, ask: Demand, profile: HardwareProfile = DEFAULT_PROFILE) => {
  const admitted = admit(node, [], ask, { profile, sunlight: untilSunrise });
  return admitted.ok ? null : admitted.refusal;
};

Deno.test("admit() says each refusal, just where it begins", () => {
  assert.equal(told(state(), demand()), null);
  assert.equal(told(state(), demand({ model: { model: "m", bytes: 8e9 } })), null);
  assert.equal(told(state(), demand({ model: { model: "m", bytes: 8e9 + 1 } })), "no_memory");
  assert.equal(told(state({ temperature: kelvin(348.16) }), demand()), "hot");
  assert.equal(told(state({ temperature: kelvin(348) }), demand()), null);
  assert.equal(told(state(), demand({ within: seconds(0.0101) })), null);
  assert.equal(told(state(), demand({ within: seconds(0.01) })), "too_late");
  const work = [{ from: NOW, until: epochMs(NOW + 2_100), draw: watts(20) }];
  assert.equal(told(state({ work }), demand()), "busy");
});

Deno.test("a model that is not in memory comes over the link before the ask can run", () => {
  const there = admit(state(), [], demand(), { profile: DEFAULT_PROFILE, sunlight: untilSunrise });
  const away = admit(state({ resident: [] }), [], demand(), {
    profile: DEFAULT_PROFILE,
    sunlight: untilSunrise,
  });
  assert.ok(there.ok && away.ok);
  assert.equal(there.lease.starts, NOW);
  // 5 MB at 40 Mb/s.
  assert.equal(away.lease.starts, NOW + 1_000);
  assert.equal(told(state({ resident: [] }), demand({ within: seconds(1) })), "too_late");
});

Deno.test("a throttled NPU takes longer, at the same energy for an operation", () => {
  const at = (temperature: number) => {
    const admitted = admit(state({ temperature: kelvin(temperature - 10) }), [], demand(), {
      profile: { ...DEFAULT_PROFILE, npu_idle: watts(0) },
      sunlight: untilSunrise,
    });
    assert.ok(admitted.ok);
    return admitted.lease;
  };
  const [cool, warm] = [at(300), at(353.15)];
  assert.ok(warm.npu > 1.5 * cool.npu, `${warm.npu} s, ${cool.npu} s`);
  // But for the dispatch, which takes 20 us at any speed.
  assert.ok(Math.abs(warm.energy - cool.energy) < 20 * 20e-6, `${warm.energy} ${cool.energy}`);
});

Deno.test("admit() refuses dark exactly where a walk to sunrise would end under the floor", () => {
  let [dark, served] = [0, 0];
  for (let seed = 0; seed < 500; seed++) {
    const random = seeded(seed);
    const profile = {
      ...DEFAULT_PROFILE,
      npu_active: watts(1_000),
      npu_resistance: 0,
      battery: joules(1e6),
      battery_floor: joules(2e5),
    };
    const node = state({ battery: joules(random.between(3.7e5, 4e5)) });
    const ask = demand({ operations: random.between(1e12, 4e15), within: seconds(Infinity) });
    const admitted = admit(node, [], ask, { profile, sunlight: untilSunrise });
    // Second by second: what housekeeping and an idle NPU draw, and the run on top.
    const run_s = ask.operations / 200e12 + 20e-6;
    const left = node.battery - 152 * SUNRISE_MS / 1e3 - (1_000 - 2) * run_s;
    if (Math.abs(left - 2e5) < 1) continue;
    assert.equal(admitted.ok, left > 2e5, `seed ${seed}: ${left} J at sunrise`);
    if (!admitted.ok) {
      assert.equal(admitted.refusal, "dark", `seed ${seed}`);
      dark++;
      continue;
    }
    served++;
    const begun = begin(node, admitted.lease, admitted.lease.starts, profile);
    const sunrise = advance(begun, epochMs(NOW + SUNRISE_MS), profile, untilSunrise);
    assert.ok(Math.abs(sunrise.battery - left) < 1e-3, `seed ${seed}: ${sunrise.battery} J`);
  }
  assert.ok(dark > 50 && served > 50, `${dark} ${served}`);
});
