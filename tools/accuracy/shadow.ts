/**
 * What the cylindrical shadow costs: its edges against satellite.js's cones and against a flattened
 * Earth, in seconds of sunlight.
 * @module
 */
import { shadowFraction, sunPos } from "satellite.js";
import { shadowClearance } from "../../mesh/orbit/eclipse.ts";
import { julianDate, propagatorOf, sunDirectionTeme } from "../../mesh/orbit/propagation.ts";
import { sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { epochMs } from "../../mesh/units.ts";
import { DAY_MS, FILED, YEAR_FROM } from "./sky.ts";
import { quantile, spread } from "./spread.ts";

export interface Shadow {
  edges: number;
  /** How long before or after our edge half of the Sun is hidden. */
  half_light_s: Spread;
  /** How long the Sun is partly hidden, from first touch to none left. */
  penumbra_s: Spread;
  /** How much earlier or later the edge would be, were the Earth as flat as it is. */
  flattening_s: Spread;
  /** Edges of passes that graze the shadow: a reference has no such edge near by. */
  grazing: number;
}

export interface Spread {
  median: number;
  p99: number;
  worst: number;
}

const NODES = 1_000;
const SPAN_MS = 3 * 3_600_000;
// Farther from our edge than this, a reference's edge is another one.
const SEARCH_MS = 300_000;
const RESOLUTION_MS = 0.5;
const FLATTENING = 1 / 298.257223563;

export function measureShadow(): Shadow {
  const [half, penumbra, flat]: number[][] = [[], [], []];
  let [edges, grazing] = [0, 0];
  for (let k = 0; k < NODES; k++) {
    const elements = FILED.elements(Math.floor(spread(k, 0) * FILED.count));
    const from = epochMs(Math.floor(YEAR_FROM + spread(k, 1) * 365 * DAY_MS));
    const stretches = sunlightOf(elements)(from, epochMs(from + SPAN_MS));
    const { hidden, flattened } = referencesOf(elements);
    for (const { until, sunlit } of stretches.slice(0, -1)) {
      edges++;
      const found = [0.5, 1e-9, 1 - 1e-9].map((share) =>
        crossing((at) => hidden(at) - share, until, sunlit)
      );
      const flatEdge = crossing((at) => -flattened(at), until, sunlit);
      if (found.includes(null) || flatEdge === null) {
        grazing++;
        continue;
      }
      const [halfLight, first, last] = found as number[];
      half.push(Math.abs(halfLight - until) / 1e3);
      penumbra.push(Math.abs(last - first) / 1e3);
      flat.push(Math.abs(flatEdge - until) / 1e3);
    }
  }
  return {
    edges,
    half_light_s: spreadOf(half),
    penumbra_s: spreadOf(penumbra),
    flattening_s: spreadOf(flat),
    grazing,
  };
}

function referencesOf(elements: Parameters<typeof propagatorOf>[0]) {
  const propagate = propagatorOf(elements);
  const state = new Float64Array(6);
  const nodeAt = (at: number) => {
    propagate(epochMs(at), state);
    return { x: state[0], y: state[1], z: state[2] };
  };
  return {
    hidden: (at: number) => shadowFraction(sunPos(julianDate(epochMs(at))).rsun, nodeAt(at)),
    /** Stretched along its axis the Earth is a sphere again, and its shadow a cylinder. */
    flattened: (at: number) => {
      const node = nodeAt(at);
      const [x, y, z] = sunDirectionTeme(epochMs(at));
      const stretch = 1 / (1 - FLATTENING);
      const length = Math.hypot(x, y, z * stretch);
      return shadowClearance(
        { ...node, z: node.z * stretch },
        { x: x / length, y: y / length, z: z * stretch / length },
      );
    },
  };
}

/** Where `darkness` changes its sign nearest to our edge, in the same direction; null if nowhere. */
function crossing(
  darkness: (at: number) => number,
  edge: number,
  sinks: boolean,
): number | null {
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
