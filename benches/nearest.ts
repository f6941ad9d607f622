/**
 * The 8 best of 41,914 from a random origin: ours by shell tables, ours by knots and a grid, a linear
 * scan with satellite.js at that instant, a linear scan of our own almanac, and kdbush with geokdbush
 * over sub-satellite points.
 * @module
 */
import { around } from "geokdbush";
import KDBush from "kdbush";
import { ecfToLookAngles, eciToEcf, gstime, json2satrec, type SatRec, sgp4 } from "satellite.js";
import { siteOf } from "../mesh/geo/site.ts";
import { toOmm } from "../mesh/orbit/elements.ts";
import { ecefToGeodetic, type Geodetic } from "../mesh/orbit/frames.ts";
import { Best } from "../mesh/placement/best.ts";
import type { Finder } from "../mesh/placement/finder.ts";
import { Placer } from "../mesh/placement/place.ts";
import type { Sky } from "../mesh/placement/sky.ts";
import { askOf, AT, byRange, FILED, knotSkyOf, randomOrigins, skyOf, viewOf } from "./field.ts";
import { percentiles, type Report, timeEach, type Times, us } from "./timing.ts";

const K = 8;
const MASK_DEG = 25;

export function benchNearest({ small }: { small: boolean }): Report {
  const [sky, knots] = [skyOf(FILED), knotSkyOf(FILED)];
  const origins = randomOrigins(1, small ? 500 : 50_000);
  const [ours, grid] = timeInTurn([sky.finder, knots.finder], origins);
  const satellite = timeEach(origins.slice(0, small ? 2 : 40), scanWithSatellite());
  const linear = timeEach(origins.slice(0, small ? 20 : 1_000), (o) => scanAlmanac(sky, o));
  const kd = timeKdbush(sky, origins.slice(0, small ? 100 : 10_000));
  const ratio = satellite.p50_us / ours.p50_us;
  const mean = ours.mean_us / grid.mean_us;
  const [placed, placedByKnots] = rankInTurn([sky, knots], origins.slice(0, small ? 50 : 5_000));
  const whole = placed.p50_us / placedByKnots.p50_us;
  return {
    title: `The ${K} best of ${FILED.count.toLocaleString("en")} from a random origin`,
    lines: [
      {
        what: "satellite.js scanning all, over ours (medians)",
        measured: `${Math.round(ratio).toLocaleString("en")} x`,
        target: "at least 5,000 x",
        holds: ratio >= 5_000,
      },
      { what: "ours, p50", measured: us(ours.p50_us), target: "5 us", holds: ours.p50_us <= 5 },
      { what: "ours, p99", measured: us(ours.p99_us), target: "20 us", holds: ours.p99_us <= 20 },
      {
        what: "a whole placement, p50, over that by knots and a grid, case by case in turn",
        measured: `${us(placed.p50_us)}, ${whole.toFixed(2)} x`,
        holds: null,
      },
      {
        what: "the search alone over that of a grid (means)",
        measured: `${mean.toFixed(2)} x`,
        holds: null,
      },
      {
        what: "knots and a grid, p50 and p99",
        measured: `${us(grid.p50_us)}, ${us(grid.p99_us)}`,
        holds: null,
      },
      { what: "satellite.js scanning all, p50", measured: us(satellite.p50_us), holds: null },
      {
        what: "a linear scan of our almanac, p50, and over ours",
        measured: `${us(linear.p50_us)}, ${Math.round(linear.p50_us / ours.p50_us)} x`,
        holds: null,
      },
      {
        what: "geokdbush, a query alone (nearest on the ground, no mask), and over ours",
        measured: `${us(kd.query_us)}, ${(kd.query_us / ours.p50_us).toFixed(1)} x`,
        holds: null,
      },
      { what: "kdbush, its index of one instant", measured: us(kd.build_us), holds: null },
    ],
  };
}

