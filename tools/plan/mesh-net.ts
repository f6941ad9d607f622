/**
 * The same shells as this mesh flies and links them: with the phasing of its table, the +Grid of
 * mesh/placement/isl, and a mask that is an elevation over the ellipsoid.
 * @module
 */
import { siteOf } from "../../mesh/geo/site.ts";
import { GENERATED_EPOCH, generatedConstellation } from "../../mesh/orbit/constellation.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import { allLengths, allPositions } from "../../mesh/placement/isl/lengths.ts";
import { neighboursOf } from "../../mesh/placement/isl/neighbours.ts";
import type { Access } from "../../mesh/placement/isl/shortest-paths.ts";
import { ShellFinder } from "../../mesh/placement/shells/shell-finder.ts";
import { degrees, km, RADIANS_PER_DEGREE } from "../../mesh/units.ts";
import { bestPhasing } from "../phasing.ts";
import type { Net, PlanShell, Station } from "./net.ts";

/**
 * Makes the network at the epoch of generated constellations.
 * @param elevation_deg the mask
 */
export function meshNet(
  shells: readonly PlanShell[],
  stations: readonly Station[],
  elevation_deg: number,
): Net {
  const phased = shells.map((shell, s) => {
    const coded = { ...shell, code: `P${s}`, phasing: 0 };
    return { ...coded, phasing: bestPhasing(coded).phasing };
  });
  const constellation = generatedConstellation("plan", phased);
  const almanac = new ShellAlmanac(constellation);
  const finder = new ShellFinder(almanac);
  const neighbours = neighboursOf(constellation);
  const sin_mask = Math.sin(elevation_deg * RADIANS_PER_DEGREE);
  const at = GENERATED_EPOCH;
  return {
    neighbours,
    lengths: allLengths(almanac, neighbours, allPositions(almanac, at)),
    access: stations.map(({ lat, lon }) => {
      const seen: Access[] = [];
      const site = siteOf({ lat: degrees(lat), lon: degrees(lon), alt: km(0) });
      finder.each({ at, site, sin_mask }, (node, range_km) => seen.push({ node, range_km }));
      return seen;
    }),
  };
}
