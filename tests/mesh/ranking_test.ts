import assert from "node:assert/strict";
import { DEFAULT_PROFILE } from "../../mesh/node/profile.ts";
import type { Refusal } from "../../mesh/node/admit.ts";
import { Almanac } from "../../mesh/orbit/almanac.ts";
import { generatedConstellation } from "../../mesh/orbit/constellation.ts";
import { computeKnot, KNOT_SPACING_MS, knotNumber } from "../../mesh/orbit/knot.ts";
import { Propagator } from "../../mesh/orbit/propagation.ts";
import { regionBelow } from "../../mesh/region.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import { buildGrid } from "../../mesh/placement/grid.ts";
import { Hints } from "../../mesh/placement/hints.ts";
import { type Candidate, Placer, type Sky } from "../../mesh/placement/place.ts";
import { degrees, epochMs, km } from "../../mesh/units.ts";
import { type Random, seeded } from "../random.ts";
import { almanacAt } from "./almanac-at.ts";
import { FILED } from "./oracle.ts";
import { naiveRanking, type Ranked } from "./naive-ranking.ts";

// Instants in 2026 are doubles with 0.24 us between them, and a wait is the difference of two; where
// nothing waits, the score is exact to the last bits of a second.
const WAIT_TIE_S = 0.5e-6;
const EXACT_TIE_S = 1e-12;
// satellite.js rounds the polar radius to 0.1 mm.
const RANGE_TOLERANCE_KM = 1e-7;

const YEAR_FROM = Date.UTC(2026, 0, 1);
const PLACER = new Placer();
const WINDOWS = [0, 1, 2, 3].map((seed) =>
  almanacAt(YEAR_FROM + seeded(seed).between(0, 365) * 86_400_000)
);
const REFUSALS: readonly Refusal[] = ["dark", "hot", "busy", "gone"];

function anyAsk(random: Random, at: number): Ask {
  const lat = random.pick([90, -90, random.between(-90, 90), random.between(-60, 60)]);
  const lon = random.pick([180, -180, random.between(-180, 180), random.between(-180, 180)]);
  return {
    at: epochMs(at),
    origin: { lat: degrees(lat), lon: degrees(lon), alt: km(random.between(-0.4, 9)) },
    operations: random.pick([0, 1e6, 1e9, 5e12]),
    memory_bytes: random.pick([0, 1e6, 8e9, 8e9 + 1]),
    bytes_up: random.pick([0, 1_000, 1e6]),
    bytes_down: random.pick([0, 1_000, 1e6]),
    deadline_ms: random.pick([null, null, 5, 50, 500, 5_000]),
    class: random.pick(["realtime", "interactive", "batch"]),
    elevation_mask: degrees(random.pick([25, 25, 25, 0, 5, 40, 70])),
  };
}

/** Hints of every kind for a share of the nodes, `crowded` ones among them about the origin. */
function anyHints(random: Random, ask: Ask, crowded: readonly number[], count: number): Hints {
  const hints = new Hints(count);
  const share = random.pick([0, 0.3, 0.9, 1]);
  const anywhere = Array.from({ length: 200 }, () => random.integer(0, count - 1));
  for (const index of [...crowded, ...anywhere]) {
    if (!random.chance(share)) continue;
    hints.note(index, {
      node: `${index}`,
      at_ms: ask.at - random.between(0, 1_000),
      busy_until_ms: random.pick([0, ask.at - 5, ask.at + random.between(0, 40), ask.at + 1_500]),
      state_of_charge: random.next(),
      temperature_k: random.between(280, 360),
      refusing: random.chance(0.4)
        ? { refusal: random.pick(REFUSALS), until_ms: ask.at + random.pick([-1, 0, 1, 60_000]) }
        : null,
    });
  }
  return hints;
}

