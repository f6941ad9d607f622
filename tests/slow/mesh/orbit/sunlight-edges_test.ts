import assert from "node:assert/strict";
import type { Elements } from "../../../../mesh/orbit/elements.ts";
import { shadowClearance } from "../../../../mesh/orbit/eclipse.ts";
import { tleReader } from "../../../../mesh/orbit/import/tle.ts";
import { sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, radians } from "../../../../mesh/units.ts";
import { meeusSun } from "../../../../tools/accuracy/meeus-sun.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { testWith, TLE_FILE, TLE_INSTANT } from "../../../support/real-catalogues.ts";
import { anyOrbit, anyOrbitAtAll } from "../../../unit/mesh/orbit/any-orbit.ts";
import {
  type Edge,
  naiveEdges,
  type Path,
  pathOf,
  satelliteJsSun,
  tabulated,
  type Window,
} from "../../../unit/mesh/orbit/naive-sunlight.ts";
import { FILED } from "../../../unit/mesh/placement/oracle.ts";
import { readAll } from "../../../unit/mesh/orbit/read-all.ts";
import { tleText } from "../../../unit/mesh/orbit/tle-samples.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
// What the mesh promises of every sunrise and sunset.
const PROMISE_MS = 1_000;
// With satellite.js's Sun both compute the same by two ways: the last bit of its Julian date is 0.04 ms.
const SAME_SUN_MS = 2;
// A scan each second can miss an eclipse, or a glimpse of the Sun, that fits between two of its looks.
const BLINK_MS = 1_000;
// Two Suns are 0.01 degrees apart at most, and so are the edges of their shadows at 600 km. An eclipse
// that is shallower may be in one of the two only, and an edge that is crossed at less than 1.3 km/s may
// be more than a second off: by what it takes to cross so much.
const SUN_OFF_KM = 1.3;

// A day on which the nodes of one Sun-synchronous plane come out of their season of eclipses: the last
// of each node take less than a minute.
const DAY_FROM = Date.UTC(2026, 6, 10);
const GRAZING_PLANE = "G2D-015";
const GRAZING_NODES = 60;
const NODES = 200;
const SHORT_MS = 60_000;
const PROMPT_SHARE_MIN = 0.9;

function oursIn(elements: Elements, { from, until }: Window): Edge[] {
  return sunlightOf(elements)(epochMs(from), epochMs(until))
    .slice(1).map(({ from: at, sunlit: lit }) => ({ at, lit }));
}

/**
 * Pairs the edges of both in their order. Where one has two edges that the other has not, a short
 * stretch of light or dark between them, `mayLack` says whether that is an excuse.
 */
function paired(
  ours: Edge[],
  naive: Edge[],
  mayLack: (a: Edge, b: Edge) => boolean,
  label: string,
): [ours: Edge, naive: Edge][] {
  const pairs: [Edge, Edge][] = [];
  let [o, n] = [0, 0];
  while (o < ours.length || n < naive.length) {
    const [mine, theirs] = [ours[o], naive[n]];
    const next = { mine: ours[o + 1], theirs: naive[n + 1] };
    const oneOfOurs = mine && next.mine && (!theirs || next.mine.at <= theirs.at);
    const oneOfTheirs = theirs && next.theirs && (!mine || next.theirs.at <= mine.at);
    if (oneOfOurs && mayLack(mine, next.mine)) o += 2;
    else if (oneOfTheirs && mayLack(theirs, next.theirs)) n += 2;
    else {
      if (!mine || !theirs || mine.lit !== theirs.lit) {
        assert.fail(`${label}: ours ${JSON.stringify(mine)}, naive ${JSON.stringify(theirs)}`);
      }
      pairs.push([mine, theirs]);
      [o, n] = [o + 1, n + 1];
    }
  }
  return pairs;
}

const isBlink = (a: Edge, b: Edge): boolean => b.at - a.at <= BLINK_MS;

/** km outside the shadow, with satellite.js's Sun. */
function clearanceAt(path: Path, at: number): number {
  const { x, y, z } = satelliteJsSun(at);
  const distance = Math.hypot(x, y, z);
  return shadowClearance(path(at)!, { x: x / distance, y: y / distance, z: z / distance });
}

/** km/s across the edge of the shadow. */
const speedAt = (path: Path, at: number): number =>
  Math.abs(clearanceAt(path, at + 500) - clearanceAt(path, at - 500));

