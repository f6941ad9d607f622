/**
 * Outlines of land behind the maps of a report: Natural Earth at 1:110m, from world-atlas.
 * @module
 */
// @ts-types="@types/topojson-client"
import { feature } from "topojson-client";
import atlas from "world-atlas/land-110m.json" with { type: "json" };

type Topology = Parameters<typeof feature>[0];
type Ring = [lon: number, lat: number][];

/**
 * Draws all land as one path, each ring by steps from point to point.
 * @param y where a latitude is drawn; a degree of longitude is 1 wide, and 180 degrees west is at 0
 * @returns the path's `d`; points are rounded to half a degree, which is less than a dot of the map
 */
export function landPath(y: (lat: number) => number): string {
  const topology = atlas as unknown as Topology;
  const land = feature(topology, topology.objects.land) as unknown as {
    features?: { geometry: { coordinates: Ring[][] } }[];
    geometry?: { coordinates: Ring[][] };
  };
  const geometries = land.features?.map(({ geometry }) => geometry) ?? [land.geometry!];
  const half = (value: number) => Math.round(2 * value) / 2;
  return geometries.flatMap(({ coordinates }) => coordinates.flat()).map((ring) => {
    let [px, py] = [0, 0];
    let d = "";
    for (const [lon, lat] of ring) {
      const [x, yy] = [half(lon + 180), half(y(lat))];
      if (d === "") d = `M${x} ${yy}l`;
      else if (x !== px || yy !== py) d += `${x - px} ${yy - py} `;
      [px, py] = [x, yy];
    }
    return d.endsWith("l") ? "" : `${d.trimEnd()}z`;
  }).join("");
}
