import assert from "node:assert/strict";
import { admit, type Demand, type Refusal, type Reservation } from "../../../../mesh/node/admit.ts";
import { digestOf } from "../../../../mesh/node/digest.ts";
import { DEFAULT_PROFILE, type HardwareProfile } from "../../../../mesh/node/profile.ts";
import { freeFrom } from "../../../../mesh/node/queue.ts";
import { advance, type NodeState } from "../../../../mesh/node/state.ts";
import type { Sunlight } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, joules, kelvin, seconds, watts } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { ALWAYS_LIT, EPOCH, HOUR_MS, MINUTE_MS, periodicSunlight } from "./any-node.ts";

const MODEL = { model: "scene-indices", bytes: 1e6 };
const PROFILE: HardwareProfile = {
  ...DEFAULT_PROFILE,
  battery: joules(8e5),
  battery_floor: joules(2e5),
};

/** The least that can be asked: what is refused even so is refused to all. */
const LEAST: Demand = {
  id: "least",
  class: "realtime",
  operations: 0,
  model: MODEL,
  load_bytes: 0,
  within: seconds(Infinity),
};

const stateOf = (change: Partial<NodeState> = {}): NodeState => ({
  at: epochMs(EPOCH),
  battery: PROFILE.battery,
  temperature: kelvin(250),
  npu_rise: kelvin(10),
  work: [],
  resident: [MODEL],
  ...change,
});

const refusalOf = (state: NodeState, sunlight: Sunlight): Refusal | null => {
  const admitted = admit(state, [], LEAST, { profile: PROFILE, sunlight });
  return admitted.ok ? null : admitted.refusal;
};

Deno.test("digestOf() refuses what admit() would refuse whatever is asked, until it would not", () => {
  const met = new Map<string | null, number>();
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const sunlight = periodicSunlight({
      period_ms: 95 * MINUTE_MS,
      shadow_ms: random.integer(0, 36 * MINUTE_MS),
      phase_ms: EPOCH + random.integer(0, 95 * MINUTE_MS),
    });
    const state = stateOf({
      battery: joules(random.between(1e5, 4.5e5)),
      npu_rise: kelvin(random.pick([10, 108, 108.15, 120])),
    });
    const digest = digestOf("G1-01-01", state, [], { profile: PROFILE, sunlight });
    const refusal = refusalOf(state, sunlight);
    const lucky = refusal === "dark" && digest.refusing === null;
    // A run of 20 us draws millijoules: between the two lies nothing else.
    assert.ok(lucky || (digest.refusing?.refusal ?? null) === refusal, `seed ${seed}: ${refusal}`);
    met.set(refusal, (met.get(refusal) ?? 0) + 1);
    if (digest.refusing === null) continue;
    const { until_ms } = digest.refusing;
    assert.ok(until_ms > state.at, `seed ${seed}: refuses no longer than it says so`);
    if (refusal !== "dark") continue;
    // Half of the time is too soon; afterwards only the shadow after that may be too dark as well.
    const half = epochMs(state.at + (until_ms - state.at) / 2);
    const then = advance(state, half, PROFILE, sunlight);
    assert.equal(refusalOf(then, sunlight), "dark", `seed ${seed}: takes asks at half the time`);
    const light = advance(state, epochMs(until_ms + 1), PROFILE, sunlight);
    assert.ok(light.battery >= PROFILE.battery_floor, `seed ${seed}: still under its floor`);
  }
  for (const what of [null, "dark", "hot"]) {
    assert.ok((met.get(what) ?? 0) > 200, `${what} came up ${met.get(what)} times`);
  }
});

Deno.test("digestOf() says why it has just refused, though others would be served", () => {
  const of = (refused?: Refusal) => {
    const hardware = { profile: PROFILE, sunlight: ALWAYS_LIT };
    return digestOf("G1-01-01", stateOf(), [], hardware, refused).refusing?.refusal ?? null;
  };
  assert.deepEqual([of(), of("busy"), of("too_late"), of("gone")], [null, null, null, "gone"]);
});

Deno.test("digestOf() tells what the state says, in shares and kelvin", () => {
  const work = [{ from: epochMs(EPOCH), until: epochMs(EPOCH + 5_000), draw: watts(20) }];
  const change = { battery: joules(4e5), temperature: kelvin(300), npu_rise: kelvin(53.15), work };
  const hardware = { profile: PROFILE, sunlight: ALWAYS_LIT };
  const admitted = admit(stateOf(), [], { ...LEAST, class: "batch" }, hardware);
  assert.ok(admitted.ok);
  const waiting: Reservation[] = [{ ...admitted.reservation, npu: seconds(0.5) }];
  const { free_ms, refusing: _, ...rest } = digestOf(
    "G1-01-01",
    stateOf(change),
    waiting,
    hardware,
  );
  assert.deepEqual(rest, {
    node: "G1-01-01",
    at_ms: EPOCH,
    state_of_charge: 0.5,
    temperature_k: 300,
    npu_temperature_k: 353.15,
    npu_speed: rest.npu_speed,
    resident: ["scene-indices"],
  });
  assert.ok(Math.abs(rest.npu_speed - 0.6) < 1e-9);
  for (const askClass of ["realtime", "interactive", "batch"] as const) {
    const said = freeFrom(waiting, epochMs(EPOCH + 5_000), askClass, epochMs(EPOCH));
    assert.equal(free_ms[askClass], said, askClass);
  }
  assert.ok(free_ms.realtime - EPOCH > 500, "the NPU is taken for longer than realtime waits");
});

Deno.test("a node that no sunlight will lift over its floor is worth asking in hours, not at once", () => {
  const weak = { ...PROFILE, solar: watts(100) };
  const state = stateOf({ battery: joules(1e5) });
  const { refusing } = digestOf("G1-01-01", state, [], { profile: weak, sunlight: ALWAYS_LIT });
  assert.deepEqual(refusing, { refusal: "dark", until_ms: EPOCH + 2 * HOUR_MS });
});
