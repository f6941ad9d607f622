import assert from "node:assert/strict";
import { admit, book, type Demand, npuEnergy, npuSeconds } from "../../mesh/node/admit.ts";
import { digestOf } from "../../mesh/node/digest.ts";
import { DEFAULT_PROFILE } from "../../mesh/node/profile.ts";
import { advance, type NodeState } from "../../mesh/node/state.ts";
import { epochMs, joules, kelvin, seconds } from "../../mesh/units.ts";
import { seeded } from "../random.ts";

const NOW = Date.UTC(2026, 5, 1);
const FLOOR_J = 3.6e6;
const STOP_K = 358.15;

const state = (rest: Partial<NodeState> = {}): NodeState => ({
  at: epochMs(NOW),
  battery: joules(1e7),
  temperature: kelvin(300),
  busy_until: epochMs(0),
  ...rest,
});

/** 200 TOPS do it in one second, for 20 J. */
const demand = (rest: Partial<Demand> = {}): Demand => ({
  operations: 200e12,
  memory_bytes: 1e9,
  arrives: epochMs(NOW + 5),
  done_by: Infinity,
  ...rest,
});

const refusalOf = (s: NodeState, d: Demand): string | null => {
  const admitted = admit(s, d, DEFAULT_PROFILE);
  return admitted.ok ? null : admitted.refusal;
};

Deno.test("admit() books the NPU from the arrival on, at its speed and power", () => {
  const admitted = admit(state(), demand(), DEFAULT_PROFILE);
  assert.deepEqual(admitted, {
    ok: true,
    lease: { starts: NOW + 5, ends: NOW + 1_005, wait: 0, npu: 1, energy: 20 },
  });
  assert.equal(npuSeconds(200e12, DEFAULT_PROFILE), 1);
  assert.equal(npuEnergy(seconds(1), DEFAULT_PROFILE), 20);
});

Deno.test("admit() refuses `dark` what would take the battery below its floor, and no less", () => {
  assert.equal(refusalOf(state({ battery: joules(FLOOR_J + 20) }), demand()), null);
  assert.equal(refusalOf(state({ battery: joules(FLOOR_J + 19.999) }), demand()), "dark");
  assert.equal(refusalOf(state({ battery: joules(0) }), demand()), "dark");
  assert.equal(refusalOf(state(), demand({ operations: 1e21 })), "dark");
  assert.equal(refusalOf(state(), demand({ operations: Infinity })), "dark");
});

Deno.test("admit() refuses `hot` from the temperature where the NPU stops", () => {
  assert.equal(refusalOf(state({ temperature: kelvin(STOP_K - 1e-6) }), demand()), null);
  assert.equal(refusalOf(state({ temperature: kelvin(STOP_K) }), demand()), "hot");
  assert.equal(refusalOf(state({ temperature: kelvin(1_000) }), demand()), "hot");
});

Deno.test("admit() refuses `busy` a wait of more than two seconds in the queue", () => {
  const arrives = epochMs(NOW + 5);
  assert.equal(refusalOf(state({ busy_until: epochMs(NOW + 2_005) }), demand({ arrives })), null);
  assert.equal(refusalOf(state({ busy_until: epochMs(NOW + 2_006) }), demand({ arrives })), "busy");
});

Deno.test("admit() refuses `too_late` what would not be done in time, its wait included", () => {
  assert.equal(refusalOf(state(), demand({ done_by: NOW + 1_005 })), null);
  assert.equal(refusalOf(state(), demand({ done_by: NOW + 1_004 })), "too_late");
  const queued = state({ busy_until: epochMs(NOW + 505) });
  assert.equal(refusalOf(queued, demand({ done_by: NOW + 1_505 })), null);
  assert.equal(refusalOf(queued, demand({ done_by: NOW + 1_504 })), "too_late");
  assert.equal(refusalOf(state(), demand({ done_by: -Infinity })), "too_late");
});

Deno.test("admit() refuses `no_memory` a model larger than what a node has", () => {
  assert.equal(refusalOf(state(), demand({ memory_bytes: 8e9 })), null);
  assert.equal(refusalOf(state(), demand({ memory_bytes: 8e9 + 1 })), "no_memory");
});

