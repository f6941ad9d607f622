/**
 * How the ground saw the node that took an ask up, and how long light took: the almanac at the instant at
 * which the node was chosen.
 * @module
 */
import { type LookAngles, lookAngles, siteOf } from "../../mesh/geo/site.ts";
import type { Ecef } from "../../mesh/orbit/frames.ts";
import { lightTime } from "../../mesh/placement/links.ts";
import { degrees, type EpochMs, epochMs, km } from "../../mesh/units.ts";
import { close, equal, type Equation, type Verdict } from "../equation.ts";
import { type Execution, type FieldPath, ofEach } from "../execution.ts";
import { instantsOf, instantWithin } from "../instant.ts";
import type { Known } from "../known.ts";
import type { FlownNode } from "../sky.ts";

// A search may have added the same links in another order: some units of the last place.
const LIGHT_TOLERANCE = 1e-14;

// As contract/origin.ts takes them.
const ALT_M_MIN = -5_000;
const ALT_M_MAX = 50_000;

interface Look {
  at: EpochMs;
  look: LookAngles;
  /** The range by another rounding, as searches over links have it. */
  range_km: number;
  tolerance_km: number;
}

/** Makes the equations. */
export function lookEquations({ sky }: Known): { equations: Equation[]; placedAt: PlacedAt } {
  const lookOf = ofEach((execution) => lookAt(execution, sky.node(execution.placement.path[0])));
  const angle = (
    name: "elevation_deg" | "azimuth_deg" | "slant_range_km",
    read: (look: LookAngles) => number,
  ): Equation => {
    const proves: FieldPath = `placement/${name}`;
    return {
      proves,
      reads: (execution) => [
        ...seenBy(execution),
        "placement/path/0",
        "placement/placed_at",
        proves,
      ],
      check(execution): Verdict {
        const found = execution.placement[name];
        const seen = lookOf(execution);
        if (seen === "from_node" || seen === "no_origin") return equal(found, null);
        if (seen === null) return noNode(execution, sky.name);
        if (found === null) return { is: "wrong", expected: read(seen.look) };
        return close(found, read(seen.look), toleranceOf(name, seen));
      },
    };
  };
  const light: Equation = {
    proves: "placement/modelled/light_time_ms",
    reads: (execution) => [
      ...seenBy(execution),
      ...execution.placement.path.map((_, i): FieldPath => `placement/path/${i}`),
      "placement/placed_at",
      "placement/modelled/light_time_ms",
    ],
    check(execution) {
      const found = execution.placement.modelled.light_time_ms;
      const nodes = execution.placement.path.map((id) => sky.node(id));
      if (nodes.includes(null)) return noNode(execution, sky.name);
      const seen = lookOf(execution);
      if (seen === null || seen === "no_origin") return { is: "open" };
      const flown = nodes as FlownNode[];
      return seen === "from_node"
        ? fromNode(execution, flown, found)
        : overLinks([seen.look.slant_range, seen.range_km], links(flown, seen.at), {
          found,
          tolerance_km: seen.tolerance_km,
        });
    },
  };
  const first: Equation = {
    proves: "placement/path/0",
    reads: () => ["placement/origin/node", "placement/path/0"],
    check({ placement: { origin, path } }) {
      if (!origin || !("node" in origin)) return { is: "exact" };
      if (path[0] === origin.node) return { is: "exact" };
      const repairs = [{ path: "placement/origin/node", value: path[0] }] as const;
      return { is: "wrong", expected: origin.node, repairs };
    },
  };
  return {
    equations: [
      first,
      angle("elevation_deg", (look) => look.elevation),
      angle("azimuth_deg", (look) => look.azimuth),
      angle("slant_range_km", (look) => look.slant_range),
      light,
    ],
    placedAt: (execution) => {
      const seen = lookOf(execution);
      return seen && typeof seen === "object" ? seen.at : null;
    },
  };
}

