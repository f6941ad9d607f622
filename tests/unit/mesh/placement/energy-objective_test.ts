/**
 * Placement under the objective `energy`: the same choice as a plain look at every node above and, where
 * links are to be followed, at every node that they lead to.
 */
import assert from "node:assert/strict";
import { DEFAULT_PROFILE, type HardwareProfile } from "../../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../../mesh/node/shell-profiles.ts";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import type { Candidate } from "../../../../mesh/placement/candidate.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { neighboursOf } from "../../../../mesh/placement/isl/neighbours.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import { degrees, epochMs, joules, km, watts } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { QUIET } from "../node/a-digest.ts";
import { anyAsk, anyHints, PHYSICS } from "../node/any-ask.ts";
import { naiveScore, type NaiveUse, naiveUse } from "./naive-battery.ts";
import { type NaiveNode, positionsAt, type Ranked, rankReach, rankSky } from "./naive-ranking.ts";
import { SKIES } from "./skies.ts";

const HOUR_FROM = Date.UTC(2026, 2, 20);
const PLACER = new Placer();
const SHELLS = [["LOW", 550, 10, 12], ["HIGH", 1_200, 6, 10]] as const;
const SKY = generatedConstellation(
  "two shells",
  SHELLS.map(([code, altitude_km, planes, per_plane]) => ({
    code,
    altitude_km,
    inclination_deg: 65,
    planes,
    per_plane,
    phasing: 1,
  })),
);
const EVERYBODY = Array.from({ length: SKY.count }, (_, index) => index);
const NEIGHBOURS = neighboursOf(SKY);
// Sums of tens of millions of seconds have their last bit at 7 ns; waits theirs at 0.24 us.
const TIE_S = 1e-6;

/** Batteries that a shadow empties in part, and arrays that some cannot fill them by in one light. */
function anyBatteries(random: Random) {
  const profiles = [0, 1].map((): HardwareProfile => {
    const battery = joules(3_600 * random.pick([5_000, 300, 120]));
    return {
      ...DEFAULT_PROFILE,
      npu_tops: random.pick([200, 20]),
      solar: watts(random.pick([2_000, 400, 300, 165])),
      charge_max: watts(random.pick([1_000, 100])),
      battery,
      battery_floor: joules(0),
    };
  });
  const made = (index: number): NaiveNode => {
    const { npu_tops, npu_idle, npu_active, memory_bytes, load_bps } = profiles[SKY.group(index)];
    return { tops: npu_tops, idle_w: npu_idle, active_w: npu_active, memory_bytes, load_bps };
  };
  const by_shell = new ShellProfiles(DEFAULT_PROFILE, profiles);
  return { physics: { ...PHYSICS, profiles: by_shell }, made };
}

function anyHoursOf(random: Random, at: number): Ask {
  const ask = anyAsk(random, at);
  const onANode = random.chance(0.15);
  return {
    ...ask,
    origin: onANode ? { node: random.integer(0, SKY.count - 1) } : {
      lat: degrees(random.between(-65, 65)),
      lon: degrees(random.between(-180, 180)),
      alt: km(0),
    },
    elevation_mask: degrees(random.pick([5, 25])),
    memory_bytes: random.pick([0, 1e6]),
    // Some hold a node past sunset.
    load_bytes: random.pick([0, 50_000, 1e9]),
    deadline_ms: random.pick([null, 20, 60, 200, 500, 600_000]),
    needs_hardware: random.chance(0.05),
    objective: "energy",
  };
}

function anyCharges(random: Random, ask: Ask): Hints {
  const touched = EVERYBODY.filter(() => random.chance(0.5));
  const hints = random.chance(0.3) ? new Hints() : anyHints(random, ask, touched, SKY.count);
  for (const index of EVERYBODY.filter(() => random.chance(0.2))) {
    hints.note(index, {
      ...QUIET,
      at_ms: ask.at - random.pick([0, 60_000, 600_000, 5_000_000]),
      state_of_charge: random.pick([1, 0.97, random.next()]),
      npu_speed: random.pick([1, 0.5]),
    });
  }
  return hints;
}

