/**
 * Placement over nodes that nobody has touched and that may refuse all the same: whoever is proposed
 * would be admitted by the node itself, and whoever would be admitted is found.
 * @module
 */
import assert from "node:assert/strict";
import { viewFleet } from "../../../../mesh/fleet/view.ts";
import { admit } from "../../../../mesh/node/admit.ts";
import { digestOf } from "../../../../mesh/node/digest.ts";
import { DEFAULT_PROFILE, type HardwareProfile } from "../../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../../mesh/node/shell-profiles.ts";
import { idleTemperatures } from "../../../../mesh/node/spare.ts";
import { untouched } from "../../../../mesh/node/state.ts";
import { siteOf } from "../../../../mesh/geo/site.ts";
import type { Almanac } from "../../../../mesh/orbit/almanac.ts";
import { sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { type Ask, isNodeOrigin } from "../../../../mesh/placement/ask.ts";
import type { Candidate } from "../../../../mesh/placement/candidate.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { DEFAULT_RATES } from "../../../../mesh/placement/links.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import type { Sky } from "../../../../mesh/placement/sky.ts";
import { untouchedNodes, untouchedTakes } from "../../../../mesh/placement/untouched-nodes.ts";
import { degrees, epochMs, joules, kelvin, seconds, watts } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { anyPlace } from "../node/any-ask.ts";
import { almanacAt } from "../orbit/almanac-at.ts";
import { FILED } from "./oracle.ts";

const YEAR_FROM = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const PLACER = new Placer();
const MODEL = { model: "scene-indices", bytes: 1 };

const withBattery = (wh: number, more: Partial<HardwareProfile> = {}): HardwareProfile => ({
  ...DEFAULT_PROFILE,
  battery: joules(wh * 3_600),
  battery_floor: joules(0.2 * wh * 3_600),
  ...more,
});

const PROFILES: Record<string, HardwareProfile> = {
  "40 Wh": withBattery(40),
  "85 Wh": withBattery(85),
  "108 Wh": withBattery(108),
  "108 Wh and an NPU of 500 W": withBattery(108, { npu_active: watts(500) }),
  "100 Wh, charged slowly": withBattery(100, { charge_max: watts(170) }),
  "400 Wh and too small an array": withBattery(400, { solar: watts(245) }),
  "a stop that sunlight comes to": { ...DEFAULT_PROFILE, temperature_stop: kelvin(248) },
  "no floor": withBattery(40, { battery_floor: joules(0) }),
};

/** By shell in turn. */
const BY_SHELL = new ShellProfiles(
  DEFAULT_PROFILE,
  FILED.groups.map((_, group) =>
    [PROFILES["40 Wh"], DEFAULT_PROFILE, PROFILES["85 Wh"]][group % 3]
  ),
);
const FLEETS: Record<string, ShellProfiles> = {
  ...Object.fromEntries(
    Object.entries(PROFILES).map(([name, profile]) => [name, new ShellProfiles(profile)]),
  ),
  "three kinds of shells": BY_SHELL,
};

const skyOf = (almanac: Almanac, at: number, profiles: ShellProfiles): Sky => ({
  almanac,
  finder: new GridFinder(almanac, buildGrid(almanac, epochMs(at))),
  hints: new Hints(),
  physics: {
    profiles,
    rates: DEFAULT_RATES,
    launched: () => [MODEL],
  },
});

const askOf = (random: Random, at: number, more: Partial<Ask> = {}): Ask => ({
  at: epochMs(at),
  origin: anyPlace(random),
  operations: random.pick([0, 1e9, 5e12, 4e15]),
  model: MODEL.model,
  memory_bytes: MODEL.bytes,
  load_bytes: 0,
  bytes_up: 1_000,
  bytes_down: 1_000,
  deadline_ms: null,
  class: "interactive",
  elevation_mask: degrees(random.pick([25, 25, 50])),
  policy: null,
  ...more,
});

/** What the node itself says: null is yes. */
function ownRefusal(index: number, ask: Ask, profiles: ShellProfiles): string | null {
  const profile = profiles.ofId(FILED, FILED.id(index));
  const sunlight = sunlightOf(FILED.elements(index));
  const state = untouched(ask.at, profile, sunlight, [MODEL]);
  const admitted = admit(state, [], {
    id: "x",
    class: ask.class,
    operations: ask.operations,
    model: MODEL,
    load_bytes: 0,
    within: seconds(Infinity),
  }, { profile, sunlight });
  return admitted.ok ? null : admitted.refusal;
}

function aboveOf(ask: Ask, { finder }: Sky): { index: number; range_km: number }[] {
  if (isNodeOrigin(ask.origin)) throw new Error("No ground");
  const sin_mask = Math.sin(ask.elevation_mask * Math.PI / 180);
  const site = siteOf(ask.origin);
  const found: { index: number; range_km: number }[] = [];
  finder.each({ at: ask.at, site, sin_mask }, (index, range_km) => {
    found.push({ index, range_km });
  });
  return found.sort((a, b) => a.range_km - b.range_km);
}

/** Each candidate says what its node says; and none of the sky that would take it is nearer. */
function assertHonest(
  { ask, sky, ranked, label }: { ask: Ask; sky: Sky; ranked: Candidate[]; label: string },
): void {
  const { profiles } = sky.physics;
  for (const { index, refusal, again } of ranked) {
    const own = ownRefusal(index, ask, profiles);
    assert.equal(refusal === "too_late" ? null : refusal, own, `${label}: node ${index}`);
    if (own !== null) assert.ok(again !== null && again > ask.at, `${label}: ${again}`);
  }
  if (ask.deadline_ms !== null) return;
  const nearest = aboveOf(ask, sky).find(({ index }) => ownRefusal(index, ask, profiles) === null);
  if (!nearest) return;
  assert.equal(ranked[0]?.refusal, null, `${label}: node ${nearest.index} would take it`);
  assert.ok(ranked[0].length <= nearest.range_km + 1e-6, `${label}: ${nearest.index} is nearer`);
}

Deno.test("rank() proposes nobody whose own admission would refuse, and finds the nearest that would not", () => {
  const seen = { proposed: 0, relayed: 0, refused: 0, dark: 0, hot: 0 };
  for (let seed = 0; seed < 4; seed++) {
    const random = seeded(seed);
    const at = YEAR_FROM + random.integer(0, 365 * DAY_MS);
    const almanac = almanacAt(at);
    for (const [name, profiles] of Object.entries(FLEETS)) {
      const sky = skyOf(almanac, at, profiles);
      for (const deadline_ms of [null, null, 8]) {
        const ask = askOf(random, at, { deadline_ms });
        const ranked = PLACER.rank(ask, sky, true);
        assertHonest({ ask, sky, ranked, label: `seed ${seed}, ${name}, ${deadline_ms} ms` });
        const [first] = ranked;
        if (first?.refusal === null) seen.proposed++;
        else if (first) seen.refused++;
        if (first?.refusal === null && first.path.length > 1) seen.relayed++;
        for (const { refusal } of ranked) {
          if (refusal === "dark" || refusal === "hot") seen[refusal]++;
        }
      }
    }
  }
  assert.ok(seen.proposed > 40 && seen.relayed > 3 && seen.refused > 5, JSON.stringify(seen));
  assert.ok(seen.dark > 100 && seen.hot > 5, JSON.stringify(seen));
});

Deno.test("from a node rank() goes on over links until one takes the ask", () => {
  const random = seeded(5);
  const at = YEAR_FROM + 80 * DAY_MS;
  const profiles = FLEETS["85 Wh"];
  const sky = skyOf(almanacAt(at), at, profiles);
  let travelled = 0;
  for (let i = 0; i < 10; i++) {
    const node = random.integer(0, FILED.count - 1);
    const ask = askOf(random, at, { origin: { node }, operations: 0 });
    const ranked = PLACER.rank(ask, sky);
    const willing = ownRefusal(node, ask, profiles) === null;
    assert.equal(ranked[0]?.index === node, willing, `node ${node}`);
    for (const { index, refusal } of ranked) {
      assert.equal(refusal, null);
      assert.equal(ownRefusal(index, ask, profiles), null, `node ${index} from ${node}`);
    }
    if (ranked[0]?.path.length > 1) travelled++;
  }
  assert.ok(travelled > 0);
});

Deno.test("with the default profile no untouched node can refuse: nothing more is asked", () => {
  const profiles = new ShellProfiles(DEFAULT_PROFILE);
  const nodes = untouchedNodes(FILED, profiles);
  const fullLoadForHours = joules(18 * 8 * 3_600);
  assert.equal(nodes.mayRefuse(0, fullLoadForHours), false);
  assert.equal(untouchedNodes(FILED, profiles), nodes);
  const small = untouchedNodes(FILED, FLEETS["40 Wh"]);
  assert.equal(small.mayRefuse(0, joules(0)), true);
  // One kind's small batteries are no reason to look at another's.
  const byKind = [0, 1, 2].map((kind) =>
    untouchedNodes(FILED, BY_SHELL).mayRefuse(kind, joules(0))
  );
  assert.deepEqual(byKind, [true, false, true]);
});

Deno.test("a search looks at so many nodes exactly and no more: one ask does not hold an isolate", () => {
  const { most } = idleTemperatures(DEFAULT_PROFILE);
  // Nobody stops, but only the node itself can tell.
  const profile = { ...DEFAULT_PROFILE, temperature_stop: kelvin(most - 1e-3) };
  const at = YEAR_FROM + 80 * DAY_MS;
  const { almanac, physics } = skyOf(almanacAt(at), at, new ShellProfiles(profile));
  const ask = askOf(seeded(1), at, { operations: 0 });
  const takes = untouchedTakes({ ask, almanac, physics });
  assert.ok(takes);
  const xyz = new Float64Array(3);
  const answers = Array.from({ length: 600 }, (_, index) => {
    almanac.at(ask.at).position(index, xyz);
    return takes(index, xyz, 0);
  });
  assert.deepEqual(answers, answers.map((_, i) => i < 512));
});

Deno.test("viewFleet() has a computed node refuse what its own digest would, and hold what it holds", () => {
  const at = epochMs(YEAR_FROM + 171 * DAY_MS);
  const almanac = almanacAt(at);
  for (
    const name of ["40 Wh", "three kinds of shells", "a stop that sunlight comes to", "no floor"]
  ) {
    const profiles = FLEETS[name];
    const sky = { almanac, at, hints: new Hints(), profiles };
    const said = new Map<string, number>();
    for (let from = 0; from < FILED.count; from += 617) {
      const { nodes: [node] } = viewFleet(sky, {}, { from, limit: 1 });
      const profile = profiles.of(FILED, node.index);
      const sunlight = sunlightOf(FILED.elements(node.index));
      const state = untouched(at, profile, sunlight, []);
      const digest = digestOf("", state, [], { profile, sunlight });
      const label = `${name}, node ${node.index}`;
      assert.equal(node.refusing, digest.refusing?.refusal ?? null, label);
      const off_s = Math.abs(node.state_of_charge - digest.state_of_charge) * profile.battery / 152;
      assert.ok(off_s < CHARGE_TOLERANCE_S, `${label}: ${off_s} s of its load`);
      said.set(`${node.refusing}`, (said.get(`${node.refusing}`) ?? 0) + 1);
    }
    assert.equal(said.size, name === "no floor" ? 1 : 2, `${name}: ${JSON.stringify([...said])}`);
  }
});

// A charging battery gains six times as fast as an idle node drains.
const CHARGE_TOLERANCE_S = 6 * 45;
