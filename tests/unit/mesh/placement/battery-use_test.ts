/**
 * What BatteryLook says of a run, against the node's own account: the run is worked into the exact state
 * of the node, and its battery compared with that of the same node idle.
 */
import assert from "node:assert/strict";
import { idleRates } from "../../../../mesh/node/orbit-charge.ts";
import { orbitLight, sunlitFor } from "../../../../mesh/node/orbit-light.ts";
import { DEFAULT_PROFILE, type HardwareProfile, npuDraw } from "../../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../../mesh/node/shell-profiles.ts";
import { advance, untouched } from "../../../../mesh/node/state.ts";
import { noFlows } from "../../../../mesh/node/energy.ts";
import { ShellAlmanac } from "../../../../mesh/orbit/shell-almanac.ts";
import { sunDirectionEcef } from "../../../../mesh/orbit/sun.ts";
import { sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { BatteryLook, type BatteryUse } from "../../../../mesh/placement/battery-use.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { epochMs, joules, watts } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { QUIET } from "../node/a-digest.ts";
import { PHYSICS } from "../node/any-ask.ts";
import { FILED } from "./oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
// The circle of now differs from the orbit, and the edges of its shadow from the true ones, by seconds.
const EDGE_S = 20;

const hardware = (solar_w: number, charge_max_w: number, battery_wh: number): HardwareProfile => ({
  ...DEFAULT_PROFILE,
  solar: watts(solar_w),
  charge_max: watts(charge_max_w),
  battery: joules(3_600 * battery_wh),
  battery_floor: joules(0),
});
const KINDS = [
  hardware(2_000, 1_000, 5_000),
  hardware(300, 1_000, 5_000),
  hardware(450, 1_000, 300),
  hardware(160, 1_000, 2_000),
];

Deno.test("BatteryLook tells runs that leave a battery as idling would, for ever, from those that do not", () => {
  const almanac = new ShellAlmanac(FILED);
  const xyz = new Float64Array(3);
  const seen: Record<BatteryUse, number> = { none: 0, slows_charging: 0, draws: 0 };
  let [cases, unsure] = [0, 0];
  for (let seed = 0; seed < 240; seed++) {
    const random = seeded(seed);
    const profile = KINDS[seed % KINDS.length];
    const physics = { ...PHYSICS, profiles: new ShellProfiles(profile) };
    const at = epochMs(EPOCH + random.integer(0, 365 * 86_400_000));
    const index = random.integer(0, FILED.count - 1);
    const sunlight = sunlightOf(FILED.elements(index));
    const state = untouched(at, profile, sunlight, []);
    almanac.at(at).position(index, xyz);
    const look = new BatteryLook({ at, almanac, hints: new Hints(), physics });
    const ends_s = random.pick([0.5, 30, 200]);
    look.at(index, ends_s, xyz, 0);

    const light = orbitLight(
      { x: xyz[0], y: xyz[1], z: xyz[2] },
      almanac.at(at).velocity(index),
      sunDirectionEcef(at),
    );
    cases++;
    const rates = idleRates(profile);
    const lit_s = sunlitFor(light);
    const [now] = sunlight(at, epochMs(at + 1));
    const gap_j = look.state_of_charge * profile.battery - state.battery;
    // Where no light makes up for a shadow, what each revolution is off by adds up.
    const refills = profile !== KINDS[3];
    assert.ok(
      !refills || Math.abs(gap_j) <= EDGE_S * (rates.drain + Math.max(0, rates.gain)),
      `seed ${seed}: charged ${look.state_of_charge}, and not ${state.battery / profile.battery}`,
    );
    // Near an edge of the shadow, or of a full battery, the closed form may say the neighbouring thing.
    const isFull = look.state_of_charge === 1;
    const isFilling = look.use !== "draws" && isFull !== (state.battery === profile.battery);
    const isEdge = lit_s > 0 && Math.abs(lit_s - ends_s) < EDGE_S;
    if (isEdge || now.sunlit !== lit_s > 0 || isFilling) {
      unsure++;
      continue;
    }
    seen[look.use]++;

    // At its end, and an orbit and a half later.
    const until = epochMs(at + ends_s * 1e3);
    const run = { ...state, work: [{ from: at, until, draw: npuDraw(1, profile) }] };
    const [flows, idleFlows] = [noFlows(), noFlows()];
    const ended = advance(run, until, profile, sunlight, flows);
    const idled = advance(state, until, profile, sunlight, idleFlows);
    const less_j = idled.battery - ended.battery;
    const extra_j = (profile.npu_active - profile.npu_idle) * ends_s;
    assert.ok(Math.abs(flows.drawn - idleFlows.drawn - extra_j) < 1e-6 * extra_j, `seed ${seed}`);
    const label = `seed ${seed}: ${look.use}, and the battery lacks ${less_j} of ${extra_j} J`;
    // Differences of megajoules.
    const rounding = 1e-8;
    if (look.use === "none") assert.ok(less_j === 0, label);
    if (look.use === "slows_charging") {
      // It may come to be full before the run ends.
      const isLess = less_j > 0 || ended.battery === profile.battery;
      assert.ok(isLess && less_j <= extra_j * profile.charge_efficiency + rounding, label);
      assert.ok(ended.battery >= state.battery, label);
    }
    if (look.use === "draws") {
      // An empty battery has nothing to give.
      const isLess = less_j > 0 || idled.battery === 0;
      assert.ok(isLess && less_j <= extra_j + rounding, label);
    }
  }
  assert.ok(Math.min(...Object.values(seen)) >= 20, JSON.stringify(seen));
  assert.ok(unsure < cases / 50, `${unsure} of ${cases} near an edge`);
});

Deno.test("BatteryLook brings what a node said last to now: as if it had idled since", () => {
  const almanac = new ShellAlmanac(FILED);
  const xyz = new Float64Array(3);
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const profile = KINDS[seed % KINDS.length];
    const physics = { ...PHYSICS, profiles: new ShellProfiles(profile) };
    const said = epochMs(EPOCH + random.integer(0, 365 * 86_400_000));
    const at = epochMs(said + random.pick([0, 60_000, 600_000, 9_000_000]));
    const index = random.integer(0, FILED.count - 1);
    const sunlight = sunlightOf(FILED.elements(index));
    const state_of_charge = random.between(0.3, 1);
    const state = {
      ...untouched(said, profile, sunlight, []),
      battery: joules(state_of_charge * profile.battery),
    };
    const hints = new Hints();
    hints.note(index, { ...QUIET, at_ms: said, state_of_charge });
    almanac.at(at).position(index, xyz);
    const look = new BatteryLook({ at, almanac, hints, physics });
    look.at(index, 1, xyz, 0);
    const exact = advance(state, at, profile, sunlight).battery;
    const { drain, gain } = idleRates(profile);
    // Each edge of the shadow on the way may be off.
    const edges = 1 + 2 * Math.ceil((at - said) / 5_400_000);
    const off_j = Math.abs(look.state_of_charge * profile.battery - exact);
    assert.ok(
      off_j <= edges * EDGE_S * (drain + Math.max(0, gain)),
      `seed ${seed}: off by ${off_j} J`,
    );
  }
});