/** Each origin with each finder before the next origin: what slows the machine slows all of them. */
export function timeInTurn(finders: readonly Finder[], origins: readonly Geodetic[]): Times[] {
  const best = new Best(K);
  const views = origins.map(viewOf);
  // Once over all of it, so that what is timed is the code that a busy isolate runs.
  for (const finder of finders) for (const view of views) finder.above(view, byRange, best);
  const times = finders.map(() => new Float64Array(views.length));
  views.forEach((view, v) => {
    finders.forEach((finder, f) => {
      const from = performance.now();
      finder.above(view, byRange, best);
      times[f][v] = (performance.now() - from) * 1e3;
    });
  });
  return times.map(percentiles);
}

/** Whole placements: the search, and what explains eight candidates. */
function rankInTurn(skies: readonly Sky[], origins: readonly Geodetic[]): Times[] {
  const placer = new Placer();
  const asks = origins.map(askOf);
  for (const sky of skies) for (const ask of asks) placer.rank(ask, sky);
  const times = skies.map(() => new Float64Array(asks.length));
  asks.forEach((ask, a) => {
    skies.forEach((sky, s) => {
      const from = performance.now();
      placer.rank(ask, sky);
      times[s][a] = (performance.now() - from) * 1e3;
    });
  });
  return times.map(percentiles);
}

/** As anybody would write it with the library, its records made beforehand. */
function scanWithSatellite(): (origin: Geodetic) => number {
  const records: SatRec[] = Array.from(
    { length: FILED.count },
    (_, i) => json2satrec({ ...toOmm({ id: "", number: i + 1, elements: FILED.elements(i) }) }),
  );
  const date = new Date(AT);
  return (origin) => {
    const observer = {
      latitude: origin.lat * Math.PI / 180,
      longitude: origin.lon * Math.PI / 180,
      height: origin.alt,
    };
    const gmst = gstime(date);
    const seen: { index: number; range: number }[] = [];
    for (let i = 0; i < records.length; i++) {
      const state = sgp4(records[i], (AT - FILED.elements(0).epoch) / 60_000);
      if (!state) continue;
      const look = ecfToLookAngles(observer, eciToEcf(state.position, gmst));
      if (look.elevation >= MASK_DEG * Math.PI / 180) seen.push({ index: i, range: look.rangeSat });
    }
    return seen.sort((a, b) => a.range - b.range).slice(0, K).length;
  };
}

function scanAlmanac({ almanac }: Sky, origin: Geodetic): number {
  const { position, up } = siteOf(origin);
  const positions = almanac.at(AT);
  const sin_mask = Math.sin(MASK_DEG * Math.PI / 180);
  const xyz = new Float64Array(3);
  const seen: { index: number; range: number }[] = [];
  for (let i = 0; i < FILED.count; i++) {
    positions.position(i, xyz);
    const dx = xyz[0] - position.x;
    const dy = xyz[1] - position.y;
    const dz = xyz[2] - position.z;
    const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (dx * up.x + dy * up.y + dz * up.z >= sin_mask * range) seen.push({ index: i, range });
  }
  return seen.sort((a, b) => a.range - b.range).slice(0, K).length;
}

function timeKdbush({ almanac }: Sky, origins: Geodetic[]) {
  const positions = almanac.at(AT);
  const xyz = new Float64Array(3);
  const points = Array.from({ length: FILED.count }, (_, i) => {
    positions.position(i, xyz);
    return ecefToGeodetic({ x: xyz[0], y: xyz[1], z: xyz[2] });
  });
  const build = () => {
    const index = new KDBush(points.length);
    for (const { lon, lat } of points) index.add(lon, lat);
    return index.finish();
  };
  const build_us = timeEach([1, 2, 3, 4, 5], build).p50_us;
  const index = build();
  const query_us = timeEach(origins, ({ lon, lat }) => around(index, lon, lat, K)).p50_us;
  return { build_us, query_us };
}
