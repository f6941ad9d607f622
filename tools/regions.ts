/**
 * How far an asker is from the object that answers, with the state following its satellite and with
 * the object staying where it was first touched; prints the table of docs/regions.md.
 *
 * ```sh
 * deno run -A tools/regions.ts
 * ```
 * All of it is modelled: metros stand for data centres, great circles for cables. Without chance: the
 * same figures on every run; tests/slow/tools/regions_test.ts holds the page to them.
 * @module
 */
import { isLand } from "../contract/countries.ts";
import { MEAN_RADIUS_KM } from "../mesh/orbit/earth.ts";
import { FILED } from "../mesh/orbit/filed.ts";
import { type Ecef, geodeticToEcef, temeToEcef } from "../mesh/orbit/frames.ts";
import { Propagator, siderealTime } from "../mesh/orbit/propagation.ts";
import { type Anchor, anchorBelow, ANCHORS } from "../mesh/region.ts";
import { SLOT_MS, type Tenure, tenuresOf } from "../mesh/tenure.ts";
import { degrees, type EpochMs, epochMs, type Km, km, toRadians } from "../mesh/units.ts";

const START = epochMs(Date.UTC(2026, 10, 23));
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Instants of a week, each with its own askers. */
const INSTANTS = 24;
const ASKERS = 250;
const LATITUDE_MAX = 60;
const TENURE_NODES = 400;
/** Fractions of its multiples fill any interval evenly, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

// Two thirds of the speed of light in vacuum: a refractive index of 1.5, a usual round figure.
const FIBRE_KM_S = 299_792.458 * 2 / 3;

interface Place {
  lat: number;
  lon: number;
}

export interface Row {
  what: string;
  figure: string;
}

/** Where the object is, as the answer's data centre is not ours to choose: only its region is. */
interface Distances {
  nearest: Km[];
  anywhere: Km[];
  /** As anywhere, with no objects where the platform makes none today. */
  today: Km[];
  stays: Km[];
}

export function measureAll(): Row[] {
  const { nearest, anywhere, today, stays } = measureDistances();
  const tenures = measureTenures();
  const lengths = tenures.map(({ epoch, until }) => (until - epoch * SLOT_MS) / 1e3);
  return [
    { what: "Follows, and answers in the metro nearest below", figure: spread(nearest) },
    { what: "Follows, and answers in any one metro of the region", figure: spread(anywhere) },
    { what: "The same as it is today: none are made in sam, afr and me", figure: spread(today) },
    { what: "Stays where its node was first touched", figure: spread(stays) },
    { what: "Crossings of a node in a day", figure: `${round(tenures.length / TENURE_NODES)}` },
    {
      what: "Length of a tenure",
      figure: `p50 ${round(quantile(lengths, 0.5))} s, p99 ${round(quantile(lengths, 0.99))} s, ` +
        `longest ${round(quantile(lengths, 1))} s`,
    },
  ];
}

export const tableOf = (rows: readonly Row[]): string =>
  [
    "| object, or border | modelled |",
    "| --- | --- |",
    ...rows.map(({ what, figure }) => `| ${what} | ${figure} |`),
  ].join("\n");

/** Each asker asks the node nearest to it, in the first moment of a slot. */
function measureDistances(): Distances {
  const distances: Distances = { nearest: [], anywhere: [], today: [], stays: [] };
  const propagator = new Propagator(FILED);
  const positions = new Float64Array(3 * FILED.count);
  const askers = landPlaces(INSTANTS * ASKERS);
  for (let i = 0; i < INSTANTS; i++) {
    const at = slotStart(START + fraction(i * GOLDEN) * WEEK_MS);
    for (let index = 0; index < FILED.count; index++) {
      const { x, y, z } = positionOf(propagator, index, at);
      positions.set([x, y, z], 3 * index);
    }
    for (let n = i; n < askers.length; n += INSTANTS) {
      const index = nearestTo(askers[n], positions);
      const below = anchorBelow(positionOf(propagator, index, at));
      const touched = slotStart(at - fraction(n * GOLDEN) * WEEK_MS);
      const first = anchorBelow(positionOf(propagator, index, touched));
      distances.nearest.push(greatCircle(askers[n], below));
      const metro = someMetro(below, index);
      distances.anywhere.push(greatCircle(askers[n], metro));
      distances.today.push(greatCircle(askers[n], openMetro(metro)));
      distances.stays.push(greatCircle(askers[n], first));
    }
  }
  return distances;
}

