import assert from "node:assert/strict";
import { jday, sgp4, shadowFraction, sunPos } from "satellite.js";
import { type Flows, noFlows } from "../../../../mesh/node/energy.ts";
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { advance, type NodeState } from "../../../../mesh/node/state.ts";
import { sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, joules, watts } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import {
  anyProfile,
  anySpan,
  anyState,
  anySunlight,
  anyWork,
  EPOCH,
  HOUR_MS,
  MINUTE_MS,
  NEVER_LIT,
} from "../../../unit/mesh/node/any-node.ts";
import { FILED, satrecOf } from "../../../unit/mesh/placement/oracle.ts";

// satellite.js has a round Earth; stretched by equatorial over polar radius (WGS-84), ours is one.
const stretched = (v: { x: number; y: number; z: number }) => ({
  ...v,
  z: v.z * 6378.137 / 6356.752,
});

const HISTORIES = 10_000;
const STEPS = 1_000;
/** Of the energy that moved and that the battery can hold. */
const TOLERANCE = 1e-9;
const TOLERANCE_K = 1e-9;
// A naive tick of 1 s sees each edge of sunlight up to a second late, at up to 1 kW.
const TICK_TOLERANCE_J_PER_EDGE = 1_000;

const inMinusOut = ({ solar, spilled, drawn, missing, lost }: Flows): number =>
  solar - spilled - drawn - lost + missing;

Deno.test(`over ${HISTORIES} histories the battery changes by energy in minus energy out`, () => {
  const met = { full: 0, empty: 0, missing: 0, spilled: 0, lost: 0, work: 0, back: 0, weeks: 0 };
  for (let seed = 0; seed < HISTORIES; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const sunlight = anySunlight(random);
    let state = anyState(random, EPOCH + random.integer(0, 3e10), profile);
    for (let step = 0; step < 6; step++) {
      const label = `seed ${seed}, step ${step}`;
      const lasts_ms = anySpan(random);
      const { at } = state;
      if (state.work.length === 0) {
        state = { ...state, work: anyWork(random, { at, lasts_ms }, profile) };
      }
      const back = random.chance(0.1);
      const flows = noFlows();
      const to = epochMs(at + (back ? -lasts_ms : lasts_ms));
      const next = advance(state, to, profile, sunlight, flows);
      const moved = flows.solar + flows.drawn + profile.battery;
      const off = next.battery - state.battery - inMinusOut(flows);
      assert.ok(Math.abs(off) <= TOLERANCE * moved, `${label}: ${off} J of ${moved} J`);
      const kept = next.battery - state.battery - (flows.stored - flows.given);
      assert.ok(Math.abs(kept) <= TOLERANCE * moved, `${label}: ${kept} J of the battery's own`);
      assert.ok(next.battery >= 0 && next.battery <= profile.battery, `${label}: out of bounds`);
      for (const flow of Object.values(flows)) assert.ok(flow >= 0, `${label}: ${flow} J`);
      assert.ok(flows.spilled <= flows.solar * (1 + TOLERANCE), label);
      assert.ok(flows.missing <= flows.drawn * (1 + TOLERANCE), label);
      assert.equal(next.at, Math.max(at, to), label);
      if (back) assert.deepEqual([next, flows], [state, noFlows()], label);
      met.full += Number(next.battery === profile.battery);
      met.empty += Number(next.battery === 0);
      met.missing += Number(flows.missing > 0);
      met.spilled += Number(flows.spilled > 0);
      met.lost += Number(flows.lost > 0);
      met.work += Number(state.work.length > 0);
      met.weeks += Number(lasts_ms > 7 * 24 * HOUR_MS);
      met.back += Number(back);
      state = next;
    }
  }
  for (const [what, times] of Object.entries(met)) {
    assert.ok(times > 500, `${what} came up ${times} times`);
  }
});

