import assert from "node:assert/strict";
import { admit, begin, type Demand, type Reservation } from "../../../../mesh/node/admit.ts";
import { type BegunRun, BegunRuns } from "../../../../mesh/node/begun-runs.ts";
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { advance, busyUntil, type NodeState, untouched } from "../../../../mesh/node/state.ts";
import type { Sunlight } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, seconds } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { ALWAYS_LIT, anySunlight, EPOCH } from "./any-node.ts";

const profile = DEFAULT_PROFILE;
const TOLERANCE = 1e-9;

function demand(random: Random, id: string): Demand {
  return {
    id,
    class: "batch",
    operations: random.between(0.01, 30) * profile.npu_tops * 1e12,
    model: { model: random.pick(["a", "b"]), bytes: 1e9 },
    load_bytes: 0,
    within: seconds(Infinity),
  };
}

/** A run of a case: when it began, what was booked, and what it took after all. */
interface Case {
  run: BegunRun;
  open: boolean;
  took: Reservation["npu"];
}

/** The same runs by somebody who knew from the start what each would take. */
function knowing(
  start: NodeState,
  cases: readonly Case[],
  to: number,
  sunlight: Sunlight,
): NodeState {
  let state = start;
  for (const { run, took } of cases) {
    const { starts, reservation, waiting } = run;
    state = begin(
      advance(state, starts, profile, sunlight),
      { ...reservation, npu: took },
      starts,
      profile,
      waiting,
    );
  }
  return advance(state, epochMs(to), profile, sunlight);
}

Deno.test("BegunRuns.settle() leaves the node as if it had known from the start what each run takes, in any order of settling", () => {
  let shorter = 0;
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const sunlight = anySunlight(random);
    const start = untouched(epochMs(EPOCH + random.integer(0, 3e10)), profile, sunlight, []);
    const runs = new BegunRuns();
    let state = start;
    const cases: Case[] = [];
    for (let i = 0; i < 6; i++) {
      const from = epochMs(busyUntil(state) + random.pick([0, 1, 60_000, 3_600_000]));
      state = advance(state, from, profile, sunlight);
      const admitted = admit(state, [], demand(random, `${i}`), { profile, sunlight });
      if (!admitted.ok) continue;
      const run = { reservation: admitted.reservation, starts: from, waiting: [] };
      const open = random.chance(0.6);
      state = runs.begin(state, run, profile, open);
      const { npu } = admitted.reservation;
      cases.push({ run, open, took: open ? seconds(npu * random.next()) : npu });
    }
    const order = cases.filter(({ open }) => open).sort(() => random.next() - 0.5);
    for (const { run, took } of order) {
      state = advance(state, epochMs(state.at + random.integer(0, 1e5)), profile, sunlight);
      state = runs.settle(state, { run, npu: took }, { profile, sunlight });
      shorter++;
    }
    const expected = knowing(start, cases, state.at, sunlight);
    const apart = Math.abs(state.battery - expected.battery);
    assert.ok(apart <= TOLERANCE * profile.battery, `seed ${seed}: ${apart} J apart`);
    assert.ok(
      Math.abs(state.temperature - expected.temperature) <= TOLERANCE * expected.temperature,
      `seed ${seed}: the body`,
    );
    assert.ok(
      Math.abs(state.npu_rise - expected.npu_rise) <= TOLERANCE * expected.temperature,
      `seed ${seed}: the NPU`,
    );
    assert.deepEqual(
      [state.at, state.resident, busyUntil(state)],
      [expected.at, expected.resident, busyUntil(expected)],
      `seed ${seed}`,
    );
  }
  assert.ok(shorter > 500, `${shorter} settled`);
});

Deno.test("BegunRuns.settle() frees what is still booked, at once", () => {
  const random = seeded(1);
  const sunlight = ALWAYS_LIT;
  const start = untouched(epochMs(EPOCH), profile, sunlight, []);
  const admitted = admit(start, [], demand(random, "1"), { profile, sunlight });
  assert.ok(admitted.ok);
  const { reservation } = admitted;
  const run = { reservation, starts: start.at, waiting: [] };
  const runs = new BegunRuns();
  const begun = runs.begin(start, run, profile, true);
  const now = advance(begun, epochMs(start.at + 1), profile, sunlight);
  const settled = runs.settle(now, { run, npu: seconds(0.000_5) }, { profile, sunlight });
  assert.equal(busyUntil(begun), start.at + reservation.npu * 1e3);
  assert.equal(busyUntil(settled), now.at, "free from now on");
  assert.throws(
    () => {
      const other = new BegunRuns();
      other.begin(start, run, profile, true);
      const npu = seconds(reservation.npu * 2);
      other.settle(now, { run, npu }, { profile, sunlight });
    },
    RangeError,
  );
});
