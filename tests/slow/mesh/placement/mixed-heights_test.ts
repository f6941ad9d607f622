import assert from "node:assert/strict";
import { KnotAlmanac } from "../../../../mesh/orbit/knot-almanac.ts";
import { packCatalogue } from "../../../../mesh/orbit/catalogue.ts";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import type { Elements } from "../../../../mesh/orbit/elements.ts";
import { importedConstellation } from "../../../../mesh/orbit/imported-constellation.ts";
import { computeKnot, KNOT_SPACING_MS, knotNumber } from "../../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import { tleReader } from "../../../../mesh/orbit/import/tle.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { neighboursOf } from "../../../../mesh/placement/isl/neighbours.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import { degrees, epochMs } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { anyHints, anyPlace, PHYSICS } from "../../../unit/mesh/node/any-ask.ts";
import { anyOrbit } from "../../../unit/mesh/orbit/any-orbit.ts";
import { caseText } from "../../../unit/mesh/orbit/cases.ts";
import { readAll } from "../../../unit/mesh/orbit/read-all.ts";
import { positionsAt, rankReach } from "../../../unit/mesh/placement/naive-ranking.ts";

const INSTANTS = 40;
const ORIGINS = 250;
const DAY_MS = 86_400_000;
const EPOCH = Date.UTC(2026, 0, 1);
// Two ways of the same time to the nanosecond are the same choice.
const TIE_S = 1e-9;

const constellationOf = (elements: readonly Elements[]) =>
  importedConstellation(packCatalogue({
    label: "mixed",
    records: elements.map((elements, i) => ({ number: i + 1, name: "", elements })),
  }));

/** A thin low shell with links, and loose ones of every height: most places see only high ones. */
function mixed(random: Random): Elements[] {
  const shell = generatedConstellation("shell", [
    { code: "L", altitude_km: 550, inclination_deg: 53, planes: 8, per_plane: 8, phasing: 1 },
  ]);
  const loose = (count: number, perigee_km: () => number, apogee_km: (perigee: number) => number) =>
    Array.from({ length: count }, () => {
      const perigee = perigee_km();
      return anyOrbit(random, { perigee_km: perigee, apogee_km: apogee_km(perigee) });
    });
  return [
    ...Array.from({ length: shell.count }, (_, i) => ({ ...shell.elements(i), bstar: 1e-4 })),
    ...loose(10, () => random.between(300, 1_500), (perigee) => perigee + 20),
    ...loose(24, () => random.between(8_000, 23_000), (perigee) => perigee + 100),
    ...loose(12, () => 35_780, () => 35_790).map((e, i) => i % 2 ? { ...e, inclination: 1e-3 } : e),
    ...loose(20, () => random.between(250, 1_000), () => random.between(20_000, 58_000)),
  ] as Elements[];
}

interface Count {
  high: number;
  far: number;
  linked: number;
  nobody: number;
}

/** Compares the choice at many places, from grids of any age, with one of no haste. */
function compare(constellation: ReturnType<typeof constellationOf>, instant: number, count: Count) {
  const random = seeded(instant);
  const number = knotNumber(epochMs(EPOCH + random.between(1, 20) * DAY_MS));
  const propagator = new Propagator(constellation);
  const almanac = new KnotAlmanac(
    constellation,
    computeKnot(constellation, propagator, number),
    computeKnot(constellation, propagator, number + 1),
  );
  const at = epochMs(almanac.from + random.integer(0, KNOT_SPACING_MS));
  const grid = buildGrid(almanac, epochMs(almanac.from + random.integer(0, KNOT_SPACING_MS)));
  const xyz = positionsAt(almanac, at);
  const neighbours = neighboursOf(constellation);
  const placer = new Placer();
  for (let o = 0; o < ORIGINS; o++) {
    const ask = {
      at,
      origin: anyPlace(random),
      operations: random.pick([1e6, 1e9]),
      model: "scene-indices",
      memory_bytes: 1e6,
      load_bytes: 0,
      bytes_up: random.pick([0, 10_000]),
      bytes_down: 1_000,
      deadline_ms: null,
      class: "interactive" as const,
      elevation_mask: degrees(random.pick([25, 25, 10, 45])),
      policy: null,
    };
    const hints = random.chance(0.3)
      ? anyHints(
        random,
        ask,
        Array.from({ length: constellation.count }, (_, i) => i),
        xyz.length / 3,
      )
      : new Hints();
    const [ours] = placer.rank(ask, {
      almanac,
      finder: new GridFinder(almanac, grid),
      hints,
      physics: PHYSICS,
    });
    const [naive] = rankReach({ almanac, ask, hints }, xyz, neighbours);
    const label = `instant ${instant}, origin ${o} (${ask.origin.lat}, ${ask.origin.lon})`;
    if (!naive || naive.refusal !== null) {
      assert.ok(!ours || ours.refusal !== null, `${label}: chose ${ours?.node}`);
      count.nobody++;
      continue;
    }
    assert.ok(ours && ours.refusal === null, `${label}: nobody, not ${naive.index}`);
    assert.ok(
      ours.index === naive.index || Math.abs(ours.timing.total - naive.total_s) < TIE_S,
      `${label}: ${ours.index} in ${ours.timing.total} s, not ${naive.index} in ${naive.total_s} s`,
    );
    if (ours.path.length > 1) count.linked++;
    if (ours.length > 3_000) count.high++;
    if (ours.length > 20_000) count.far++;
  }
}

Deno.test("over low, medium, geostationary and eccentric orbits the choice is a scan's, 10,000 of 10,000", () => {
  const constellation = constellationOf(mixed(seeded(1)));
  const count: Count = { high: 0, far: 0, linked: 0, nobody: 0 };
  for (let instant = 0; instant < INSTANTS; instant++) compare(constellation, instant, count);
  assert.ok(count.far > 500 && count.high > 2_000, JSON.stringify(count));
  assert.ok(count.linked > 50 && count.nobody < 3_000, JSON.stringify(count));
});

Deno.test("the geostationary and navigation satellites of case 92 serve whoever sees one", () => {
  const { records } = readAll(tleReader(), caseText("92-geo-meo-heo.tle"));
  const constellation = importedConstellation(packCatalogue({ label: "high", records }));
  const number = knotNumber(epochMs(Date.UTC(2026, 7, 21, 22)));
  const propagator = new Propagator(constellation);
  const almanac = new KnotAlmanac(
    constellation,
    computeKnot(constellation, propagator, number),
    computeKnot(constellation, propagator, number + 1),
  );
  const grid = buildGrid(almanac, almanac.from);
  const hints = new Hints();
  const neighbours = neighboursOf(constellation);
  const xyz = positionsAt(almanac, almanac.from);
  let far = 0;
  for (let seed = 0; seed < 1_000; seed++) {
    const ask = {
      at: almanac.from,
      origin: anyPlace(seeded(seed)),
      operations: 1e9,
      model: "scene-indices",
      memory_bytes: 1e6,
      load_bytes: 0,
      bytes_up: 0,
      bytes_down: 0,
      deadline_ms: null,
      class: "interactive" as const,
      elevation_mask: degrees(25),
      policy: null,
    };
    const [ours] = new Placer().rank(ask, {
      almanac,
      finder: new GridFinder(almanac, grid),
      hints,
      physics: PHYSICS,
    });
    const [naive] = rankReach({ almanac, ask, hints }, xyz, neighbours);
    assert.equal(ours?.index, naive?.index, `seed ${seed}`);
    if (ours && ours.length > 20_000) far++;
  }
  assert.ok(far > 300, `${far}`);
});