Deno.test(`one step ends where ${STEPS} do, with the same flows on the way`, () => {
  for (let seed = 0; seed < HISTORIES; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const sunlight = anySunlight(random);
    const lasts_ms = anySpan(random);
    const at = EPOCH + random.integer(0, 3e10);
    const start = anyState(random, at, profile, anyWork(random, { at, lasts_ms }, profile));
    const to = epochMs(at + lasts_ms);
    const [inOne, inMany] = [noFlows(), noFlows()];
    const whole = advance(start, to, profile, sunlight, inOne);
    let state = start;
    for (let step = 1; step <= STEPS; step++) {
      const next = step === STEPS ? to : at + lasts_ms * (step - random.next()) / STEPS;
      state = advance(state, epochMs(next), profile, sunlight, inMany);
    }
    const moved = inOne.solar + inOne.drawn + profile.battery;
    for (const [name, flow] of Object.entries(inOne)) {
      const off = Math.abs(inMany[name as keyof Flows] - flow);
      assert.ok(off <= TOLERANCE * moved, `seed ${seed}: ${name} ${off} J`);
    }
    assertSame(state, whole, moved, `seed ${seed}`);
  }
});

function assertSame(a: NodeState, b: NodeState, moved: number, label: string): void {
  const apart = Math.abs(a.battery - b.battery);
  assert.ok(apart <= TOLERANCE * moved, `${label}: ${apart} J apart`);
  const body = Math.abs(a.temperature - b.temperature);
  assert.ok(body <= TOLERANCE_K, `${label}: ${body} K apart`);
  const rise = Math.abs(a.npu_rise - b.npu_rise);
  assert.ok(rise <= TOLERANCE_K, `${label}: NPUs ${rise} K apart`);
  assert.deepEqual([a.at, a.work, a.resident], [b.at, b.work, b.resident], label);
}

Deno.test("a clock that jumps back creates nothing: the state waits until time has caught up", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const sunlight = anySunlight(random);
    const at = EPOCH + random.integer(0, 3e10);
    const lasts_ms = 3 * HOUR_MS;
    const start = anyState(random, at, profile, anyWork(random, { at, lasts_ms }, profile));
    const back = advance(start, epochMs(at - random.integer(0, 9e8)), profile, sunlight);
    assert.equal(back, start, `seed ${seed}`);
    const to = epochMs(at + random.integer(1, HOUR_MS));
    assert.deepEqual(
      advance(back, to, profile, sunlight),
      advance(start, to, profile, sunlight),
      `seed ${seed}`,
    );
  }
});

Deno.test("advance() equals a naive tick of one second with satellite.js's shadow", () => {
  const profile = {
    ...DEFAULT_PROFILE,
    battery: joules(2e6),
    solar: watts(1_000),
    charge_max: watts(700),
  };
  for (let seed = 0; seed < 12; seed++) {
    const random = seeded(seed);
    const index = random.integer(0, FILED.count - 1);
    const satrec = satrecOf(FILED, index);
    const from = EPOCH + random.integer(0, 3e10);
    const work = anyWork(random, { at: from, lasts_ms: HOUR_MS }, profile);
    const start = anyState(random, from, profile, work);
    let battery: number = start.battery;
    let edges = work.length;
    let wasLit: boolean | undefined;
    const hours = 4;
    for (let t = from; t < from + hours * HOUR_MS; t += 1_000) {
      const { position } = sgp4(satrec, (t - EPOCH) / MINUTE_MS)!;
      const { rsun } = sunPos(jday(new Date(t)));
      const lit = shadowFraction(stretched(rsun), stretched(position)) < 0.5;
      if (lit !== wasLit) edges++;
      wasLit = lit;
      const running = work.find((one) => one.from <= t && t < one.until);
      const net_w = (lit ? 1_000 : 0) - 150 - (running?.draw ?? 2);
      const stored_w = net_w > 0 ? 0.95 * Math.min(700, net_w) : net_w;
      battery = Math.min(2e6, Math.max(0, battery + stored_w));
    }
    const to = epochMs(from + hours * HOUR_MS);
    const { battery: ours } = advance(start, to, profile, sunlightOf(FILED.elements(index)));
    const off_J = Math.abs(ours - battery);
    assert.ok(
      off_J <= TICK_TOLERANCE_J_PER_EDGE * edges,
      `seed ${seed}: ${off_J} J, ${edges} edges`,
    );
  }
});

Deno.test("a state that stems from a larger battery is full, and no fuller", () => {
  const larger = { ...anyState(seeded(1), EPOCH, DEFAULT_PROFILE), battery: joules(1e9) };
  const { battery } = advance(larger, epochMs(EPOCH + 1), DEFAULT_PROFILE, NEVER_LIT);
  assert.ok(Math.abs(battery - (1.8e7 - 0.152)) < 1e-6, `${battery} J`);
});