/** Nodes of all shells, and many of one plane that grazes the shadow. */
function someNodes(): number[] {
  const first = FILED.indexOf(`${GRAZING_PLANE}-000`);
  return Array.from({ length: NODES }, (_, k) => {
    if (k < GRAZING_NODES) return first + 2 * k;
    const group = k % FILED.groups.length;
    const random = seeded(k);
    let index = random.integer(0, FILED.count - 1);
    while (FILED.group(index) !== group) index = random.integer(0, FILED.count - 1);
    return index;
  });
}

Deno.test("every sunrise and sunset of 200 nodes in a day is the naive one, those that graze too", () => {
  const window = { from: DAY_FROM, until: DAY_FROM + DAY_MS, step_ms: 1_000 };
  const suns = [tabulated(satelliteJsSun, window), tabulated(meeusSun, window)];
  const groups = new Set<number>();
  let [edges, short, prompt] = [0, 0, 0];
  for (const index of someNodes()) {
    const elements = FILED.elements(index);
    const [path, ours] = [pathOf(elements), oursIn(elements, window)];
    const [same, better] = naiveEdges(path, suns, window);
    const label = FILED.id(index);
    for (const [mine, naive] of paired(ours, same, isBlink, label)) {
      const off_ms = Math.abs(mine.at - naive.at);
      assert.ok(off_ms <= SAME_SUN_MS, `${label}: ${off_ms} ms off at ${mine.at}`);
    }
    const isShallow = (a: Edge, b: Edge): boolean =>
      Math.abs(clearanceAt(path, (a.at + b.at) / 2)) <= SUN_OFF_KM;
    for (const [mine, naive] of paired(ours, better, isShallow, `${label}, Meeus`)) {
      const slowest = Math.min(speedAt(path, mine.at), speedAt(path, naive.at));
      const tolerance_ms = Math.max(PROMISE_MS, 1e3 * SUN_OFF_KM / slowest);
      const off_ms = Math.abs(mine.at - naive.at);
      assert.ok(off_ms <= tolerance_ms, `${label}: ${off_ms} ms off at ${mine.at}, Meeus`);
      if (off_ms <= PROMISE_MS) prompt++;
    }
    edges += ours.length;
    short += ours.filter(({ at, lit }, e) => e > 0 && lit && at - ours[e - 1].at < SHORT_MS).length;
    groups.add(FILED.group(index));
  }
  assert.equal(groups.size, FILED.groups.length);
  assert.ok(edges > 4_000, `${edges} edges`);
  assert.ok(short >= GRAZING_NODES, `${short} eclipses shorter than a minute`);
  assert.ok(prompt > PROMPT_SHARE_MIN * edges, `${prompt} of ${edges} within a second of Meeus's`);
});

Deno.test("orbits of any shape have the edges of a fine scan", () => {
  let edges = 0;
  for (let seed = 0; seed < 150; seed++) {
    const elements = anyOrbitAtAll(seeded(seed));
    const from = Math.round(elements.epoch) + seeded(~seed).integer(-DAY_MS, 20 * DAY_MS);
    edges += comparedWithScan(
      elements,
      { from, until: from + 12 * HOUR_MS, step_ms: 10_000 },
      `${seed}`,
    );
  }
  assert.ok(edges > 1_000, `${edges} edges`);
});

Deno.test("orbits of the verification suite, Molniya and geostationary ones, have the edges of a scan", () => {
  const { records } = readAll(tleReader(), tleText());
  let edges = 0;
  for (const { name, elements } of records) {
    // Each equinox is within: the season in which a geostationary orbit meets the shadow.
    const from = Date.UTC(2006, 2, 1);
    for (let day = 0; day < 210; day += 30) {
      const window = {
        from: from + day * DAY_MS,
        until: from + (day + 1) * DAY_MS,
        step_ms: 20_000,
      };
      edges += comparedWithScan(elements, window, `${name}, day ${day}`);
    }
  }
  assert.ok(edges > 100, `${edges} edges`);
});

