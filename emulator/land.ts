/**
 * Outlines of land for the console: Natural Earth at 1:110m from world-atlas, as one small file.
 *
 * Little-endian 16-bit integers: of each ring the number of its points, then longitude and latitude of each
 * in hundredths of a degree, which is a kilometre and less than a pixel.
 * @module
 */
// @ts-types="@types/topojson-client"
import { feature } from "topojson-client";
import atlas from "world-atlas/land-110m.json" with { type: "json" };

type Topology = Parameters<typeof feature>[0];
type Ring = [lon: number, lat: number][];

/** The file. */
export function landFile(): Uint8Array {
  const topology = atlas as unknown as Topology;
  const land = feature(topology, topology.objects.land) as unknown as {
    features?: { geometry: { coordinates: Ring[][] } }[];
    geometry?: { coordinates: Ring[][] };
  };
  const geometries = land.features?.map(({ geometry }) => geometry) ?? [land.geometry!];
  const numbers = geometries.flatMap(({ coordinates }) => coordinates.flat()).flatMap((ring) => [
    ring.length,
    ...ring.flat().map((degrees) => Math.round(degrees * 100)),
  ]);
  return new Uint8Array(Int16Array.from(numbers).buffer);
}