/** When an ask was placed, to the mesh's own last bit; null where the look angles do not tell it. */
export type PlacedAt = (execution: Execution) => EpochMs | null;

const seenBy = ({ placement: { origin } }: Execution): FieldPath[] =>
  origin && "node" in origin
    ? ["placement/origin/node"]
    : ["placement/origin/lat", "placement/origin/lon"];

function toleranceOf(name: string, { tolerance_km, look }: Look): number {
  if (name === "slant_range_km") return tolerance_km;
  const across = Math.max(1e-3, Math.cos(look.elevation * Math.PI / 180));
  const turned = tolerance_km / look.slant_range * 180 / Math.PI;
  return name === "azimuth_deg" ? turned / across : turned;
}

/** Null where the node is not there, or has no orbit left. */
function lookAt(
  { placement }: Execution,
  node: FlownNode | null,
): Look | "from_node" | "no_origin" | null {
  const { origin, placed_at } = placement;
  if (!origin) return "no_origin";
  if ("node" in origin) return "from_node";
  const floor_ms = Date.parse(placed_at);
  if (!node || Number.isNaN(floor_ms) || !node.place(epochMs(floor_ms))) return null;
  const { azimuth_deg, elevation_deg, slant_range_km } = placement;
  const found = [elevation_deg ?? NaN, azimuth_deg ?? NaN, slant_range_km ?? NaN];
  const tolerance_km = node.tolerance_km;
  // By the last bit where elements came so; else by what a place may differ, at any range.
  const tolerance = [tolerance_km, tolerance_km * 10, tolerance_km];
  const same = (a: number, b: number, i: number) => Math.abs(a - b) <= tolerance[i];
  const from = (alt_m: number) => seeing(origin, alt_m, node);
  const agreeing = (values: readonly number[]) =>
    values.filter((value, i) => same(value, found[i], i)).length;
  const answer = (alt_m: number, at: EpochMs): Look => {
    const { look, range_km } = from(alt_m).at(at);
    return { at, look, range_km, tolerance_km };
  };
  const valuesAt = (at: EpochMs) => valuesOf(from(0).at(at).look);
  const at = instantWithin(floor_ms, { found, valuesAt, same });
  if (agreeing(valuesAt(at)) >= 2) return answer(0, at);
  return atHeight(floor_ms, { found, from, agreeing, answer }) ?? answer(0, at);
}

/**
 * The height of a place is not exported. Azimuth, and how far across the node was, depend on it in the last
 * bits alone, and so tell about when the node was chosen; range and elevation then tell the height.
 */
function atHeight(
  floor_ms: number,
  { found, from, agreeing, answer }: {
    found: readonly number[];
    from: (alt_m: number) => ReturnType<typeof seeing>;
    agreeing: (values: readonly number[]) => number;
    answer: (alt_m: number, at: EpochMs) => Look;
  },
): Look | null {
  const ground = from(0);
  let best: { agree: number; alt_m: number; at: EpochMs } | null = null;
  const [elevation, azimuth, range] = found;
  const across_km = range * Math.cos(elevation * Math.PI / 180);
  const instants = [
    ...instantsOf(floor_ms, azimuth, (at) => ground.at(at).look.azimuth),
    ...instantsOf(floor_ms, across_km, (at) => ground.up(at).across),
  ];
  for (const at of instants) {
    for (const alt_m of heights(ground.up(at), found)) {
      if (alt_m < ALT_M_MIN || alt_m > ALT_M_MAX) continue;
      const agree = agreeing(valuesOf(from(alt_m).at(at).look));
      if (agree >= 2 && agree > (best?.agree ?? 0)) best = { agree, alt_m, at };
      if (agree === found.length) return answer(alt_m, at);
    }
  }
  return best && answer(best.alt_m, best.at);
}

const valuesOf = ({ elevation, azimuth, slant_range }: LookAngles): number[] => [
  elevation,
  azimuth,
  slant_range,
];