/** Asserts the order: the same scores and refusals in each place; who is who only where scores tie. */
function assertSameRanking(ours: Candidate[], naive: Ranked[], label: string): void {
  const expected = naive.slice(0, 8);
  assert.equal(ours.length, expected.length, `${label}: ${ours.length} candidates`);
  const byIndex = new Map(naive.map((one) => [one.index, one]));
  ours.forEach((candidate, place) => {
    const same = byIndex.get(candidate.index);
    assert.ok(same, `${label}: ${candidate.node} is not above the mask`);
    assert.equal(candidate.refusal, same.refusal, `${label}: refusal of ${candidate.node}`);
    assert.equal(candidate.refusal === null, expected[place].refusal === null, label);
    const tie = same.wait_s > 0 || expected[place].wait_s > 0 ? WAIT_TIE_S : EXACT_TIE_S;
    assert.ok(
      Math.abs(same.total_s - expected[place].total_s) <= tie,
      `${label}: place ${place} is ${candidate.node} with ${same.total_s} s, ` +
        `not ${expected[place].index} with ${expected[place].total_s} s`,
    );
    assertTiming(candidate, same, `${label}, ${candidate.node}`);
  });
  assert.equal(new Set(ours.map((c) => c.index)).size, ours.length, `${label}: one twice`);
}

function assertTiming(
  { timing, slant_range, region }: Candidate,
  naive: Ranked,
  label: string,
): void {
  assert.ok(Math.abs(slant_range - naive.range_km) <= RANGE_TOLERANCE_KM, `${label}: range`);
  assert.ok(Math.abs(timing.light - naive.light_s) <= EXACT_TIE_S, `${label}: light`);
  assert.ok(Math.abs(timing.transfer - naive.transfer_s) <= EXACT_TIE_S, `${label}: transfer`);
  assert.ok(Math.abs(timing.npu - naive.npu_s) <= EXACT_TIE_S, `${label}: npu`);
  assert.ok(Math.abs(timing.wait - naive.wait_s) <= WAIT_TIE_S, `${label}: wait`);
  assert.ok(Math.abs(timing.total - naive.total_s) <= WAIT_TIE_S, `${label}: total`);
  assert.ok(Math.abs(timing.energy - naive.energy_j) <= 1e-9, `${label}: energy`);
  assert.equal(region, regionBelow(naive.position), `${label}: region`);
}

Deno.test("rank() equals a full scan and sort, whatever the hints, deadlines, models and masks", () => {
  const kinds = new Map<string, number>();
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const almanac = random.pick(WINDOWS);
    const ask = anyAsk(random, almanac.from + random.integer(0, KNOT_SPACING_MS));
    const grid = buildGridOnce(almanac, 30_000);
    const bare = naiveRanking({ almanac, ask, hints: new Hints(FILED.count) });
    const crowd = bare.slice(0, random.integer(0, 40)).map(({ index }) => index);
    const hints = anyHints(random, ask, crowd, FILED.count);
    const sky: Sky = { almanac, grid, hints, physics: PHYSICS };
    const ours = PLACER.rank(ask, sky);
    assertSameRanking(ours, naiveRanking({ almanac, ask, hints }), `seed ${seed}`);
    for (const { refusal } of ours) kinds.set(`${refusal}`, (kinds.get(`${refusal}`) ?? 0) + 1);
  }
  // The cases must have met every outcome, or they showed less than the name says.
  for (const kind of [null, "dark", "hot", "busy", "gone", "no_memory", "too_late"]) {
    assert.ok((kinds.get(`${kind}`) ?? 0) > 20, `${kind} came up ${kinds.get(`${kind}`)} times`);
  }
});

const PHYSICS = { profile: DEFAULT_PROFILE, rates: { up_bps: 40e6, down_bps: 200e6 } };

const grids = new Map<string, ReturnType<typeof buildGrid>>();

function buildGridOnce(almanac: Almanac, offset_ms: number) {
  const key = `${almanac.from} ${offset_ms}`;
  const known = grids.get(key) ?? buildGrid(almanac, epochMs(almanac.from + offset_ms));
  grids.set(key, known);
  return known;
}

