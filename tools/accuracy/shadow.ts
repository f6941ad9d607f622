/**
 * What the shadow costs: a cylinder behind a flattened Earth, all or nothing, with a Sun of low
 * precision. Its edges against satellite.js's cones, against the round Earth that most tools have, and
 * against a better Sun, in seconds; what passes through the penumbra, in joules.
 * @module
 */
import { shadowFraction, sunPos } from "satellite.js";
import { DEFAULT_PROFILE } from "../../mesh/node/profile.ts";
import { POLAR_STRETCH, SHADOW_RADIUS_KM, shadowClearance } from "../../mesh/orbit/eclipse.ts";
import type { Elements } from "../../mesh/orbit/elements.ts";
import type { Ecef } from "../../mesh/orbit/frames.ts";
import { julianDate, propagatorOf, sunDirectionTeme } from "../../mesh/orbit/propagation.ts";
import { type LightStretch, sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { epochMs } from "../../mesh/units.ts";
import { meeusSun } from "./meeus-sun.ts";
import { DAY_MS, FILED, YEAR_FROM } from "./sky.ts";
import { quantile, spread } from "./spread.ts";

export interface Shadow {
  edges: number;
  /** How long before or after our edge half of the Sun is hidden. */
  half_light_s: Spread;
  /** How long the Sun is partly hidden, from first touch to none left. */
  penumbra_s: Spread;
  /** Energy of the array that all or nothing misses or invents, for each way through the penumbra. */
  penumbra_j: Spread;
  /** How much earlier or later the edge would be, were the Earth round. */
  round_s: Spread;
  /** And with a better Sun. */
  sun_s: Spread;
  /** Between our Sun and the better one, degrees. */
  sun_deg: { mean: number; worst: number };
  /** Edges for which a reference has none near by: the node grazes the shadow, or just misses it. */
  grazing: number;
}

export interface Spread {
  median: number;
  p99: number;
  worst: number;
}

const NODES = 1_000;
const SPAN_MS = 3 * 3_600_000;
const SUNS = 10_000;

export function measureShadow(): Shadow {
  const [half, penumbra, joules, round, sun]: number[][] = [[], [], [], [], []];
  let [edges, grazing] = [0, 0];
  for (let k = 0; k < NODES; k++) {
    const elements = FILED.elements(Math.floor(spread(k, 0) * FILED.count));
    const from = epochMs(Math.floor(YEAR_FROM + spread(k, 1) * 365 * DAY_MS));
    const stretches = sunlightOf(elements)(from, epochMs(from + SPAN_MS));
    const views = viewsOf(elements);
    joules.push(...penumbraJoules(views, stretches));
    for (const { until, sunlit } of stretches.slice(0, -1)) {
      edges++;
      const found = [
        ...[0.5, 1e-9, 1 - 1e-9].map((share) => (at: number) => views.hidden(at) - share),
        (at: number) => -views.round(at),
        (at: number) => -views.betterSun(at),
      ].map((darkness) => crossing(darkness, until, sunlit));
      if (found.includes(null)) {
        grazing++;
        continue;
      }
      const [halfLight, first, last, roundEdge, sunEdge] = found as number[];
      half.push(Math.abs(halfLight - until) / 1e3);
      penumbra.push(Math.abs(last - first) / 1e3);
      round.push(Math.abs(roundEdge - until) / 1e3);
      sun.push(Math.abs(sunEdge - until) / 1e3);
    }
  }
  return {
    edges,
    half_light_s: spreadOf(half),
    penumbra_s: spreadOf(penumbra),
    penumbra_j: spreadOf(joules.map(Math.abs)),
    round_s: spreadOf(round),
    sun_s: spreadOf(sun),
    sun_deg: suns(),
    grazing,
  };
}

type View = (at: number) => number;
type Views = Record<"hidden" | "clearance" | "round" | "betterSun", View>;

function viewsOf(elements: Elements): Views {
  const propagate = propagatorOf(elements);
  const state = new Float64Array(6);
  const nodeAt = (at: number): Ecef => {
    propagate(epochMs(at), state);
    return { x: state[0], y: state[1], z: state[2] };
  };
  return {
    /** Stretched along its axis the Earth is a sphere again, as satellite.js's cones want it. */
    hidden: (at) => {
      const { rsun } = sunPos(julianDate(epochMs(at)));
      const node = nodeAt(at);
      const stretched = { ...node, z: node.z * POLAR_STRETCH };
      return shadowFraction({ ...rsun, z: rsun.z * POLAR_STRETCH }, stretched);
    },
    clearance: (at) => shadowClearance(nodeAt(at), sunAt(at)),
    round: (at) => {
      const [{ x, y, z }, sun] = [nodeAt(at), sunAt(at)];
      const along = x * sun.x + y * sun.y + z * sun.z;
      const across = Math.sqrt(x * x + y * y + z * z - along * along);
      return along >= 0 ? 1 : across - SHADOW_RADIUS_KM;
    },
    betterSun: (at) => shadowClearance(nodeAt(at), meeusSun(at)),
  };
}

function sunAt(at: number): Ecef {
  const [x, y, z] = sunDirectionTeme(epochMs(at));
  return { x, y, z };
}

// No node of ours is faster, and no penumbra wider: 4,000 km behind the limb, 0.53 degrees of Sun.
const SPEED_MAX_KM_S = 8;
const PENUMBRA_MAX_KM = 20;
const STEP_MS = 250;

/** What the array gives more than we say, for each way through the penumbra that ends in the span. */
function penumbraJoules(
  { hidden, clearance }: Views,
  stretches: readonly LightStretch[],
): number[] {
  const passages: number[] = [];
  const [from, until] = [stretches[0].from, stretches.at(-1)!.until];
  let began: number | null = null;
  let light_ms = 0;
  for (let at: number = from; at < until;) {
    const away_km = Math.abs(clearance(at)) - PENUMBRA_MAX_KM;
    const covered = away_km > 0 ? NaN : hidden(at);
    if (covered > 0 && covered < 1) {
      began ??= at - STEP_MS / 2;
      light_ms += (1 - covered) * STEP_MS;
    } else if (began !== null) {
      const ours_ms = litWithin(stretches, began, at - STEP_MS / 2);
      passages.push((light_ms - ours_ms) / 1e3 * DEFAULT_PROFILE.solar);
      [began, light_ms] = [null, 0];
    }
    at += Math.max(STEP_MS, 1e3 * away_km / SPEED_MAX_KM_S);
  }
  return passages;
}

const litWithin = (stretches: readonly LightStretch[], from: number, until: number): number =>
  stretches.filter(({ sunlit }) => sunlit).reduce(
    (sum, lit) => sum + Math.max(0, Math.min(until, lit.until) - Math.max(from, lit.from)),
    0,
  );

function suns(): { mean: number; worst: number } {
  const off: number[] = [];
  for (let k = 0; k < SUNS; k++) {
    const at = YEAR_FROM + spread(k, 1) * 365 * DAY_MS;
    const [ours, better] = [sunAt(at), meeusSun(at)];
    const chord = Math.hypot(ours.x - better.x, ours.y - better.y, ours.z - better.z);
    off.push(chord * 180 / Math.PI);
  }
  return { mean: off.reduce((sum, one) => sum + one, 0) / SUNS, worst: Math.max(...off) };
}

// Farther from our edge than this, a reference's edge is another one.
const SEARCH_MS = 300_000;
const RESOLUTION_MS = 0.5;

/** Where `darkness` changes its sign nearest to our edge, in the same direction; null if nowhere. */
function crossing(darkness: View, edge: number, sinks: boolean): number | null {
  const isDark = (at: number) => darkness(at) > 0;
  for (let away = 500; away <= SEARCH_MS; away *= 2) {
    let [low, high] = [edge - away, edge + away];
    if (isDark(low) === sinks || isDark(high) !== sinks) continue;
    while (high - low > RESOLUTION_MS) {
      const middle = (low + high) / 2;
      if (isDark(middle) === sinks) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  }
  return null;
}

function spreadOf(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), worst: sorted.at(-1)! };
}
