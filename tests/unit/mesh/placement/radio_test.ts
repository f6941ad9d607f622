/**
 * Placement under a radio profile: what it chooses is what a look at every node and every way would, with
 * every term of the radio written a second time (naive-radio.ts).
 */
import assert from "node:assert/strict";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import type { Candidate } from "../../../../mesh/placement/candidate.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { neighboursOf } from "../../../../mesh/placement/isl/neighbours.ts";
import { LIGHT_KM_S } from "../../../../mesh/placement/links.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import type { Sky } from "../../../../mesh/placement/sky.ts";
import { ratesAmong } from "../../../../mesh/radio/beam-rates.ts";
import { LIGHT, type RadioProfile } from "../../../../mesh/radio/profile.ts";
import { STARLINK } from "../../../../mesh/radio/starlink.ts";
import { degrees, epochMs, km, seconds } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { anyAsk, anyHints, PHYSICS } from "../node/any-ask.ts";
import { naiveLink } from "./naive-paths.ts";
import { naiveLonger } from "./naive-radio.ts";
import { positionsAt, type Ranked, rankReach, rankSky } from "./naive-ranking.ts";
import { WAIT_TIE_S } from "./same-ranking.ts";
import { SKIES } from "./skies.ts";

const SHELLS = generatedConstellation(
  "radio",
  [
    { code: "A", altitude_km: 550, inclination_deg: 53, planes: 40, per_plane: 22, phasing: 17 },
    { code: "B", altitude_km: 610, inclination_deg: 70, planes: 30, per_plane: 20, phasing: 7 },
  ].map((shell) => ({ ...shell })),
);
const FROM = Date.UTC(2026, 5, 3, 12);
const PLACER = new Placer();

/** Every term of it set or not, by chance. */
function anyRadio(random: Random): RadioProfile {
  if (random.chance(0.2)) return STARLINK;
  const mask = random.chance(0.5)
    ? [20, 100, 250].map((azimuth) => ({
      azimuth: degrees(azimuth + random.between(0, 60)),
      elevation: degrees(random.between(0, 60)),
    }))
    : [];
  return {
    ...STARLINK,
    name: "any",
    slots: random.chance(0.5) ? STARLINK.slots : null,
    mask,
    keep_out: degrees(random.pick([0, 10, 22])),
    link: random.chance(0.7)
      ? { snr_db: random.between(3, 15), range: km(random.pick([550, 900])), snr_min_db: -2.35 }
      : null,
    rain: random.chance(0.5)
      ? {
        up_ghz: 14.25,
        down_ghz: 11.7,
        falls: random.chance(0.5) ? { mm_h: random.between(0, 60) } : { exceeded_percent: 0.3 },
      }
      : null,
    hop: seconds(random.pick([0, 0.0002, 0.002])),
  };
}

function anyCase(seed: number, make: typeof SKIES[number]["make"]) {
  const random = seeded(seed);
  const at = FROM + random.integer(0, 59_000);
  const ask: Ask = { ...anyAsk(random, at), elevation_mask: degrees(random.pick([10, 25])) };
  // Of large bodies the rate counts more than the way.
  if (random.chance(0.3)) Object.assign(ask, { bytes_up: 5e7, deadline_ms: null });
  if (random.chance(0.1)) ask.origin = { node: random.integer(0, SHELLS.count - 1) };
  const { almanac, finder } = make(SHELLS, epochMs(FROM));
  const profile = anyRadio(random);
  const radio = { profile, almanac };
  const xyz = positionsAt(almanac, ask.at);
  const near = "node" in ask.origin
    ? []
    : rankSky({ almanac, ask, hints: new Hints() }, xyz).map(({ index }) => index);
  const hints = anyHints(random, ask, near.slice(0, random.pick([0, 3, 40])), SHELLS.count);
  const physics = { ...PHYSICS, rates: ratesAmong({ ...profile, beams: null }), radio: profile };
  const sky: Sky = { almanac, finder, hints, physics };
  return { ask, sky, radio, xyz };
}

