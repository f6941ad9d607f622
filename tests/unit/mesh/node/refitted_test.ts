/**
 * A node that wakes up under other hardware than it went to sleep with: what it holds, admits and says of
 * itself is by the new one, and its battery's energy goes neither up nor away.
 */
import assert from "node:assert/strict";
import { CustodyStore } from "../../../../durable-objects/custody/custody-store.ts";
import type { CustodyRecord } from "../../../../durable-objects/custody/custody-record.ts";
import { NODE_MIGRATIONS } from "../../../../durable-objects/node/migrations.ts";
import { parseShellFile } from "../../../../contract/shell-file.ts";
import { admit } from "../../../../mesh/node/admit.ts";
import { digestOf } from "../../../../mesh/node/digest.ts";
import type { HardwareProfile } from "../../../../mesh/node/profile.ts";
import { refitted } from "../../../../mesh/node/refitted.ts";
import { type Resident, RESIDENTS_MAX } from "../../../../mesh/node/residency.ts";
import type { NodeState } from "../../../../mesh/node/state.ts";
import { epochMs, joules, seconds } from "../../../../mesh/units.ts";
import { memorySql } from "../../../support/memory-sql.ts";
import { seeded } from "../../../support/random.ts";
import { anyProfile, anyState, EPOCH, NEVER_LIT } from "./any-node.ts";

const NODE = "LOW-001-002";

/** The hardware of the node's shell, as the file has it. */
function fileWith(low: object): HardwareProfile {
  const shell = { altitude_km: 550, inclination_deg: 53, planes: 4, per_plane: 5, profile: "low" };
  const { constellation, profiles } = parseShellFile(JSON.stringify({
    name: "two",
    profiles: { low, high: { battery_wh: 9_000 } },
    shells: [{ ...shell, code: "HIGH", profile: "high" }, { ...shell, code: "LOW" }],
  }));
  return profiles.ofId(constellation, NODE);
}

/** What the object's disk gives back of a state. */
function slept(state: NodeState): NodeState {
  const store = new CustodyStore<NodeState>(memorySql(NODE_MIGRATIONS));
  const record: CustodyRecord<NodeState> = {
    known: { epoch: 7, region: "weur" },
    holding: { epoch: 7, state },
    due: null,
    service: { state: "up", version: 0 },
  };
  store.save(record);
  return store.load()!.holding!.state!;
}

const MODEL = { model: "scene-indices", bytes: 400e6 };
const state: NodeState = {
  ...anyState(seeded(1), EPOCH, fileWith({})),
  battery: joules(3_000 * 3_600),
  resident: [{ model: "drive-rss", bytes: 700e6 }, MODEL],
};
const chargeOf = (woken: NodeState, profile: HardwareProfile) =>
  digestOf(NODE, woken, [], { profile, sunlight: NEVER_LIT }).state_of_charge;

Deno.test("a node wakes up with the energy it had: in a larger battery as much, in a smaller what that holds", () => {
  const cases = [[5_000, 3_000], [10_000, 3_000], [2_000, 2_000], [100, 100]];
  for (const [battery_wh, holds_wh] of cases) {
    const profile = fileWith({ battery_wh });
    const woken = refitted(slept(state), profile);
    assert.equal(woken.battery, holds_wh * 3_600, `${battery_wh} Wh`);
    assert.equal(chargeOf(woken, profile), holds_wh / battery_wh);
    assert.equal(woken.temperature, state.temperature);
  }
});

Deno.test("a node that wakes up admits and draws by its new hardware", () => {
  const demand = {
    id: "x",
    class: "interactive" as const,
    operations: 1e12,
    model: MODEL,
    load_bytes: 0,
    within: seconds(Infinity),
  };
  const cold = { ...state, temperature: 250, npu_rise: 0 } as NodeState;
  const admitted = (low: object) => {
    const profile = fileWith(low);
    return admit(refitted(slept(cold), profile), [], demand, { profile, sunlight: NEVER_LIT });
  };
  const draws = (low: object) => {
    const admission = admitted(low);
    assert.ok(admission.ok, JSON.stringify(admission));
    const { npu, energy } = admission.reservation;
    return [npu - 20e-6, energy / npu].map((n) => Number(n.toPrecision(9)));
  };
  assert.deepEqual(draws({}), [1 / 200, 20]);
  assert.deepEqual(draws({ npu_tops: 50, npu_active_w: 8 }), [1 / 50, 8]);
  assert.deepEqual(admitted({ battery_wh: 100 }), { ok: false, refusal: "dark" });
  assert.deepEqual(admitted({ memory_mb: 399 }), { ok: false, refusal: "no_memory" });
});

Deno.test("of models the ones used last stay that fit a smaller memory", () => {
  const held = (memory_mb: number) =>
    refitted(state, fileWith({ memory_mb })).resident.map(({ model }) => model);
  assert.deepEqual(held(1_100), ["drive-rss", "scene-indices"]);
  assert.deepEqual(held(1_099), ["scene-indices"]);
  assert.deepEqual(held(399), []);
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const resident: Resident[] = Array.from(
      { length: random.integer(0, RESIDENTS_MAX) },
      (_, k) => ({ model: `m${k}`, bytes: random.integer(1, 40) }),
    );
    const profile = { ...anyProfile(random), memory_bytes: random.integer(1, 400) };
    const before = { ...anyState(random, EPOCH, anyProfile(random)), resident };
    const after = refitted(before, profile);
    const list = [...resident];
    while (list.reduce((sum, { bytes }) => sum + bytes, 0) > profile.memory_bytes) list.shift();
    assert.deepEqual(after.resident, list, `seed ${seed}`);
    assert.equal(after.battery, Math.min(before.battery, profile.battery), `seed ${seed}`);
    assert.equal(refitted(after, profile), after, `seed ${seed}`);
    assert.equal(after.at, epochMs(EPOCH));
  }
});
