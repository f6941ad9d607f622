import assert from "node:assert/strict";
import { KnotAlmanac } from "../../../../mesh/orbit/knot-almanac.ts";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import { KNOT_SPACING_MS, knotInstant, knotNumber } from "../../../../mesh/orbit/knot.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import type { Candidate } from "../../../../mesh/placement/candidate.ts";
import { buildGrid, type Grid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { neighboursOf } from "../../../../mesh/placement/isl/neighbours.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import type { Sky } from "../../../../mesh/placement/sky.ts";
import { degrees, epochMs, km } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { almanacAt } from "../../../unit/mesh/orbit/almanac-at.ts";
import { anyAsk, anyHints, PHYSICS } from "../../../unit/mesh/node/any-ask.ts";
import { naiveLink } from "../../../unit/mesh/placement/naive-paths.ts";
import { anyHardware } from "../../../unit/mesh/placement/any-hardware.ts";
import {
  type NaiveNode,
  positionsAt,
  type Ranked,
  rankReach,
  rankSky,
} from "../../../unit/mesh/placement/naive-ranking.ts";
import { FILED } from "../../../unit/mesh/placement/oracle.ts";
import { type MakeSky, SKIES } from "../../../unit/mesh/placement/skies.ts";
import { assertSameRanking, WAIT_TIE_S } from "../../../unit/mesh/placement/same-ranking.ts";
import { QUIET } from "../../../unit/mesh/node/a-digest.ts";

const YEAR_FROM = Date.UTC(2026, 0, 1);
const PLACER = new Placer();
const WINDOWS = [0, 1, 2, 3].map((seed) =>
  almanacAt(YEAR_FROM + seeded(seed).between(0, 365) * 86_400_000)
);
const NO_HINTS = new Hints();

const grids = new Map<string, ReturnType<typeof buildGrid>>();

function buildGridOnce(almanac: KnotAlmanac, offset_ms: number) {
  const key = `${almanac.from} ${offset_ms}`;
  const known = grids.get(key) ?? buildGrid(almanac, epochMs(almanac.from + offset_ms));
  grids.set(key, known);
  return known;
}

/**
 * What rank() promises from the ground: the best of all that can be reached stands first. Where the
 * sky itself holds it, the sky's ranking follows; else that of all within reach. Nodes of the sky that
 * would not serve fill up what is left.
 */
function assertFromGround(
  { ask, sky, made, label }: {
    ask: Ask;
    sky: Sky;
    made?: (index: number) => NaiveNode;
    label: string;
  },
): Candidate[] {
  const { almanac } = sky;
  const ours = PLACER.rank(ask, sky);
  const xyz = positionsAt(almanac, ask.at);
  const question = { ask, ...sky, made };
  const above = rankSky(question, xyz);
  const reach = rankReach(question, xyz, neighboursOf(almanac.constellation));
  const serves = ({ refusal }: Ranked) => refusal === null;
  const unwilling = above.filter((one) => !serves(one));
  const travelled = [...reach.filter(serves), ...unwilling];
  const skyIsBest = serves(above[0] ?? { refusal: "gone" }) &&
    above[0].total_s <= travelled[0].total_s + WAIT_TIE_S;
  const isRelayed = ours.some(({ path }) => path.length > 1);
  const expected = skyIsBest && !isRelayed && !agrees(ours, travelled) ? above : travelled;
  assertSameRanking({ ours, expected, label });
  assertPaths({ ours, ask, sky, xyz, label });
  return ours;
}

const agrees = (ours: Candidate[], expected: Ranked[]) =>
  ours.length === Math.min(8, expected.length) &&
  ours.every(({ index }, place) => expected[place]?.index === index);

/** Each path is made of links that are up, begins in the origin's sky, and is as long as it says. */
function assertPaths(
  { ours, ask, sky, xyz, label }: {
    ours: Candidate[];
    ask: Ask;
    sky: Sky;
    xyz: Float64Array;
    label: string;
  },
): void {
  const { constellation } = sky.almanac;
  const neighbours = neighboursOf(constellation);
  for (const { node, path, look, length } of ours) {
    const hops = path.map((id) => constellation.indexOf(id));
    assert.equal(path.at(-1), node, `${label}: the path ends elsewhere`);
    if ("node" in ask.origin) {
      assert.equal(hops[0], ask.origin.node, label);
      assert.equal(look, null, label);
    } else {
      assert.ok(
        look!.elevation >= ask.elevation_mask - 1e-9,
        `${label}: path begins below the mask`,
      );
    }
    let sum = look?.slant_range ?? 0;
    hops.slice(1).forEach((to, k) => {
      const links = neighbours.subarray(4 * hops[k], 4 * hops[k] + 4);
      assert.ok(links.includes(to), `${label}: no link ${path[k]} to ${path[k + 1]}`);
      sum = km(sum + naiveLink(xyz, hops[k], to));
    });
    assert.ok(Math.abs(sum - length) < 1e-6, `${label}: ${node} is ${sum} km away, not ${length}`);
  }
}

for (const { name, make, holds } of SKIES) {
  Deno.test(`rank() over ${name} puts the best node within reach first and equals a full sort`, () =>
    assertFull(make));
  Deno.test(`rank() over ${name} equals the full sort in sparse, high and mixed constellations too`, () =>
    assertMixed(make, holds));
  Deno.test(`rank() over ${name} from a node equals a full sort of all that links lead to`, () =>
    assertFromNode(make));
}

function assertFull(make: MakeSky): void {
  let [relayed, direct] = [0, 0];
  for (let seed = 0; seed < 120; seed++) {
    const random = seeded(seed);
    const { from } = random.pick(WINDOWS);
    const ask = anyAsk(random, from + random.integer(0, KNOT_SPACING_MS));
    const { almanac, finder } = make(FILED, from, epochMs(from + 30_000));
    const xyz = positionsAt(almanac, ask.at);
    const near = rankSky({ almanac, ask, hints: NO_HINTS }, xyz).map(({ index }) => index);
    const hints = anyHints(random, ask, near.slice(0, random.pick([10, 40, 1_000])), FILED.count);
    const sky = { almanac, finder, hints, physics: PHYSICS };
    for (const { path } of assertFromGround({ ask, sky, label: `seed ${seed}` })) {
      if (path.length > 1) relayed++;
      else direct++;
    }
  }
  assert.ok(relayed > 50 && direct > 400, `${relayed} relayed, ${direct} direct`);
}

function assertMixed(make: MakeSky, holds: typeof SKIES[number]["holds"]): void {
  const outcomes = new Map<string | null, number>();
  for (let seed = 0; seed < 500; seed++) {
    const random = seeded(seed);
    const shells = Array.from({ length: random.integer(1, 3) }, (_, s) => ({
      code: `S${s}`,
      altitude_km: random.pick([300, 550, 1_200, 1_500, 8_062]),
      inclination_deg: random.between(0, 180),
      planes: random.integer(1, 20),
      per_plane: random.integer(1, 20),
      phasing: random.integer(0, 5),
      // Now and then a star.
      ...(seed % 5 === 4 && { raan_span_deg: random.pick([90, 180, 195]) }),
    }));
    const constellation = generatedConstellation(`random ${seed}`, shells);
    const from = knotInstant(
      knotNumber(epochMs(YEAR_FROM)) + random.integer(0, 365 * 1_440),
    );
    if (!holds(constellation)) continue;
    for (let round = 0; round < 5; round++) {
      const ask = anyAsk(random, from + random.integer(0, KNOT_SPACING_MS));
      const crowd = Array.from({ length: constellation.count }, (_, index) => index);
      const hints = anyHints(random, ask, crowd, constellation.count);
      const gridAt = epochMs(from + random.integer(0, KNOT_SPACING_MS));
      // In every second constellation the shells are of different hardware.
      const { physics, made } = seed % 2 === 0
        ? { physics: PHYSICS, made: undefined }
        : anyHardware(random, constellation);
      const sky = { ...make(constellation, from, gridAt), hints, physics };
      const label = `seed ${seed}.${round}`;
      for (const { refusal } of assertFromGround({ ask, sky, made, label })) {
        outcomes.set(refusal, (outcomes.get(refusal) ?? 0) + 1);
      }
    }
  }
  // The cases must have met every outcome, or they showed less than the name says.
  const lasting = ["no_memory", "no_hardware", "too_late", "excluded"];
  for (const one of [null, "dark", "hot", "busy", "gone", ...lasting]) {
    assert.ok((outcomes.get(one) ?? 0) > 10, `${one} came up ${outcomes.get(one)} times`);
  }
}

function assertFromNode(make: MakeSky): void {
  for (let seed = 0; seed < 80; seed++) {
    const random = seeded(seed);
    const { from } = random.pick(WINDOWS);
    const { almanac, finder } = make(FILED, from, epochMs(from + 30_000));
    const origin = { node: random.integer(0, FILED.count - 1) };
    const at = from + random.integer(0, KNOT_SPACING_MS);
    const ask: Ask = { ...anyAsk(random, at), origin };
    const xyz = positionsAt(almanac, ask.at);
    const links = neighboursOf(FILED);
    const near = rankReach({ almanac, ask, hints: NO_HINTS }, xyz, links)
      .slice(0, random.pick([0, 1, 60])).map(({ index }) => index);
    const hints = anyHints(random, ask, near, FILED.count);
    const sky = { almanac, finder, hints, physics: PHYSICS };
    const ours = PLACER.rank(ask, sky);
    const expected = rankReach({ almanac, ask, hints }, xyz, links)
      .filter(({ refusal }) => refusal === null);
    assertSameRanking({ ours, expected, label: `seed ${seed}` });
    assertPaths({ ours, ask, sky, xyz, label: `seed ${seed}` });
  }
}

Deno.test("rank() gives the same answer from a grid of any age, of the window before too", () => {
  for (const almanac of WINDOWS) {
    const before = almanacAt(almanac.from - 1);
    const after = almanacAt(almanac.until + 1);
    for (let seed = 0; seed < 25; seed++) {
      const random = seeded(seed);
      const ask = anyAsk(random, almanac.from + random.integer(0, KNOT_SPACING_MS));
      const near = rankSky({ almanac, ask, hints: NO_HINTS }, positionsAt(almanac, ask.at));
      const crowd = near.slice(0, 20).map(({ index }) => index);
      const hints = anyHints(random, ask, crowd, FILED.count);
      const rank = (grid: Grid) =>
        PLACER.rank(ask, {
          almanac,
          finder: new GridFinder(almanac, grid),
          hints,
          physics: PHYSICS,
        });
      const fresh = rank(buildGrid(almanac, ask.at));
      for (const offset_ms of [0, 15_000, 45_000, 60_000]) {
        assert.deepEqual(rank(buildGridOnce(almanac, offset_ms)), fresh, `seed ${seed}`);
      }
      assert.deepEqual(rank(buildGridOnce(before, 5_000)), fresh, `seed ${seed}, grid before`);
      assert.deepEqual(rank(buildGridOnce(after, 55_000)), fresh, `seed ${seed}, grid after`);
    }
  }
});

Deno.test("a sky that refuses sends the ask on over links, and says why where nothing serves", () => {
  const almanac = WINDOWS[0];
  const ask: Ask = {
    ...anyAsk(seeded(5), almanac.from),
    origin: { lat: degrees(48.1), lon: degrees(11.6), alt: km(0.5) },
    model: "scene-indices",
    memory_bytes: 0,
    load_bytes: 0,
    deadline_ms: null,
    elevation_mask: degrees(25),
    policy: null,
  };
  const above = rankSky({ almanac, ask, hints: NO_HINTS }, positionsAt(almanac, ask.at));
  const hints = new Hints();
  for (const { index } of above) {
    hints.note(index, {
      ...QUIET,
      at_ms: ask.at,
      refusing: { refusal: "dark", until_ms: ask.at + 1_000 },
    });
  }
  const sky = {
    almanac,
    finder: new GridFinder(almanac, buildGridOnce(almanac, 30_000)),
    hints,
    physics: PHYSICS,
  };
  const relayed = PLACER.rank(ask, sky);
  assert.deepEqual(relayed.map((c) => c.refusal), Array(8).fill(null));
  assert.ok(relayed.every(({ path }) => path.length > 1));

  const nowhere = PLACER.rank({ ...ask, policy: { admits: () => false } }, sky);
  assert.deepEqual(nowhere.map((c) => c.refusal), Array(8).fill("excluded"));
  const near = above.slice(0, 8).map(({ index }) => index);
  assert.deepEqual(nowhere.map(({ index }) => index), near);

  // Before its deadline only the dark sky is within reach of light.
  const soon = PLACER.rank({ ...ask, bytes_up: 0, bytes_down: 0, deadline_ms: 5 }, sky);
  assert.deepEqual(soon.map(({ index }) => index), near);
  assert.deepEqual(soon.map((c) => c.refusal), Array(8).fill("dark"));

  // A second later the hints have run out and the doors are tried again.
  const later = PLACER.rank({ ...ask, at: epochMs(ask.at + 1_000) }, sky);
  assert.deepEqual(later.map((c) => c.refusal), Array(8).fill(null));
  assert.ok(later.every(({ path }) => path.length === 1));
});