Deno.test("rank() gives the same answer from a grid of any age, of the window before too", () => {
  for (const almanac of WINDOWS) {
    const before = almanacAt(almanac.from - 1);
    const after = almanacAt(almanac.until + 1);
    for (let seed = 0; seed < 60; seed++) {
      const random = seeded(seed);
      const ask = anyAsk(random, almanac.from + random.integer(0, KNOT_SPACING_MS));
      const crowd = naiveRanking({ almanac, ask, hints: new Hints(FILED.count) }).slice(0, 20);
      const hints = anyHints(random, ask, crowd.map(({ index }) => index), FILED.count);
      const rank = (grid: Sky["grid"]) =>
        PLACER.rank(ask, { almanac, grid, hints, physics: PHYSICS });
      const fresh = rank(buildGrid(almanac, ask.at));
      for (const offset_ms of [0, 15_000, 45_000, 60_000]) {
        assert.deepEqual(rank(buildGridOnce(almanac, offset_ms)), fresh, `seed ${seed}`);
      }
      assert.deepEqual(rank(buildGridOnce(before, 5_000)), fresh, `seed ${seed}, grid before`);
      assert.deepEqual(rank(buildGridOnce(after, 55_000)), fresh, `seed ${seed}, grid after`);
    }
  }
});

Deno.test("rank() equals the full scan in sparse, high and mixed constellations too", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const shells = Array.from({ length: random.integer(1, 3) }, (_, s) => ({
      code: `S${s}`,
      altitude_km: random.pick([300, 550, 1_200, 1_500, 8_062, 20_200]),
      inclination_deg: random.between(0, 180),
      planes: random.integer(1, 20),
      per_plane: random.integer(1, 20),
      phasing: random.integer(0, 5),
    }));
    const constellation = generatedConstellation(`random ${seed}`, shells);
    const propagator = new Propagator(constellation);
    const number = knotNumber(epochMs(YEAR_FROM)) + random.integer(0, 365 * 1_440);
    const almanac = new Almanac(
      constellation,
      computeKnot(constellation, propagator, number),
      computeKnot(constellation, propagator, number + 1),
    );
    for (let round = 0; round < 5; round++) {
      const ask = anyAsk(random, almanac.from + random.integer(0, KNOT_SPACING_MS));
      const crowd = Array.from({ length: constellation.count }, (_, index) => index);
      const hints = anyHints(random, ask, crowd, constellation.count);
      const grid = buildGrid(almanac, epochMs(almanac.from + random.integer(0, KNOT_SPACING_MS)));
      const ours = PLACER.rank(ask, { almanac, grid, hints, physics: PHYSICS });
      const label = `seed ${seed}, round ${round}`;
      assertSameRanking(ours, naiveRanking({ almanac, ask, hints }), label);
    }
  }
});

Deno.test("rank() says why, nearest first, where every node in the sky refuses", () => {
  const almanac = WINDOWS[0];
  const ask: Ask = { ...anyAsk(seeded(5), almanac.from), memory_bytes: 0, deadline_ms: null };
  const origin = { lat: degrees(48.1), lon: degrees(11.6), alt: km(0.5) };
  const asked = { ...ask, origin, elevation_mask: degrees(25) };
  const naive = naiveRanking({ almanac, ask: asked, hints: new Hints(FILED.count) });
  const hints = new Hints(FILED.count);
  for (const { index } of naive) {
    hints.note(index, {
      node: FILED.id(index),
      at_ms: ask.at,
      busy_until_ms: 0,
      state_of_charge: 0.2,
      temperature_k: 300,
      refusing: { refusal: "dark", until_ms: ask.at + 1_000 },
    });
  }
  const sky = { almanac, grid: buildGridOnce(almanac, 30_000), hints, physics: PHYSICS };
  const refused = PLACER.rank(asked, sky);
  assert.deepEqual(refused.map((c) => c.refusal), Array(8).fill("dark"));
  assert.deepEqual(refused.map((c) => c.index), naive.slice(0, 8).map((one) => one.index));

  // A second later the hints have run out and the doors are tried again.
  const later = PLACER.rank({ ...asked, at: epochMs(ask.at + 1_000) }, sky);
  assert.deepEqual(later.map((c) => c.refusal), Array(8).fill(null));
});
