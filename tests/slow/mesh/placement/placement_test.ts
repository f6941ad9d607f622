import assert from "node:assert/strict";
import { ecfToLookAngles, eciToGeodetic } from "satellite.js";
import { KNOT_SPACING_MS } from "../../../../mesh/orbit/knot.ts";
import { ShellAlmanac } from "../../../../mesh/orbit/shell-almanac.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { CANDIDATES_MAX, ELEVATION_MASK, Placer } from "../../../../mesh/placement/place.ts";
import { ShellFinder } from "../../../../mesh/placement/shells/shell-finder.ts";
import { degrees, type EpochMs, epochMs, km } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { almanacAt } from "../../../unit/mesh/orbit/almanac-at.ts";
import { PHYSICS } from "../../../unit/mesh/node/any-ask.ts";
import {
  aboveMask,
  ecfOf,
  FILED,
  filedSatrecs,
  hiddenSun,
  observerOf,
  RAD,
  wholeSky,
} from "../../../unit/mesh/placement/oracle.ts";

// Tables may be 2 cm off: two nodes nearer to each other in range than that are a tie, and a node so
// near to the mask (2 cm at 340 km is 4e-6 degrees) may count as above or below.
const TIE_KM = 2e-5;
const MASK_TIE_DEG = 4e-6;
const INSTANTS = 40;
const ORIGINS_PER_INSTANT = 25;

const YEAR_FROM = Date.UTC(2026, 0, 1);
const ALMANAC = new ShellAlmanac(FILED);
const TABLES = { almanac: ALMANAC, finder: new ShellFinder(ALMANAC) };

/** Poles and date line first, then anywhere on the sphere, then where people live. */
function anyOrigin(slot: number, random: Random): { lat: number; lon: number; alt: number } {
  const lon = random.between(-180, 180);
  const alt = random.pick([0, 0, 0, -0.4, 3.6, 8.8]);
  switch (slot) {
    case 0:
      return { lat: 90, lon, alt };
    case 1:
      return { lat: -90, lon, alt };
    case 2:
      return { lat: random.between(-80, 80), lon: 180, alt };
    case 3:
      return { lat: random.between(-80, 80), lon: -180, alt };
    case 4:
      return { lat: random.pick([-1, 1]) * random.between(82, 90), lon, alt };
    case 5:
      return { lat: 0, lon: random.pick([0, 90, -90, 179.99999, -179.99999]), alt };
  }
  const lat = slot % 2 ? Math.asin(random.between(-1, 1)) / RAD : random.between(-60, 65);
  return { lat, lon, alt };
}

const askOf = (at: number, { lat, lon, alt }: { lat: number; lon: number; alt: number }): Ask => ({
  at: epochMs(at),
  origin: { lat: degrees(lat), lon: degrees(lon), alt: km(alt) },
  operations: 1e9,
  model: "scene-indices",
  memory_bytes: 1e6,
  load_bytes: 0,
  bytes_up: 10_000,
  bytes_down: 1_000,
  deadline_ms: null,
  class: "interactive",
  elevation_mask: ELEVATION_MASK,
  policy: null,
});

Deno.test("rank() puts first the node that a scan of all 41,914 with satellite.js chooses", () => {
  const placer = new Placer();
  const hints = new Hints();
  let [compared, served] = [0, 0];
  for (let instant = 0; instant < INSTANTS; instant++) {
    const random = seeded(instant);
    const almanac = almanacAt(YEAR_FROM + random.between(0, 365) * 86_400_000);
    // The first two at the very knots, the others anywhere between.
    const share = instant < 2 ? instant : random.next();
    const at = epochMs(almanac.from + Math.floor(share * KNOT_SPACING_MS));
    const sky = wholeSky(at);
    for (let slot = 0; slot < ORIGINS_PER_INSTANT; slot++) {
      const origin = anyOrigin(slot, random);
      const label = `seed ${instant}, origin ${slot} (${origin.lat}, ${origin.lon})`;
      const ranked = placer.rank(askOf(at, origin), { ...TABLES, hints, physics: PHYSICS });
      const [nearest] = aboveMask({ sky, place: origin, mask_deg: ELEVATION_MASK });
      compareFirst({ ranked: ranked.map((c) => c.index), nearest, sky, origin, label });
      compared++;
      if (ranked.length > 0) served++;
    }
  }
  assert.equal(compared, 1_000);
  assert.ok(served > 990, `only ${served} origins saw any node`);
});

function compareFirst(
  { ranked, nearest, sky, origin, label }: {
    ranked: number[];
    nearest: { index: number; range_km: number } | undefined;
    sky: Float64Array;
    origin: { lat: number; lon: number; alt: number };
    label: string;
  },
): void {
  if (ranked.length === 0) {
    if (!nearest) return;
    const { elevation } = look(sky, nearest.index, origin);
    assert.ok(elevation / RAD < ELEVATION_MASK + MASK_TIE_DEG, `${label}: missed ${nearest.index}`);
    return;
  }
  const chosen = look(sky, ranked[0], origin);
  assert.ok(chosen.elevation / RAD >= ELEVATION_MASK - MASK_TIE_DEG, `${label}: below the mask`);
  const nearest_km = nearest?.range_km ?? Infinity;
  assert.ok(
    chosen.rangeSat <= nearest_km + TIE_KM,
    `${label}: chose ${FILED.id(ranked[0])} at ${chosen.rangeSat} km, nearest is ${nearest_km} km`,
  );
}

