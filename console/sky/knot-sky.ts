/**
 * The sky of a catalogue: its nodes by their numbers, their places between the knots that the mesh's almanac
 * hands out, and the elements of those nodes that somebody looks at.
 * @module
 */
import type { CatalogueAnswer } from "../../contract/sky.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { elementsOfOmm, type Omm } from "../../mesh/orbit/elements.ts";
import { numberedNodes } from "../../mesh/orbit/imported-constellation.ts";
import { knotNumber } from "../../mesh/orbit/knot.ts";
import { propagatorOf, withSlope } from "../../mesh/orbit/propagation.ts";
import { Sgp4Flight } from "../../mesh/passes/flight.ts";
import { buildGrid, type Grid } from "../../mesh/placement/grid.ts";
import { scan } from "../../mesh/placement/scan.ts";
import { MaskRanges } from "../../mesh/placement/slant-range.ts";
import type { EpochMs } from "../../mesh/units.ts";
import { ask } from "../api.ts";
import { groupsOf } from "./groups.ts";
import { fetchKnots, KnotFeed } from "./knot-feed.ts";
import { KnotWindows } from "./knot-windows.ts";
import type { Orbit, Sky } from "./sky.ts";
import { ViewClock } from "./view-clock.ts";

// In so long a node flies 150 km: a search looks at a few more cells.
const GRID_AGE_MAX_MS = 20_000;

/**
 * Fetches what there is of a catalogue.
 * @param read when the clock was, by performance.now()
 * @param isOver is called where the mesh does not know the constellation any more
 * @throws ApiError
 */
export async function knotSky(
  { name, count, at, rate, read, isOver }: {
    name: string;
    count: number;
    at: EpochMs;
    rate: number;
    read: number;
    isOver: () => Promise<void>;
  },
): Promise<Sky> {
  const path = `/v1/sky/catalogues/${encodeURIComponent(name)}`;
  // The clock has gone on since.
  const number = knotNumber(new ViewClock(at, rate, read).mesh());
  const [answer, knots] = await Promise.all([
    ask<CatalogueAnswer>(path),
    fetchKnots({ name, count }, [number, number + 1]),
  ]);
  const constellation = nodesOf(answer);
  const windows = new KnotWindows(constellation, knots);
  const clock = new ViewClock(at, rate, read, () => windows.span);
  const feed = new KnotFeed(windows, clock, isOver);
  return {
    constellation,
    almanac: windows,
    groups: groupsOf(constellation),
    clock,
    trouble: feed.trouble,
    each: searchOf(windows),
    orbit: orbitsOf(constellation, path),
    follow: () => feed.follow(),
  };
}

const nodesOf = ({ constellation: name, numbers, labels, groups }: CatalogueAnswer) => ({
  ...numberedNodes({
    name,
    numbers: Uint32Array.from(numbers),
    groups: labels,
    group: Uint32Array.from(groups),
  }),
  elements(): never {
    throw new Error("A page has no elements but those that orbit() asks for");
  },
});

function searchOf(almanac: KnotWindows): Sky["each"] {
  let grid: Grid | undefined;
  return (view, visit, within_km = Infinity) => {
    const { at } = view;
    if (!grid || Math.abs(at - grid.at) > GRID_AGE_MAX_MS) grid = buildGrid(almanac, at);
    const { radius_max_km } = almanac.window(at);
    const farthest_km = new MaskRanges(view).farthestAbove(radius_max_km);
    scan({ ...view, almanac, grid }, Math.min(within_km, farthest_km), visit);
  };
}

function orbitsOf(constellation: Constellation, path: string): Sky["orbit"] {
  const orbits = new Map<number, Promise<Orbit>>();
  return (node) => {
    let orbit = orbits.get(node);
    if (!orbit) {
      const id = constellation.id(node);
      orbit = ask<Omm>(`${path}/nodes/${encodeURIComponent(id)}`).then((omm) => orbitOf(omm, id));
      orbits.set(node, orbit);
      orbit.catch(() => orbits.delete(node));
    }
    return orbit;
  };
}

function orbitOf(omm: Omm, id: string): Orbit {
  const propagate = propagatorOf(elementsOfOmm(omm));
  const flight = new Sgp4Flight({ motion: (_, at, out) => withSlope(propagate, at, out) }, 1);
  return { flight, index: 0, name: omm.OBJECT_NAME === id ? "" : omm.OBJECT_NAME };
}