interface Judged extends Ranked {
  battery: NaiveUse;
  score: number;
}

for (const { name, make } of SKIES) {
  Deno.test(`rank() over ${name} for least wear chooses what a look at every node would`, () => {
    const seen = { none: 0, slows_charging: 0, draws: 0, travelled: 0, for_sun: 0, nobody: 0 };
    for (let seed = 0; seed < 1_000; seed++) {
      const random = seeded(seed);
      const at = epochMs(
        HOUR_FROM + Math.floor(seed / 100) * 5_460_000 + random.integer(0, 59_000),
      );
      const { physics, made } = anyBatteries(random);
      const ask = anyHoursOf(random, at);
      const hints = anyCharges(random, ask);
      const whereabouts = make(SKY, at, epochMs(at - at % 60_000));
      const { almanac } = whereabouts;
      const question = { almanac, ask, hints, made };
      const xyz = positionsAt(almanac, at);
      const judged = (ranked: Ranked[]) =>
        ranked.filter(({ refusal }) => refusal === null).map((one): Judged => {
          const profile = physics.profiles.of(SKY, one.index);
          const battery = naiveUse(one, { almanac, ask, hints, profile });
          return { ...one, battery, score: naiveScore(one, battery) };
        });
      const byWear = (a: Judged, b: Judged) => a.score - b.score || a.index - b.index;
      const { deadline_ms } = ask;
      const above = "node" in ask.origin ? [] : judged(rankSky(question, xyz)).sort(byWear);
      const stays = above.length > 0 && (deadline_ms === null || above[0].battery.use === "none");
      const reach = () => judged(rankReach(question, xyz, NEIGHBOURS));
      const expected = stays
        ? above
        : above.length > 0
        ? [...reach().filter(({ battery }) => battery.use === "none").sort(byWear), ...above]
        : deadline_ms === null
        ? reach()
        : reach().sort(byWear);
      const key = ({ score, total_s }: Judged) =>
        above.length > 0 || deadline_ms !== null ? score : total_s;

      const ours = PLACER.rank(ask, { ...whereabouts, hints, physics })
        .filter(({ refusal }) => refusal === null);
      const label = `seed ${seed}`;
      assert.equal(ours.length, Math.min(8, expected.length), label);
      const byIndex = new Map(expected.map((one) => [one.index, one]));
      ours.forEach((candidate, place) => {
        const same = byIndex.get(candidate.index);
        assert.ok(same, `${label}: ${candidate.node} would not serve`);
        assert.ok(
          Math.abs(key(same) - key(expected[place])) <= TIE_S,
          `${label}: place ${place} is ${candidate.node} (${JSON.stringify(same.battery)}, ` +
            `${same.total_s} s), not ${expected[place].index} ` +
            `(${JSON.stringify(expected[place].battery)}, ${expected[place].total_s} s)`,
        );
        assertBattery(candidate, same.battery, label);
        seen[same.battery.use]++;
        if (candidate.path.length > 1) seen.travelled++;
      });
      if (ours.length === 0) seen.nobody++;
      if (above.length > 0 && !stays && ours[0].battery?.use === "none") seen.for_sun++;
    }
    // The cases must have met all of it, or they showed less than the name says.
    assert.ok(Math.min(...Object.values(seen)) > 50, JSON.stringify(seen));
  });
}

function assertBattery({ battery, node }: Candidate, naive: NaiveUse, label: string): void {
  assert.ok(battery, `${label}: ${node} says nothing of its battery`);
  assert.equal(battery.use, naive.use, `${label}: ${node}, ${naive.margin_s} s from the edge`);
  const off = Math.abs(battery.state_of_charge - naive.state_of_charge);
  assert.ok(
    off < 1e-9,
    `${label}: ${node} is charged ${battery.state_of_charge}, not ${naive.state_of_charge}`,
  );
}