/** Evenly over the land between 60 S and 60 N: a spiral of golden turns, less what is sea. */
function landPlaces(count: number): Place[] {
  const places: Place[] = [];
  // Some 29 % of this belt is land.
  const steps = 4 * count;
  const top = Math.sin(LATITUDE_MAX * Math.PI / 180);
  for (let k = 0; k < steps; k++) {
    const lat = Math.asin(top * (1 - (2 * k + 1) / steps)) * 180 / Math.PI;
    const lon = 360 * fraction(k * GOLDEN) - 180;
    if (isLand(lat, lon)) places.push({ lat, lon });
  }
  return places;
}

function nearestTo({ lat, lon }: Place, positions: Float64Array): number {
  const { x, y, z } = geodeticToEcef({ lat: degrees(lat), lon: degrees(lon), alt: km(0) });
  let best = 0;
  let bestSquare = Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    const [dx, dy, dz] = [positions[i] - x, positions[i + 1] - y, positions[i + 2] - z];
    const square = dx * dx + dy * dy + dz * dz;
    if (square >= bestSquare) continue;
    best = i / 3;
    bestSquare = square;
  }
  return best;
}

const state = new Float64Array(6);

function positionOf(propagator: Propagator, index: number, at: EpochMs): Ecef {
  if (!propagator.state(index, at, state)) throw new Error(`${FILED.id(index)} does not fly`);
  temeToEcef(state, siderealTime(at), state);
  return { x: state[0], y: state[1], z: state[2] };
}

/** An object stays in one data centre of its region for good: one metro for each node. */
function someMetro({ region }: Anchor, index: number): Anchor {
  const metros = ANCHORS.filter((anchor) => anchor.region === region);
  return metros[index % metros.length];
}

// Of the location hints that Cloudflare takes, those where it makes no objects, but "nearby"
// (cloudflare-docs 18472 and 22787, as of 2025).
const CLOSED: ReadonlySet<string> = new Set(["sam", "afr", "me"]);

/** Where an object is made that is wanted in a metro: there, or in the nearest one that has any. */
function openMetro(metro: Anchor): Anchor {
  if (!CLOSED.has(metro.region)) return metro;
  const open = ANCHORS.filter(({ region }) => !CLOSED.has(region));
  return open.reduce((a, b) => greatCircle(metro, b) < greatCircle(metro, a) ? b : a);
}

/** Haversine, on a sphere: at most 0.6 % off. */
function greatCircle(a: Place, b: Place): Km {
  const [latA, latB] = [toRadians(degrees(a.lat)), toRadians(degrees(b.lat))];
  const half = Math.sin(toRadians(degrees(b.lon - a.lon)) / 2);
  const h = Math.sin((latB - latA) / 2) ** 2 + Math.cos(latA) * Math.cos(latB) * half ** 2;
  return km(2 * MEAN_RADIUS_KM * Math.asin(Math.sqrt(h)));
}

/** Tenures that end on one day, of nodes of all shells. */
function measureTenures(): Tenure[] {
  const tenures: Tenure[] = [];
  for (let n = 0; n < TENURE_NODES; n++) {
    const { tenureAt } = tenuresOf(FILED.elements(Math.floor(n * FILED.count / TENURE_NODES)));
    for (let tenure = tenureAt(START); tenure.until < START + DAY_MS;) {
      tenures.push(tenure);
      tenure = tenureAt(tenure.until);
    }
  }
  return tenures;
}

const fraction = (x: number): number => x - Math.floor(x);
const slotStart = (at: number): EpochMs => epochMs(Math.floor(at / SLOT_MS) * SLOT_MS);

/** Two digits: a figure here is a size, not a constant. */
const round = (n: number): string => Number(n.toPrecision(2)).toLocaleString("en");

function spread(distances: readonly Km[]): string {
  const [p50, p99] = [quantile(distances, 0.5), quantile(distances, 0.99)];
  const light_ms = (distance: number) => round(2e3 * distance / FIBRE_KM_S);
  return `p50 ${round(p50)} km, p99 ${round(p99)} km; light in fibre there and back ` +
    `p50 ${light_ms(p50)} ms, p99 ${light_ms(p99)} ms`;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

if (import.meta.main) console.log(tableOf(measureAll()));