Deno.test("admitted asks never overlap on the NPU, wait too long, end late or drain the battery", () => {
  let admissions = 0;
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    let node = state({
      battery: joules(FLOOR_J + random.between(-10, 100)),
      temperature: kelvin(random.between(290, 360)),
    });
    let free_at = 0;
    for (let ask = 0; ask < 15; ask++) {
      const asked = demand({
        operations: random.between(0, 100e12),
        arrives: epochMs(NOW + random.between(0, 3_000)),
        done_by: random.pick([Infinity, NOW + random.between(0, 5_000)]),
      });
      const admitted = admit(node, asked, DEFAULT_PROFILE);
      if (!admitted.ok) continue;
      const { lease } = admitted;
      assert.ok(lease.starts >= free_at && lease.starts >= asked.arrives, `seed ${seed}: overlap`);
      assert.ok(lease.wait >= 0 && lease.wait <= 2, `seed ${seed}: a wait of ${lease.wait} s`);
      assert.ok(lease.ends <= asked.done_by, `seed ${seed}: late`);
      node = book(node, lease, DEFAULT_PROFILE);
      assert.ok(node.battery >= FLOOR_J, `seed ${seed}: below the floor`);
      assert.equal(node.busy_until, lease.ends, `seed ${seed}`);
      free_at = lease.ends;
      admissions++;
    }
  }
  assert.ok(admissions > 3_000, `${admissions} admitted`);
});

Deno.test("book() then advance() draws the lease's energy once, and its heat fades", () => {
  const dark = (from: NodeState["at"], until: NodeState["at"]) => [{ from, until, sunlit: false }];
  const admitted = admit(state(), demand(), DEFAULT_PROFILE);
  assert.ok(admitted.ok);
  const booked = book(state(), admitted.lease, DEFAULT_PROFILE);
  assert.equal(booked.battery, 1e7 - 20);
  assert.equal(booked.at, NOW);
  assert.ok(Math.abs(booked.temperature - 300 - 40 / 1_200) < 1e-12);
  const { state: later } = advance(booked, epochMs(NOW + 1e6), DEFAULT_PROFILE, dark);
  assert.equal(later.battery, 1e7 - 20 - 152 * 1_000);
  assert.ok(later.temperature < booked.temperature && later.temperature > 293.15);
  assert.equal(later.busy_until, NOW + 1_005);
});

Deno.test("book() leaves the state it was given alone, and throws for a lease that gives energy", () => {
  const admitted = admit(state(), demand(), DEFAULT_PROFILE);
  assert.ok(admitted.ok);
  const given = Object.freeze(state());
  book(given, admitted.lease, DEFAULT_PROFILE);
  assert.deepEqual(given, state());
  for (const energy of [-1, NaN, -Infinity]) {
    const lease = { ...admitted.lease, energy: joules(energy) };
    assert.throws(() => book(given, lease, DEFAULT_PROFILE), RangeError, `${energy} J`);
  }
});

Deno.test("digestOf() says what admit() would refuse whatever is asked, and nothing otherwise", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const node = state({
      battery: joules(random.pick([FLOOR_J, FLOOR_J - 1, FLOOR_J + 1e3, 1.8e7])),
      temperature: kelvin(random.pick([293.15, STOP_K, STOP_K - 1e-3, 400])),
      busy_until: epochMs(NOW + random.integer(-5_000, 5_000)),
    });
    const digest = digestOf("G2A-017-042", node, DEFAULT_PROFILE);
    // The least that shows in a battery's last bit: what is refused even so is refused to all.
    const refusal = refusalOf(node, demand({ operations: 1e9, arrives: epochMs(NOW + 1e4) }));
    assert.equal(digest.refusing === null, refusal === null, `seed ${seed}: ${refusal}`);
    assert.equal(digest.busy_until_ms, node.busy_until, `seed ${seed}`);
    assert.equal(digest.at_ms, NOW, `seed ${seed}`);
    assert.equal(digest.state_of_charge, node.battery / 1.8e7, `seed ${seed}`);
    if (digest.refusing) assert.ok(digest.refusing.until_ms > NOW, `seed ${seed}`);
  }
});
