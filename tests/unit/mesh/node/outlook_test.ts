/**
 * Looking ahead: who is refused `dark`, against a simulation second by second to the next sunrise.
 * @module
 */
import assert from "node:assert/strict";
import { admit, begin, type Demand, type Reservation } from "../../../../mesh/node/admit.ts";
import {
  comingOrbit,
  lightAgain,
  lowestCharge,
  untouchedCharge,
} from "../../../../mesh/node/outlook.ts";
import { chargeBattery } from "../../../../mesh/node/energy.ts";
import { DEFAULT_PROFILE, type HardwareProfile, npuDraw } from "../../../../mesh/node/profile.ts";
import { schedule } from "../../../../mesh/node/queue.ts";
import { idleRates } from "../../../../mesh/node/orbit-charge.ts";
import {
  advance,
  busyUntil,
  type NodeState,
  untouched,
  walk,
} from "../../../../mesh/node/state.ts";
import { type Sunlight, sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, joules, kelvin, seconds, watts } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { anyProfile, anyState, anySunlight, anyWork } from "./any-node.ts";
import { ALWAYS_LIT, EPOCH, HOUR_MS, MINUTE_MS, NEVER_LIT, periodicSunlight } from "./any-node.ts";
import { FILED } from "../placement/oracle.ts";

const MODEL = { model: "m", bytes: 1 };
const ORBIT_S = 95 * 60;
// Sums of a thousand seconds in doubles, of some hundred kilojoules.
const TIE_J = 1e-3;

/** Runs matter to this one: 2 kW, and a battery that a shadow takes half of. */
const PROFILE: HardwareProfile = {
  ...DEFAULT_PROFILE,
  npu_active: watts(2_000),
  npu_resistance: 0,
  npu_dispatch: seconds(1e-12),
  battery: joules(8e5),
  battery_floor: joules(2e5),
};

const wholeSeconds = (random: Random, from: number, to: number) => 1_000 * random.integer(from, to);

const anyOrbit = (random: Random): Sunlight =>
  periodicSunlight({
    period_ms: ORBIT_S * 1e3,
    shadow_ms: wholeSeconds(random, 60, 36 * 60),
    phase_ms: EPOCH + wholeSeconds(random, 0, ORBIT_S),
  });

const demandOf = (id: string, run_s: number): Demand => ({
  id,
  class: "batch",
  operations: run_s * PROFILE.npu_tops * 1e12,
  model: MODEL,
  load_bytes: 0,
  within: seconds(Infinity),
});

const stateOf = (battery: number): NodeState => ({
  at: epochMs(EPOCH),
  battery: joules(battery),
  temperature: kelvin(250),
  npu_rise: kelvin(0),
  work: [],
  resident: [MODEL],
});

/** Second by second, one run after the other, to the first sunrise after all of them. */
function lowestByTheSecond(battery: number, runs_s: number[], sunlight: Sunlight): number {
  const busy_s = runs_s.reduce((sum, run) => sum + run, 0);
  let lowest = battery;
  let wasDark = false;
  for (let s = 0; s < busy_s + 7_200; s++) {
    const [{ sunlit }] = sunlight(epochMs(EPOCH + s * 1e3), epochMs(EPOCH + s * 1e3 + 1));
    if (sunlit && wasDark && s >= busy_s) break;
    wasDark = !sunlit;
    const net_w = (sunlit ? 2_000 : 0) - 150 - (s < busy_s ? 2_000 : 2);
    battery = net_w > 0 ? Math.min(8e5, battery + 0.95 * Math.min(1_000, net_w)) : battery + net_w;
    lowest = Math.min(lowest, battery);
  }
  return lowest;
}

Deno.test("admit() refuses dark exactly where seconds to the next sunrise show the battery under its floor", () => {
  let [dark, taken] = [0, 0];
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const sunlight = anyOrbit(random);
    const state = stateOf(random.between(2e5, 6e5));
    const waiting: Reservation[] = [];
    for (let ask = 0; ask < 4; ask++) {
      const run_s = random.integer(1, random.pick([3, 100]));
      const admitted = admit(state, waiting, demandOf(`${ask}`, run_s), {
        profile: PROFILE,
        sunlight,
      });
      if (!admitted.ok && admitted.refusal === "busy") continue;
      const runs = [...waiting.map(({ npu }) => Math.round(npu)), run_s];
      const lowest = lowestByTheSecond(state.battery, runs, sunlight);
      if (Math.abs(lowest - 2e5) < TIE_J) continue;
      const label = `seed ${seed}, ask ${ask}: ${lowest} J at the least`;
      if (!admitted.ok) {
        assert.equal(admitted.refusal, "dark", label);
        assert.ok(lowest < 2e5, label);
        dark++;
        continue;
      }
      assert.ok(lowest >= 2e5, label);
      waiting.push(admitted.reservation);
      taken++;
    }
  }
  assert.ok(dark > 300 && taken > 300, `${dark} dark, ${taken} taken`);
});