testWith(TLE_FILE, "real element sets have the edges of a scan", () => {
  const { records } = readAll(tleReader(), Deno.readTextFileSync(TLE_FILE));
  let edges = 0;
  for (let seed = 0; seed < 100; seed++) {
    const { name, elements } = records[seeded(seed).integer(0, records.length - 1)];
    const window = { from: TLE_INSTANT, until: TLE_INSTANT + 12 * HOUR_MS, step_ms: 5_000 };
    edges += comparedWithScan(elements, window, name);
  }
  assert.ok(edges > 1_000, `${edges} edges`);
});

Deno.test("no eclipse of a tenth of a second is missed", () => {
  let found = 0;
  for (let seed = 0; seed < 80; seed++) {
    const graze = grazing(seeded(seed));
    if (!graze) continue;
    const { elements, edges: [entry, exit] } = graze;
    const ours = oursIn(elements, {
      from: entry - HOUR_MS / 4,
      until: exit + HOUR_MS / 4,
      step_ms: 1,
    });
    assert.deepEqual(ours, [{ at: entry, lit: false }, { at: exit, lit: true }], `seed ${seed}`);
    found++;
  }
  assert.ok(found >= 20, `${found} grazing passes`);
});

/** @returns the number of edges */
function comparedWithScan(elements: Elements, window: Window, label: string): number {
  const ours = oursIn(elements, window);
  const [naive] = naiveEdges(pathOf(elements), [satelliteJsSun], window);
  const mayLack = (a: Edge, b: Edge): boolean => b.at - a.at <= window.step_ms;
  for (const [mine, theirs] of paired(ours, naive, mayLack, label)) {
    const off_ms = Math.abs(mine.at - theirs.at);
    assert.ok(off_ms <= SAME_SUN_MS, `${label}: ${off_ms} ms off at ${mine.at}`);
  }
  return ours.length;
}

// A node at 340 km that is in the dark for 0.1 s has been a millimetre deep in the shadow.
const GRAZE_MS = { min: 80, max: 120 };

/** An orbit turned about the Earth's axis until an eclipse of it takes a tenth of a second. */
function grazing(random: Random): { elements: Elements; edges: [number, number] } | null {
  const perigee_km = random.between(250, 1_200);
  const apogee_km = perigee_km + random.pick([0, 10, 100, 3_000]);
  const base = anyOrbit(random, { perigee_km, apogee_km });
  const from = Math.round(base.epoch) + random.integer(0, 300 * DAY_MS);
  const turned = (raan: number): Elements => ({ ...base, raan: radians(raan) });
  const until = from + 60_000 * 2 * Math.PI / base.mean_motion;
  const darkest = (raan: number) => lowest(pathOf(turned(raan)), from, Math.round(until));
  // Where the orbit stops to be eclipsed; its last kilometre of depth goes by in 0.03 degrees.
  let dark = random.between(0, 2 * Math.PI);
  let lit = dark;
  for (let tries = 0; darkest(lit).clearance_km < 0; tries++) {
    if (tries > 40) return null;
    [dark, lit] = [lit, lit + 0.1];
  }
  if (dark === lit) return null;
  for (let round = 0; round < 60; round++) {
    const raan = (dark + lit) / 2;
    const path = pathOf(turned(raan));
    const { at, clearance_km } = darkest(raan);
    const isDark = (ms: number) => clearanceAt(path, ms) < 0;
    if (clearance_km >= 0) lit = raan;
    else if (isDark(at - GRAZE_MS.max) || isDark(at + GRAZE_MS.max)) dark = raan;
    else {
      let [entry, exit] = [at, at];
      while (isDark(entry - 1)) entry--;
      while (isDark(exit)) exit++;
      if (exit - entry >= GRAZE_MS.min) return { elements: turned(raan), edges: [entry, exit] };
      lit = raan;
    }
  }
  return null;
}

/** Where the clearance is least: every minute, and the golden section about the lowest. */
function lowest(path: Path, from: number, until: number): { at: number; clearance_km: number } {
  let best = from;
  for (let at = from; at < until; at += 60_000) {
    if (clearanceAt(path, at) < clearanceAt(path, best)) best = at;
  }
  let [low, high] = [best - 60_000, best + 60_000];
  while (high - low > 4) {
    const [a, b] = [0.382, 0.618].map((share) => Math.round(low + share * (high - low)));
    if (clearanceAt(path, a) < clearanceAt(path, b)) high = b;
    else low = a;
  }
  const at = Math.round((low + high) / 2);
  return { at, clearance_km: clearanceAt(path, at) };
}
