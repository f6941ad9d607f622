/**
 * Large catalogues: files of 100,000 and 300,000 satellites with drag, each with elements of its own, made
 * here, as there are not so many in orbit. How soon a mesh serves one, what workerd holds, how fast it
 * routes; and whether placement over knots is what a scan with SGP4 chooses.
 * @module
 */
import { readCatalogue } from "../emulator/import.ts";
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import { siteOf } from "../mesh/geo/site.ts";
import { importedConstellation } from "../mesh/orbit/imported-constellation.ts";
import { Propagator, siderealTime } from "../mesh/orbit/propagation.ts";
import { temeToEcef } from "../mesh/orbit/frames.ts";
import { ELEVATION_MASK, Placer } from "../mesh/placement/place.ts";
import { type EpochMs, epochMs, toRadians } from "../mesh/units.ts";
import { mulberry32 } from "../mesh/mulberry32.ts";
import { askOf, knotSkyOf, randomOrigins } from "./field.ts";
import { memoryOf } from "./served.ts";
import { percentiles, type Report, us } from "./timing.ts";

const COUNTS = [100_000, 300_000];
const SMALL = [2_000];
const ROUTES = 50;

export async function benchImports({ small }: { small: boolean }): Promise<Report> {
  const lines: Report["lines"] = [];
  for (const count of small ? SMALL : COUNTS) {
    const data = await Deno.makeTempDir({ prefix: "perigee-bench-" });
    try {
      const file = `${data}/large.json`;
      await writeCatalogue(file, count);
      const nodes = `${count.toLocaleString("en")} nodes`;
      const { start_ms, memory_mb, first_ms, route_us } = await serve(file, data);
      const { differ, asked, import_ms, packed } = await compare(file, small ? 50 : 1_000);
      const told = (what: string, measured: string) =>
        lines.push({ what: `${nodes}: ${what}`, measured, holds: null });
      told("reading the file, packing it", `${(import_ms / 1e3).toFixed(1)} s`);
      told("packed", `${(packed / 1e6).toFixed(1)} MB`);
      told("from the start of the emulator until it serves", `${(start_ms / 1e3).toFixed(1)} s`);
      told("resident memory of workerd", `${memory_mb.toFixed(0)} MB`);
      told("the first route", `${first_ms.toFixed(0)} ms`);
      told("a route over HTTP, p50", us(route_us));
      lines.push({
        what: `${nodes}: choices that differ from a scan's with SGP4`,
        measured: `${differ} of ${asked.toLocaleString("en")}`,
        target: "0",
        holds: differ === 0,
      });
    } finally {
      await Deno.remove(data, { recursive: true });
    }
  }
  return { title: "Large catalogues", lines };
}

/** Low orbits of all inclinations, a few eccentric ones; seeded; as OMM JSON, one record a line. */
async function writeCatalogue(path: string, count: number): Promise<void> {
  const random = mulberry32(300_000);
  const epoch = new Date(Date.now() - 3_600_000).toISOString().slice(0, -1);
  using file = await Deno.open(path, { write: true, create: true });
  const text = new TextEncoder();
  const turn = () => Math.round(random() * 360e4) / 1e4 % 360;
  for (let from = 0; from < count; from += 1_000) {
    const some = Array.from({ length: Math.min(1_000, count - from) }, (_, i) =>
      JSON.stringify({
        OBJECT_NAME: `BENCH-${from + i}`,
        OBJECT_ID: "2026-001A",
        NORAD_CAT_ID: 100_000 + from + i,
        EPOCH: epoch,
        MEAN_MOTION: 13.2 + 2.1 * random(),
        ECCENTRICITY: random() < 0.99 ? 1e-3 * random() : 0.02 * random(),
        INCLINATION: 30 + 70 * random(),
        RA_OF_ASC_NODE: turn(),
        ARG_OF_PERICENTER: turn(),
        MEAN_ANOMALY: turn(),
        BSTAR: 1e-4 * random(),
        MEAN_MOTION_DOT: 0,
        MEAN_MOTION_DDOT: 0,
      }));
    const bytes = text.encode(some.join("\n") + "\n");
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  }
}

async function serve(file: string, data: string) {
  const from = performance.now();
  const settings = { PORT: "0", PERIGEE_DATA: `${data}/mesh`, PERIGEE_CONSTELLATION: file };
  const { url, secrets, close } = await startEmulator(
    readSettings((name) => settings[name as keyof typeof settings], Date.now()),
  );
  const start_ms = performance.now() - from;
  try {
    const headers = {
      Authorization: `Bearer ${secrets.dev_key}`,
      "Content-Type": "application/json",
    };
    const times = new Float64Array(ROUTES);
    for (const [i, { lat, lon }] of randomOrigins(7, ROUTES).entries()) {
      const at = performance.now();
      const body = JSON.stringify({ model: "drive-rss", origin: { lat, lon } });
      const reply = await fetch(`${url}/v1/route`, { method: "POST", headers, body });
      const text = await reply.text();
      if (reply.status !== 200) throw new Error(`/v1/route: ${reply.status} ${text}`);
      times[i] = (performance.now() - at) * 1e3;
    }
    return {
      start_ms,
      memory_mb: await memoryOf(`${data}/mesh`),
      first_ms: times[0] / 1e3,
      route_us: percentiles(times).p50_us,
    };
  } finally {
    await close();
  }
}

/** Of the file, at an instant between two knots: the best of placement beside the nearest of a scan. */
async function compare(file: string, asks: number) {
  const at = epochMs(Math.floor(Date.now() / 60_000) * 60_000 + 25_000);
  const from = performance.now();
  const { catalogue } = await readCatalogue(file, { now: at });
  const import_ms = performance.now() - from;
  const constellation = importedConstellation(catalogue);
  const sky = knotSkyOf(constellation, at);
  const positions = positionsOf(constellation, at);
  const placer = new Placer();
  const origins = randomOrigins(31, asks);
  const differ = origins.filter((origin) => {
    const { position, up } = siteOf(origin);
    const sine = Math.sin(toRadians(ELEVATION_MASK));
    let nearest = Infinity;
    const rangeOf = (i: number): number => {
      const [dx, dy, dz] = [
        positions[3 * i] - position.x,
        positions[3 * i + 1] - position.y,
        positions[3 * i + 2] - position.z,
      ];
      const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
      return dx * up.x + dy * up.y + dz * up.z >= sine * range ? range : Infinity;
    };
    for (let i = 0; i < constellation.count; i++) nearest = Math.min(nearest, rangeOf(i));
    const [best] = placer.rank({ ...askOf(origin), at }, sky);
    if (nearest === Infinity) return best !== undefined && best.path.length === 1;
    // Knots are within a metre of SGP4: of two so near to each other either is right.
    return !(best && rangeOf(best.index) - nearest <= 2e-3);
  }).length;
  return { differ, asked: asks, import_ms, packed: catalogue.bytes.byteLength };
}

function positionsOf(
  constellation: ReturnType<typeof importedConstellation>,
  at: EpochMs,
): Float64Array {
  const propagator = new Propagator(constellation);
  const gmst = siderealTime(at);
  const [teme, ecef] = [new Float64Array(6), new Float64Array(6)];
  const positions = new Float64Array(3 * constellation.count);
  for (let i = 0; i < constellation.count; i++) {
    if (!propagator.state(i, at, teme)) continue;
    temeToEcef(teme, gmst, ecef);
    positions.set(ecef.subarray(0, 3), 3 * i);
  }
  return positions;
}