Deno.test("no choice takes a battery under its floor: not over orbits of asks", () => {
  let runs = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const sunlight = anyOrbit(random);
    let state = stateOf(8e5);
    let waiting: Reservation[] = [];
    let ask_at = EPOCH;
    for (let now = EPOCH; now < EPOCH + 3 * ORBIT_S * 1e3; now += 5_000) {
      for (;;) {
        const [next] = schedule(waiting, busyUntil(state));
        if (!next || next.starts > now) break;
        waiting = waiting.filter((reservation) => reservation !== next.ask);
        state = begin(state, next.ask, next.starts, PROFILE, waiting);
        runs++;
      }
      state = advance(state, epochMs(now), PROFILE, sunlight);
      assert.ok(state.battery >= 2e5, `seed ${seed}: ${state.battery} J`);
      if (now < ask_at) continue;
      ask_at = now + random.between(0, 60_000);
      const demand = demandOf(`${now}`, random.between(1, 30));
      const admitted = admit(state, waiting, demand, { profile: PROFILE, sunlight });
      if (admitted.ok) waiting.push(admitted.reservation);
    }
  }
  assert.ok(runs > 3_000, `${runs} runs`);
});

Deno.test("comingOrbit() ends at the sunrise after the next shadow, and after what is booked", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const sunlight = random.chance(0.3)
      ? sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)))
      : periodicSunlight({
        period_ms: random.pick([95 * MINUTE_MS, 24 * HOUR_MS]),
        shadow_ms: random.integer(1, 72 * MINUTE_MS),
        phase_ms: EPOCH + random.integer(0, 24 * HOUR_MS),
      });
    const now = epochMs(EPOCH + random.integer(0, 24 * HOUR_MS));
    const busy = epochMs(now + random.pick([0, 0, random.integer(0, 5 * HOUR_MS)]));
    const coming = comingOrbit(now, sunlight, busy);
    assert.equal(coming[0].from, now, `seed ${seed}`);
    coming.slice(1).forEach(({ from }, k) => assert.equal(from, coming[k].until, `seed ${seed}`));
    const end = coming.at(-1)!.until;
    assert.ok(end >= busy, `seed ${seed}: what is booked lasts longer`);
    const [next] = sunlight(end, epochMs(end + 1));
    if (!coming.at(-1)!.sunlit) assert.ok(next.sunlit, `seed ${seed}: it ends in the dark`);
    else assert.equal(end, busy + 2 * HOUR_MS, `seed ${seed}: no shadow within an orbit`);
    const over = coming.findIndex(({ sunlit, until }) => !sunlit && until >= busy);
    assert.ok(over < 0 || over >= coming.length - 2, `seed ${seed}: it looks too far`);
  }
  const ends = (sunlight: Sunlight) => comingOrbit(epochMs(EPOCH), sunlight).at(-1)!.until;
  assert.equal(ends(ALWAYS_LIT), EPOCH + 2 * HOUR_MS);
  assert.equal(ends(NEVER_LIT), EPOCH + 2 * HOUR_MS + 72 * MINUTE_MS);
});

Deno.test("what runs for longer than a day is dark: nobody foresees so much light", () => {
  const hardware = { profile: DEFAULT_PROFILE, sunlight: ALWAYS_LIT };
  const long = (operations: number) =>
    admit(stateOf(DEFAULT_PROFILE.battery), [], { ...demandOf("long", 1), operations }, hardware);
  assert.equal(long(23 * 3_600 * 200e12).ok, true);
  for (const operations of [25 * 3_600 * 200e12, 1e21]) {
    assert.deepEqual(long(operations), { ok: false, refusal: "dark" }, `${operations}`);
  }
  assert.equal(long(Infinity).ok, false);
});

Deno.test("lowestCharge() and lightAgain() say, to the last bit, what the whole walk with its heat says", () => {
  const met = { short: 0, work: 0, shadow: 0 };
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const sunlight = anySunlight(random);
    const at = EPOCH + random.integer(0, 3e10);
    const work = anyWork(random, { at, lasts_ms: HOUR_MS }, profile);
    const state = anyState(random, at, profile, work);
    const coming = comingOrbit(state.at, sunlight, busyUntil(state));
    let lowest: number = state.battery;
    const last = walk(state, coming, profile, {
      onPiece: ({ battery }) => lowest = Math.min(lowest, battery),
    });
    assert.equal(lowestCharge(state, coming, profile), lowest, `seed ${seed}`);
    const isShadow = coming.at(-1)?.sunlit === false;
    const from = isShadow && last.battery < profile.battery_floor ? last : state;
    const load = watts(profile.housekeeping + npuDraw(0, profile));
    const one = { lasts: seconds(1), sunlit: true, load };
    const gained = chargeBattery(joules(0), one, profile).battery;
    const short = Math.max(0, profile.battery_floor - from.battery);
    const naive = gained > 0
      ? Math.max(busyUntil(from), from.at + short / gained * 1e3)
      : from.at + 2 * HOUR_MS;
    assert.equal(lightAgain(state, coming, profile), naive, `seed ${seed}`);
    met.short += Number(short > 0);
    met.work += Number(work.length > 0);
    met.shadow += Number(from === last);
  }
  for (const [what, times] of Object.entries(met)) assert.ok(times > 100, `${what}: ${times}`);
});

Deno.test("untouchedCharge() is, to the last bit, what a day and a half leave in the battery", () => {
  let told = 0;
  let partly = 0;
  for (let seed = 0; seed < 1_500; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const sunlight = anySunlight(random);
    const at = epochMs(EPOCH + random.integer(0, 3e10));
    const { gain } = idleRates(profile);
    const charge = untouchedCharge(at, profile, sunlight, gain);
    if (charge === null) continue;
    told++;
    const { battery } = untouched(at, profile, sunlight, []);
    partly += Number(battery > 0 && battery < profile.battery);
    assert.equal(charge, battery, `seed ${seed}`);
  }
  assert.ok(told > 200 && partly > 10, `${told} told, ${partly} partly full`);
});
