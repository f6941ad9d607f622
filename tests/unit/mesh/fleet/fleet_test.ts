import assert from "node:assert/strict";
import { viewFleet } from "../../../../mesh/fleet/view.ts";
import { idleRates, orbitCharge } from "../../../../mesh/node/orbit-charge.ts";
import { orbitLight } from "../../../../mesh/node/orbit-light.ts";
import { DEFAULT_PROFILE, type HardwareProfile } from "../../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../../mesh/node/shell-profiles.ts";
import { untouched } from "../../../../mesh/node/state.ts";
import { isSunlit } from "../../../../mesh/orbit/eclipse.ts";
import { DATA_CENTRE } from "../../../../mesh/orbit/filed.ts";
import { ShellAlmanac } from "../../../../mesh/orbit/shell-almanac.ts";
import { sunDirectionEcef } from "../../../../mesh/orbit/sun.ts";
import { sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { tenuresOf } from "../../../../mesh/tenure.ts";
import { epochMs, joules, watts } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { almanacAt } from "../orbit/almanac-at.ts";
import { FILED } from "../placement/oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
const NO_HINTS = new Hints();
// An orbit is no circle: that moves an edge of shadow by half a minute where a node nearly grazes it.
const CHARGE_TOLERANCE_S = 45;
const MISSES_MAX = 0.005;

const PROFILES = new ShellProfiles(DEFAULT_PROFILE);
const profiles: HardwareProfile[] = [
  DEFAULT_PROFILE,
  { ...DEFAULT_PROFILE, battery: joules(1e6), battery_floor: joules(2e5) },
  { ...DEFAULT_PROFILE, battery: joules(4e5), solar: watts(300) },
  { ...DEFAULT_PROFILE, charge_max: watts(200) },
];

Deno.test("orbitCharge() is what an untouched node's own account says, but for what its orbit is off a circle", () => {
  let misses = 0;
  let cases = 0;
  for (let seed = 0; seed < 12; seed++) {
    const random = seeded(seed);
    const at = epochMs(EPOCH + random.integer(0, 300 * 86_400_000));
    const almanac = almanacAt(at);
    const sun = sunDirectionEcef(at);
    const xyz = new Float64Array(3);
    for (let i = 0; i < 50; i++) {
      const index = random.integer(0, FILED.count - 1);
      const profile = random.pick(profiles);
      almanac.at(at).position(index, xyz);
      const node = { x: xyz[0], y: xyz[1], z: xyz[2] };
      const light = orbitLight(node, almanac.at(at).velocity(index), sun);
      const ours = orbitCharge(light, idleRates(profile));
      const exact = untouched(at, profile, sunlightOf(FILED.elements(index)), []).battery;
      const { drain, gain } = idleRates(profile);
      cases++;
      if (Math.abs(ours - exact) > CHARGE_TOLERANCE_S * (drain + gain)) misses++;
    }
  }
  assert.ok(misses <= MISSES_MAX * cases, `${misses} of ${cases}`);
});

Deno.test("viewFleet() lists what a plain look at every node would, page by page", () => {
  const random = seeded(7);
  const at = epochMs(EPOCH + 123 * 86_400_000 + 456_789);
  const almanac = almanacAt(at);
  const sun = sunDirectionEcef(at);
  const sky = { almanac, at, hints: NO_HINTS, profiles: PROFILES };
  for (
    const filter of [
      { group: 5 },
      { region: "weur" as const, sunlit: true },
      { charge_max: 0.995 },
      { group: 2, sunlit: false, charge_min: 0.98 },
    ]
  ) {
    const listed: number[] = [];
    let from: number | null = 0;
    while (from !== null) {
      const page: ReturnType<typeof viewFleet> = viewFleet(sky, filter, { from, limit: 1_000 });
      assert.ok(page.nodes.length <= 1_000);
      listed.push(...page.nodes.map(({ index }) => index));
      from = page.next;
    }
    assert.deepEqual(listed, [...new Set(listed)].sort((a, b) => a - b));
    const members = new Set(listed);
    assert.ok(members.size > 0);
    const xyz = new Float64Array(3);
    for (let i = 0; i < 300; i++) {
      const index = random.integer(0, FILED.count - 1);
      almanac.at(at).position(index, xyz);
      const sunlit = isSunlit({ x: xyz[0], y: xyz[1], z: xyz[2] }, sun);
      const elements = FILED.elements(index);
      const charge = untouched(at, DEFAULT_PROFILE, sunlightOf(elements), []).battery /
        DEFAULT_PROFILE.battery;
      const bound = filter.charge_max ?? filter.charge_min;
      // Too near to the bound for the fleet's coarser account to tell.
      if (bound !== undefined && Math.abs(charge - bound) < 0.005) continue;
      const expected = (filter.group === undefined || FILED.group(index) === filter.group) &&
        (filter.region === undefined || tenuresOf(elements).ownerAt(at) === filter.region) &&
        (filter.sunlit === undefined || sunlit === filter.sunlit) &&
        charge >= (filter.charge_min ?? 0) && charge <= (filter.charge_max ?? 1);
      assert.equal(members.has(index), expected, `node ${index} of ${JSON.stringify(filter)}`);
    }
  }
});

Deno.test("viewFleet() lays a touched node's word over what is computed", () => {
  const at = epochMs(EPOCH);
  const hints = new Hints();
  hints.note(17, {
    node: FILED.id(17),
    at_ms: at,
    free_ms: { realtime: 0, interactive: 0, batch: 0 },
    state_of_charge: 0.25,
    temperature_k: 300,
    npu_temperature_k: 300,
    npu_speed: 1,
    resident: [],
    refusing: null,
  });
  const sky = { almanac: almanacAt(at), at, hints, profiles: PROFILES };
  const { nodes } = viewFleet(sky, { charge_max: 0.5 }, { from: 0, limit: 10 });
  assert.deepEqual(nodes.map(({ index, state_of_charge }) => [index, state_of_charge]), [[
    17,
    0.25,
  ]]);
});

Deno.test("viewFleet() of a million nodes ends a page early where few pass, and pages on to all of them", () => {
  const almanac = new ShellAlmanac(DATA_CENTRE);
  const sky = { almanac, at: epochMs(EPOCH), hints: new Hints(), profiles: PROFILES };
  const group = DATA_CENTRE.groups.indexOf("S1975");
  const shell = viewFleet(sky, { group }, { from: 0, limit: 5 });
  assert.deepEqual(shell.nodes.map(({ index }) => DATA_CENTRE.id(index)), [
    "S1975-000-000",
    "S1975-000-001",
    "S1975-000-002",
    "S1975-000-003",
    "S1975-000-004",
  ]);
  // Nobody's battery is so empty: each page looks at so many nodes and no more.
  const nobody = viewFleet(sky, { charge_max: 0 }, { from: 0, limit: 5 });
  assert.deepEqual(nobody, { nodes: [], next: 50_000 });
  const last = viewFleet(sky, { charge_max: 0 }, { from: DATA_CENTRE.count - 10, limit: 5 });
  assert.deepEqual(last, { nodes: [], next: null });
});