for (const { name, make } of SKIES) {
  Deno.test(`rank() over ${name} under a radio profile is the full sort of all nodes and ways`, () => {
    let [relayed, direct, around] = [0, 0, 0];
    for (let seed = 0; seed < 80; seed++) {
      const { ask, sky, radio, xyz } = anyCase(seed, make);
      const question = { ask, ...sky, radio };
      const ours = PLACER.rank(ask, sky).filter(({ refusal }) => refusal === null);
      const serves = ({ refusal }: Ranked) => refusal === null;
      const reach = rankReach(question, xyz, neighboursOf(SHELLS)).filter(serves);
      const above = "node" in ask.origin ? [] : rankSky(question, xyz).filter(serves);
      const label = `seed ${seed}`;
      const isDirect = ours.length > 0 && ours.every(({ path }) => path.length === 1) &&
        above.length > 0 && above[0].total_s <= reach[0].total_s + WAIT_TIE_S;
      assertOrder(ours, isDirect && !sameTotals(ours, reach) ? above : reach, label);
      for (const candidate of ours) {
        assertTerms(candidate, { ask, xyz, radio }, label);
        if (candidate.path.length === 1) direct++;
        else if (above.some(({ index }) => index === candidate.index)) around++;
        else relayed++;
      }
    }
    assert.ok(relayed > 30 && direct > 40, `${relayed} relayed, ${direct} direct`);
    assert.ok(around > 1, `${around} in view, and reached sooner by way of another`);
  });
}

const sameTotals = (ours: readonly Candidate[], expected: readonly Ranked[]): boolean =>
  ours.length === Math.min(8, expected.length) &&
  ours.every(({ timing }, i) => Math.abs(timing.total - expected[i].total_s) <= WAIT_TIE_S);

function assertOrder(
  ours: readonly Candidate[],
  expected: readonly Ranked[],
  label: string,
): void {
  assert.equal(ours.length, Math.min(8, expected.length), `${label}: candidates`);
  ours.forEach(({ timing, node }, place) => {
    const off_s = timing.total - expected[place].total_s;
    assert.ok(Math.abs(off_s) <= WAIT_TIE_S, `${label}: ${place}, ${node}: ${off_s} s off`);
  });
}

/** Each term is what it says, and no time is in two of them or in none. */
function assertTerms(
  { timing, path, length, index, node }: Candidate,
  { ask, xyz, radio }: Pick<ReturnType<typeof anyCase>, "ask" | "xyz" | "radio">,
  label: string,
): void {
  const hops = path.map((id) => SHELLS.indexOf(id));
  let way_km = 0;
  hops.slice(1).forEach((to, k) => way_km += naiveLink(xyz, hops[k], to));
  const isGround = !("node" in ask.origin);
  const [first] = hops;
  const { up_bps, down_bps, isl_bps } = radio.profile.rates;
  let [longer_s, up_s, down_s] = [0, 0, 0];
  if (isGround) {
    [up_s, down_s] = [8 * ask.bytes_up / up_bps, 8 * ask.bytes_down / down_bps];
    longer_s = naiveLonger(radio, ask, first, { up_s, down_s });
  } else if (hops.length > 1) {
    [up_s, down_s] = [8 * ask.bytes_up / isl_bps, 8 * ask.bytes_down / isl_bps];
  }
  const what = `${label}, ${node}`;
  assert.ok(isGround || Math.abs(length - way_km) < 1e-6, `${what}: ${length} km`);
  assert.ok(length >= way_km - 1e-6, `${what}: shorter than its links`);
  assert.ok(Math.abs(timing.light - 2 * length / LIGHT_KM_S) < 1e-12, `${what}: light`);
  assert.ok(Math.abs(timing.transfer - (up_s + down_s + longer_s)) < 1e-7, `${what}: transfer`);
  const least = 2 * (hops.length - 1) * radio.profile.hop;
  assert.ok(timing.access >= least - 1e-15, `${what}: access`);
  assert.ok(isGround || Math.abs(timing.access - least) < 1e-15, `${what}: access of a node`);
  const sum = timing.light + timing.transfer + timing.access + timing.wait + timing.npu;
  assert.ok(Math.abs(timing.total - sum) < 1e-12, `${what}: total`);
  assert.equal(hops.at(-1), index, what);
}

Deno.test("rank() under light is, bit for bit, what it is without a radio", () => {
  for (let seed = 0; seed < 40; seed++) {
    const { ask, sky } = anyCase(seed, SKIES[1].make);
    const without = { ...sky, physics: PHYSICS };
    const light = { ...sky, physics: { ...PHYSICS, rates: ratesAmong(LIGHT), radio: LIGHT } };
    assert.deepEqual(
      PLACER.rank(ask, light, true),
      PLACER.rank(ask, without, true),
      `seed ${seed}`,
    );
  }
});
