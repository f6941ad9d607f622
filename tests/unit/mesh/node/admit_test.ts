import assert from "node:assert/strict";
import { admit, begin, type Demand, type Reservation } from "../../../../mesh/node/admit.ts";
import { DEFAULT_PROFILE, type HardwareProfile } from "../../../../mesh/node/profile.ts";
import { advance, type NodeState } from "../../../../mesh/node/state.ts";
import type { Sunlight } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, joules, kelvin, seconds, watts } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";

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
  assert.equal(told(state(), demand({ needs_hardware: true })), "no_hardware");
  const work = [{ from: NOW, until: epochMs(NOW + 2_100), draw: watts(20) }];
  assert.equal(told(state({ work }), demand()), "busy");
});

Deno.test("admit() takes what an isolate cannot run only where a board is attached, and as any other", () => {
  const attached = (ask: Demand) =>
    admit(state(), [], ask, { profile: DEFAULT_PROFILE, sunlight: untilSunrise, attached: true });
  assert.deepEqual(
    attached(demand({ needs_hardware: true })),
    admit(state(), [], demand(), { profile: DEFAULT_PROFILE, sunlight: untilSunrise }),
  );
  const large = { model: { model: "m", bytes: 9e9 }, needs_hardware: true };
  assert.deepEqual(attached(demand(large)), { ok: false, refusal: "no_memory" });
  assert.equal(told(state(), demand(large)), "no_memory");
});

Deno.test("of several reasons admit() says the one that lasts longest, and dark last", () => {
  // Under its floor, hot, its NPU taken for minutes, the model too large, the deadline over.
  const work = [{ from: NOW, until: epochMs(NOW + 3e5), draw: watts(20) }];
  const worst = { battery: joules(0), temperature: kelvin(400), work };
  const large = { model: { model: "m", bytes: 9e9 }, within: seconds(0) };
  assert.equal(told(state(worst), demand(large)), "no_memory");
  assert.equal(told(state(worst), demand({ within: seconds(0) })), "hot");
  const cool = { ...worst, temperature: kelvin(250) };
  assert.equal(told(state(cool), demand({ within: seconds(0) })), "too_late");
  assert.equal(told(state(cool), demand({ within: seconds(1) })), "too_late");
  assert.equal(told(state(cool), demand()), "busy");
  assert.equal(told(state({ battery: joules(0) }), demand()), "dark");
});

Deno.test("admit() throws for operations that are no number, and takes none at all", () => {
  for (const operations of [NaN, -1, -Infinity]) {
    assert.throws(() => told(state(), demand({ operations })), RangeError, `${operations}`);
  }
  assert.equal(told(state(), demand({ operations: 0 })), null);
});

Deno.test("asks for one model load it once, and the link brings one model at a time", () => {
  const hardware = { profile: DEFAULT_PROFILE, sunlight: untilSunrise };
  const waiting: Reservation[] = [];
  const readyAfter = (model: string, class_: Demand["class"] = "batch") => {
    const change = { class: class_, model: { model, bytes: 1e9 } };
    const admitted = admit(state({ resident: [] }), waiting, demand(change), hardware);
    assert.ok(admitted.ok, model);
    waiting.push(admitted.reservation);
    return admitted.reservation.ready - NOW;
  };
  assert.deepEqual(["a", "b", "a", "b", "c"].map((model) => readyAfter(model)), [
    1_000,
    2_000,
    1_000,
    2_000,
    3_000,
  ]);
});

Deno.test("a model that waiting asks were promised stays in memory, and none is promised beside it that does not fit", () => {
  const hardware = { profile: DEFAULT_PROFILE, sunlight: untilSunrise };
  const model = (name: string, bytes: number) => ({ model: name, bytes });
  const resident = [model("old", 3e9), model("new", 3e9)];
  const ask = (change: Partial<Demand>, waiting: Reservation[]) =>
    admit(state({ resident }), waiting, demand({ class: "batch", ...change }), hardware);
  const first = ask({ id: "first", model: resident[0] }, []);
  assert.ok(first.ok);
  const next = ask({ id: "next", model: model("other", 4e9), load_bytes: 0 }, [first.reservation]);
  assert.ok(next.ok);
  // Without who waits, the one used longest ago would leave: it is just what the first was promised.
  const { starts } = next.reservation;
  const begun = begin(state({ resident }), next.reservation, starts, DEFAULT_PROFILE, [
    first.reservation,
  ]);
  assert.deepEqual(begun.resident.map((held) => held.model), ["old", "other"]);
  const third = ask({ model: model("large", 2e9) }, [first.reservation, next.reservation]);
  assert.deepEqual(third, { ok: false, refusal: "busy" });
  // What runs is in memory too.
  const running = admit(begun, [], demand({ model: model("huge", 5e9) }), hardware);
  assert.deepEqual(running, { ok: false, refusal: "busy" });
});

Deno.test("begin() throws while the NPU is taken, and runs that follow each other are one", () => {
  const admitted = admit(state(), [], demand(), {
    profile: DEFAULT_PROFILE,
    sunlight: untilSunrise,
  });
  assert.ok(admitted.ok);
  const { reservation } = admitted;
  const once = begin(state(), reservation, NOW, DEFAULT_PROFILE, []);
  assert.throws(() => begin(once, reservation, NOW, DEFAULT_PROFILE, []), RangeError);
  const until = epochMs(NOW + reservation.npu * 1e3);
  assert.deepEqual(once.work, [{ from: NOW, until, draw: 20 }]);
  const twice = begin(once, reservation, until, DEFAULT_PROFILE, []);
  assert.deepEqual(twice.work, [{ from: NOW, until: until + reservation.npu * 1e3, draw: 20 }]);
  const later = epochMs(NOW + 1e6);
  assert.equal(begin(twice, reservation, later, DEFAULT_PROFILE, []).work.length, 2);
});

Deno.test("a model that is not in memory comes over the link before the ask can run", () => {
  const there = admit(state(), [], demand(), { profile: DEFAULT_PROFILE, sunlight: untilSunrise });
  const away = admit(state({ resident: [] }), [], demand(), {
    profile: DEFAULT_PROFILE,
    sunlight: untilSunrise,
  });
  assert.ok(there.ok && away.ok);
  assert.equal(there.reservation.starts, NOW);
  // 5 MB at 40 Mb/s.
  assert.equal(away.reservation.starts, NOW + 1_000);
  assert.equal(told(state({ resident: [] }), demand({ within: seconds(1) })), "too_late");
});

Deno.test("a throttled NPU takes longer, at the same energy for an operation", () => {
  const at = (temperature: number) => {
    const admitted = admit(state({ temperature: kelvin(temperature - 10) }), [], demand(), {
      profile: { ...DEFAULT_PROFILE, npu_idle: watts(0) },
      sunlight: untilSunrise,
    });
    assert.ok(admitted.ok);
    return admitted.reservation;
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
    const begun = begin(node, admitted.reservation, admitted.reservation.starts, profile, []);
    const sunrise = advance(begun, epochMs(NOW + SUNRISE_MS), profile, untilSunrise);
    assert.ok(Math.abs(sunrise.battery - left) < 1e-3, `seed ${seed}: ${sunrise.battery} J`);
  }
  assert.ok(dark > 50 && served > 50, `${dark} ${served}`);
});