function seeing({ lat, lon }: { lat: number; lon: number }, alt_m: number, node: FlownNode) {
  const site = siteOf({ lat: degrees(lat), lon: degrees(lon), alt: km(alt_m / 1e3) });
  const to = (at: EpochMs): Ecef => {
    const place = node.place(at) ?? { x: NaN, y: NaN, z: NaN };
    const { x, y, z } = site.position;
    return { x: place.x - x, y: place.y - y, z: place.z - z };
  };
  return {
    at(at: EpochMs) {
      const look = lookAngles(site, node.place(at) ?? { x: NaN, y: NaN, z: NaN });
      const { x, y, z } = to(at);
      return { look, range_km: Math.sqrt(x * x + y * y + z * z) };
    },
    /** How far the node is up and across, km. */
    up(at: EpochMs) {
      const { x, y, z } = to(at);
      const rise = x * site.up.x + y * site.up.y + z * site.up.z;
      return { rise, across: Math.sqrt(Math.max(0, x * x + y * y + z * z - rise * rise)) };
    },
  };
}

/** By which height of the place the node would stand at this range, and at this elevation, in metres. */
function heights(
  { rise, across }: { rise: number; across: number },
  [elevation, , range]: readonly number[],
): Set<number> {
  const byRange = rise - Math.sqrt(range * range - across * across);
  const byElevation = rise - across * Math.tan(elevation * Math.PI / 180);
  // What a caller writes has few digits, and rounding gives them back.
  const written = [byRange, byElevation].filter(Number.isFinite).flatMap((height) =>
    [0, 1, 2, 3, 4].map((digits) => Number((height * 1e3).toFixed(digits)))
  );
  return new Set(written);
}

/** Lengths of the links of a path, km, one after the other. */
function links(nodes: readonly FlownNode[], at: EpochMs): number[] {
  const places = nodes.map((node) => node.place(at) ?? { x: NaN, y: NaN, z: NaN });
  return places.slice(1).map((to, i) => {
    const from = places[i];
    const [dx, dy, dz] = [to.x - from.x, to.y - from.y, to.z - from.z];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  });
}

const lightOf = (first_km: number, lengths: readonly number[]): number => {
  const length = lengths.reduce((sum, one) => sum + one, first_km);
  return 2 * lightTime(km(length)) * 1e3;
};

function overLinks(
  firsts: readonly number[],
  lengths: readonly number[],
  { found, tolerance_km }: { found: number; tolerance_km: number },
): Verdict {
  const expected = firsts.map((first) => lightOf(first, lengths));
  if (expected.includes(found)) return { is: "exact" };
  const tolerance = lightOf(tolerance_km, []) * (lengths.length + 1);
  const rounding = lengths.length > 0 ? LIGHT_TOLERANCE * expected[0] : 0;
  return close(found, expected[0], Math.max(tolerance, rounding));
}

function fromNode(
  { placement: { placed_at } }: Execution,
  nodes: readonly FlownNode[],
  found: number,
): Verdict {
  const floor_ms = Date.parse(placed_at);
  if (Number.isNaN(floor_ms)) return { is: "wrong", expected: null };
  const tolerance_km = Math.max(...nodes.map((node) => node.tolerance_km));
  const valueAt = (at: EpochMs) => lightOf(0, links(nodes, at));
  const rounding = LIGHT_TOLERANCE * valueAt(epochMs(floor_ms));
  const same = (a: number, b: number) => Math.abs(a - b) <= rounding;
  const at = instantWithin(floor_ms, { found: [found], valuesAt: (at) => [valueAt(at)], same });
  return overLinks([0], links(nodes, at), { found, tolerance_km });
}

const noNode = ({ placement: { path } }: Execution, sky: string): Verdict => ({
  is: "wrong",
  expected: null,
  says: `${sky} does not have all nodes of the path ${path.join(", ")}`,
});
