/**
 * Places by name: large cities of every region, from their common coordinates, and coordinates as written.
 * @module
 */

/** A place on the ground: degrees. */
export interface NamedPlace {
  name: string;
  lat: number;
  lon: number;
}

/** As the file of large cities has them. */
export type CityRow = readonly [name: string, lat: number, lon: number];

let loading: Promise<CityRow[]> | undefined;

/** The large cities, fetched once; none while they do not come. */
export function loadCities(): Promise<CityRow[]> {
  loading ??= fetch("/console/places.json").then((response) => response.json()).catch(() => {
    loading = undefined;
    return [];
  });
  return loading!;
}

/**
 * Finds a place by what somebody wrote: a city's name or its beginning, or degrees north and east.
 * @returns null: there is none
 */
export function findPlace(text: string, cities: readonly CityRow[]): NamedPlace | null {
  const written = readCoordinates(text);
  if (written) return written;
  const plain = plainOf(text);
  if (plain === "") return null;
  const city = cities.find(([name]) => plainOf(name) === plain) ??
    cities.find(([name]) => plainOf(name).startsWith(plain));
  return city ? { name: city[0], lat: city[1], lon: city[2] } : null;
}

/** `48.86, 2.35`, or with N, S, E and W; null if it is not that. */
export function readCoordinates(text: string): NamedPlace | null {
  const match =
    /^\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*([NS])?\s*[,;\s]\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*([EW])?\s*$/i
      .exec(text);
  if (!match) return null;
  const lat = Number(match[1]) * (match[2]?.toUpperCase() === "S" ? -1 : 1);
  const lon = Number(match[3]) * (match[4]?.toUpperCase() === "W" ? -1 : 1);
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return { name: coordinates(lat, lon), lat, lon };
}

/** `48.86° N, 2.35° E`. */
export const coordinates = (lat: number, lon: number): string =>
  `${Math.abs(lat).toFixed(2)}° ${lat < 0 ? "S" : "N"}, ${Math.abs(lon).toFixed(2)}° ${
    lon < 0 ? "W" : "E"
  }`;

const plainOf = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