function look(
  sky: Float64Array,
  index: number,
  origin: { lat: number; lon: number; alt: number },
) {
  const node = { x: sky[3 * index], y: sky[3 * index + 1], z: sky[3 * index + 2] };
  return ecfToLookAngles(observerOf(origin), node);
}

Deno.test("rank() describes each candidate as satellite.js sees it", () => {
  const placer = new Placer();
  const hints = new Hints();
  let described = 0;
  for (let seed = 0; seed < 10; seed++) {
    const random = seeded(seed);
    const almanac = almanacAt(YEAR_FROM + random.between(0, 365) * 86_400_000);
    const at = epochMs(almanac.from + random.integer(0, KNOT_SPACING_MS));
    const sky = { ...TABLES, hints, physics: PHYSICS };
    for (let slot = 0; slot < 20; slot++) {
      const origin = anyOrigin(slot, random);
      const ranked = placer.rank(askOf(at, origin), sky);
      assert.ok(
        (ranked[0]?.path.length ?? 1) === 1,
        "nothing refuses: no way is shorter than straight",
      );
      for (const candidate of ranked) {
        if (candidate.path.length > 1) continue;
        checkDescription(candidate, at, origin, `seed ${seed}, origin ${slot}, ${candidate.node}`);
        described++;
      }
    }
  }
  assert.ok(described > 1_000, `${described} described`);
});

function checkDescription(
  candidate: ReturnType<Placer["rank"]>[number],
  at: EpochMs,
  origin: { lat: number; lon: number; alt: number },
  label: string,
): void {
  const node = ecfOf(filedSatrecs()[candidate.index], at);
  const seen = ecfToLookAngles(observerOf(origin), node);
  assert.equal(candidate.node, FILED.id(candidate.index));
  assert.deepEqual(candidate.path, [candidate.node]);
  const { elevation, azimuth, slant_range } = candidate.look!;
  assert.ok(Math.abs(candidate.length - slant_range) < 1e-9, `${label}: length`);
  assert.ok(Math.abs(slant_range - seen.rangeSat) <= TIE_KM, `${label}: range`);
  const elevation_off = Math.abs(elevation - seen.elevation / RAD);
  assert.ok(elevation_off <= MASK_TIE_DEG, `${label}: elevation ${elevation_off} off`);
  const turn = Math.abs(azimuth - seen.azimuth / RAD) % 360;
  const azimuth_off = Math.min(turn, 360 - turn) * Math.cos(seen.elevation);
  assert.ok(azimuth_off <= MASK_TIE_DEG, `${label}: azimuth ${azimuth_off} off`);

  const below = eciToGeodetic(node, 0);
  assert.ok(Math.abs(candidate.sub_point.lat - below.latitude / RAD) < 2e-5, `${label}: latitude`);
  const east = Math.abs(candidate.sub_point.lon - below.longitude / RAD) % 360;
  const lon_off = Math.min(east, 360 - east) * Math.cos(below.latitude);
  assert.ok(lon_off < 2e-5, `${label}: longitude ${lon_off} off`);
  assert.ok(Math.abs(candidate.sub_point.alt - below.height) <= TIE_KM, `${label}: altitude`);

  const hidden = hiddenSun(node, at);
  if (hidden < 0.45) assert.ok(candidate.sunlit, `${label}: ${hidden} hidden`);
  if (hidden > 0.55) assert.ok(!candidate.sunlit, `${label}: ${hidden} hidden`);
}

Deno.test("rank() gives at most CANDIDATES_MAX, none twice, and nothing where nothing is up", () => {
  const placer = new Placer();
  const almanac = almanacAt(YEAR_FROM);
  const grid = buildGrid(almanac, almanac.from);
  const sky = {
    almanac,
    finder: new GridFinder(almanac, grid),
    hints: new Hints(),
    physics: PHYSICS,
  };
  for (let slot = 0; slot < 50; slot++) {
    const origin = anyOrigin(slot, seeded(slot));
    const ranked = placer.rank(askOf(almanac.from, origin), sky);
    assert.ok(ranked.length <= CANDIDATES_MAX);
    assert.equal(new Set(ranked.map((c) => c.index)).size, ranked.length, `seed ${slot}`);
    const straightUp = { ...askOf(almanac.from, origin), elevation_mask: degrees(90) };
    assert.deepEqual(placer.rank(straightUp, sky), [], `seed ${slot}`);
  }
});

Deno.test("rank() throws for an instant that its almanac does not cover", () => {
  const almanac = almanacAt(YEAR_FROM);
  const grid = buildGrid(almanac, almanac.from);
  const sky = {
    almanac,
    finder: new GridFinder(almanac, grid),
    hints: new Hints(),
    physics: PHYSICS,
  };
  const late = askOf(almanac.until + 1, { lat: 0, lon: 0, alt: 0 });
  assert.throws(() => new Placer().rank(late, sky), RangeError);
});
