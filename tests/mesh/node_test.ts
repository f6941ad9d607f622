import assert from "node:assert/strict";
import { jday, sgp4, shadowFraction, sunPos } from "satellite.js";
import { admit, book, type Lease } from "../../mesh/node/admit.ts";
import { DEFAULT_PROFILE, type HardwareProfile, topsPerWatt } from "../../mesh/node/profile.ts";
import { advance, type NodeState, untouched } from "../../mesh/node/state.ts";
import { type Sunlight, sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { epochMs, joules, kelvin, seconds, watts } from "../../mesh/units.ts";
import { type Random, seeded } from "../random.ts";
import { FILED, satrecOf } from "./oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
// Sums of megajoules in doubles: a billionth of what flowed.
const BALANCE_TOLERANCE = 1e-9;
const TEMPERATURE_TOLERANCE_K = 1e-9;
// A naive tick of 1 s sees each edge of sunlight up to a second late, at up to 2 kW.
const TICK_TOLERANCE_J_PER_EDGE = 2_000;

const lightOf = (random: Random): Sunlight =>
  sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)));

/** Nodes that run full, empty and anything between. */
function anyProfile(random: Random): HardwareProfile {
  const battery = random.pick([1e5, 1e6, 1.8e7]);
  return {
    ...DEFAULT_PROFILE,
    battery: joules(battery),
    battery_floor: joules(battery * random.pick([0, 0.2, 0.5])),
    solar: watts(random.pick([0, 150, 400, 2_000])),
    housekeeping: watts(random.pick([0, 150, 900])),
    thermal_time_s: random.pick([60, 1_200]),
  };
}

function anyState(random: Random, at: number, profile: HardwareProfile): NodeState {
  return {
    at: epochMs(at),
    battery: joules(profile.battery * random.pick([0, 1, random.next()])),
    temperature: kelvin(profile.temperature_rest + random.between(0, 60)),
    busy_until: epochMs(0),
  };
}

Deno.test("no history makes or loses energy: the battery changes by what the flows and leases say", () => {
  let [leases, empties, spills] = [0, 0, 0];
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const sunlight = lightOf(random);
    let state = anyState(random, EPOCH + random.integer(0, 300 * 24 * HOUR_MS), profile);
    for (let step = 0; step < 6; step++) {
      const to = state.at + random.pick([-HOUR_MS, 0, 1, 60_000, random.integer(1, 3 * HOUR_MS)]);
      const before = state.battery;
      const { state: next, flows } = advance(state, epochMs(to), profile, sunlight);
      const change = flows.solar - flows.spilled - flows.drawn + flows.missing;
      const moved = flows.solar + flows.drawn + profile.battery;
      assert.ok(
        Math.abs(next.battery - before - change) <= BALANCE_TOLERANCE * moved,
        `seed ${seed}, step ${step}: ${next.battery - before} J is not ${change} J`,
      );
      assert.ok(
        next.battery >= 0 && next.battery <= profile.battery,
        `seed ${seed}: out of bounds`,
      );
      for (const flow of Object.values(flows)) assert.ok(flow >= 0, `seed ${seed}: ${flow} J`);
      assert.ok(flows.spilled <= flows.solar && flows.missing <= flows.drawn, `seed ${seed}`);
      if (flows.missing > 0) empties++;
      if (flows.spilled > 0) spills++;
      state = next;
      const demand = {
        operations: random.between(0, 4e14),
        memory_bytes: 0,
        arrives: state.at,
        done_by: Infinity,
      };
      const admitted = admit(state, demand, profile);
      if (!admitted.ok) continue;
      const booked = book(state, admitted.lease, profile);
      assert.equal(booked.battery, state.battery - admitted.lease.energy, `seed ${seed}`);
      assert.ok(booked.battery >= profile.battery_floor, `seed ${seed}: drawn below the floor`);
      state = booked;
      leases++;
    }
  }
  assert.ok(leases > 1_000 && empties > 100 && spills > 100, `${leases} ${empties} ${spills}`);
});

Deno.test("advance() equals a naive tick of one second with satellite.js's shadow", () => {
  for (let seed = 0; seed < 12; seed++) {
    const random = seeded(seed);
    const index = random.integer(0, FILED.count - 1);
    const satrec = satrecOf(FILED, index);
    const profile = { ...anyProfile(random), battery: joules(2e6), solar: watts(1_000) };
    const from = EPOCH + random.integer(0, 300 * 24 * HOUR_MS);
    const start = anyState(random, from, profile);
    let battery: number = start.battery;
    let edges = 0;
    let wasLit: boolean | undefined;
    const hours = 4;
    for (let t = from; t < from + hours * HOUR_MS; t += 1_000) {
      const { position } = sgp4(satrec, (t - EPOCH) / 60_000)!;
      const lit = shadowFraction(sunPos(jday(new Date(t))).rsun, position) < 0.5;
      if (lit !== wasLit) edges++;
      wasLit = lit;
      const net_w = (lit ? profile.solar : 0) - profile.housekeeping - profile.npu_idle;
      battery = Math.min(profile.battery, Math.max(0, battery + net_w));
    }
    const { state } = advance(
      start,
      epochMs(from + hours * HOUR_MS),
      profile,
      sunlightOf(FILED.elements(index)),
    );
    const off_J = Math.abs(state.battery - battery);
    assert.ok(
      off_J <= TICK_TOLERANCE_J_PER_EDGE * edges,
      `seed ${seed}: ${off_J} J, ${edges} edges`,
    );
  }
});

Deno.test("one long step ends where many short ones do", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const sunlight = lightOf(random);
    const start = anyState(random, EPOCH + random.integer(0, 300 * 24 * HOUR_MS), profile);
    const to = start.at + random.integer(1, 8 * HOUR_MS);
    const whole = advance(start, epochMs(to), profile, sunlight);
    let state = start;
    const sums = { solar: 0, spilled: 0, drawn: 0, missing: 0 };
    while (state.at < to) {
      const next = Math.min(to, state.at + random.integer(1, HOUR_MS));
      const part = advance(state, epochMs(next), profile, sunlight);
      for (const flow of ["solar", "spilled", "drawn", "missing"] as const) {
        sums[flow] += part.flows[flow];
      }
      state = part.state;
    }
    const scale = whole.flows.solar + whole.flows.drawn + profile.battery;
    for (const flow of ["solar", "spilled", "drawn", "missing"] as const) {
      const off = Math.abs(sums[flow] - whole.flows[flow]);
      assert.ok(off <= BALANCE_TOLERANCE * scale, `seed ${seed}: ${flow} ${off} J`);
    }
    const off = Math.abs(state.battery - whole.state.battery);
    assert.ok(off <= BALANCE_TOLERANCE * scale, `seed ${seed}: ${off} J`);
    const warmer = Math.abs(state.temperature - whole.state.temperature);
    assert.ok(warmer <= TEMPERATURE_TOLERANCE_K, `seed ${seed}: ${warmer} K`);
  }
});

Deno.test("a clock that jumps back creates nothing: the state waits until time has caught up", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const profile = anyProfile(random);
    const sunlight = lightOf(random);
    const start = anyState(random, EPOCH + random.integer(0, 300 * 24 * HOUR_MS), profile);
    const back = epochMs(start.at - random.integer(0, 24 * HOUR_MS));
    const { state, flows } = advance(start, back, profile, sunlight);
    assert.deepEqual(state, start, `seed ${seed}`);
    assert.deepEqual(flows, { solar: 0, spilled: 0, drawn: 0, missing: 0 }, `seed ${seed}`);
    const to = epochMs(start.at + random.integer(1, HOUR_MS));
    assert.deepEqual(
      advance(state, to, profile, sunlight),
      advance(start, to, profile, sunlight),
      `seed ${seed}`,
    );
  }
});

Deno.test("an untouched node is the same whenever it is first looked at", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const sunlight = lightOf(random);
    const early = EPOCH + random.integer(0, 300 * 24 * HOUR_MS);
    const late = epochMs(early + random.integer(0, 12 * HOUR_MS));
    const before = untouched(epochMs(early), DEFAULT_PROFILE, sunlight);
    const { state } = advance(before, late, DEFAULT_PROFILE, sunlight);
    assert.deepEqual(untouched(late, DEFAULT_PROFILE, sunlight), state, `seed ${seed}`);
    assert.ok(state.battery > DEFAULT_PROFILE.battery_floor, `seed ${seed}: dark by itself`);
  }
});

Deno.test("heat leaves as an exponential, each lease by itself, whenever one looks", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const sunlight = lightOf(random);
    const profile = DEFAULT_PROFILE;
    let state = untouched(epochMs(EPOCH + random.integer(0, 1e10)), profile, sunlight);
    const put: { at: number; kelvin: number }[] = [];
    for (let step = 0; step < 8; step++) {
      const npu = seconds(random.between(0, 60));
      put.push({ at: state.at, kelvin: 40 * npu / 1_200 });
      state = book(state, leaseOf({ at: state.at, npu, energy_j: 20 * npu }), profile);
      const to = epochMs(state.at + random.integer(0, HOUR_MS));
      state = advance(state, to, profile, sunlight).state;
      const expected = put.reduce(
        (sum, heat) => sum + heat.kelvin * Math.exp(-(to - heat.at) / 1.2e6),
        293.15,
      );
      const off = Math.abs(state.temperature - expected);
      assert.ok(off <= TEMPERATURE_TOLERANCE_K, `seed ${seed}, step ${step}: ${off} K`);
    }
  }
});

Deno.test("the default node at full load for hours settles below the temperature where it stops", () => {
  assert.equal(topsPerWatt(DEFAULT_PROFILE), 10);
  const alwaysLit: Sunlight = (from, until) => [{ from, until, sunlit: true }];
  let state = untouched(epochMs(EPOCH), DEFAULT_PROFILE, alwaysLit);
  for (let second = 0; second < 4 * 3_600; second++) {
    state = advance(state, epochMs(EPOCH + second * 1e3), DEFAULT_PROFILE, alwaysLit).state;
    state = book(state, leaseOf({ at: state.at, npu: seconds(1), energy_j: 20 }), DEFAULT_PROFILE);
  }
  const settled = DEFAULT_PROFILE.temperature_rest + DEFAULT_PROFILE.temperature_rise;
  assert.ok(Math.abs(state.temperature - settled) < 0.1, `${state.temperature} K`);
  assert.ok(state.temperature < DEFAULT_PROFILE.temperature_stop);
});

function leaseOf(
  { at, npu, energy_j }: { at: number; npu: number; energy_j: number },
): Lease {
  return {
    starts: epochMs(at),
    ends: epochMs(at + npu * 1e3),
    wait: seconds(0),
    npu: seconds(npu),
    energy: joules(energy_j),
  };
}
