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

// deno-fmt-ignore
const CITIES: readonly (readonly [name: string, lat: number, lon: number])[] = [
  ["Accra", 5.6, -0.19], ["Addis Ababa", 9.03, 38.74], ["Algiers", 36.75, 3.06], ["Amsterdam", 52.37, 4.9],
  ["Anchorage", 61.22, -149.9], ["Athens", 37.98, 23.73], ["Auckland", -36.85, 174.76], ["Baghdad", 33.31, 44.36],
  ["Bangkok", 13.76, 100.5], ["Beijing", 39.9, 116.41], ["Berlin", 52.52, 13.4], ["Bogota", 4.71, -74.07],
  ["Brussels", 50.85, 4.35], ["Bucharest", 44.43, 26.1], ["Buenos Aires", -34.6, -58.38], ["Cairo", 30.04, 31.24],
  ["Cape Town", -33.92, 18.42], ["Caracas", 10.48, -66.9], ["Casablanca", 33.57, -7.59], ["Chicago", 41.88, -87.63],
  ["Copenhagen", 55.68, 12.57], ["Dakar", 14.72, -17.47], ["Darwin", -12.46, 130.84], ["Delhi", 28.61, 77.21],
  ["Denver", 39.74, -104.99], ["Dhaka", 23.81, 90.41], ["Dubai", 25.2, 55.27], ["Dublin", 53.35, -6.26],
  ["Hanoi", 21.03, 105.85], ["Helsinki", 60.17, 24.94], ["Hong Kong", 22.32, 114.17], ["Honolulu", 21.31, -157.86],
  ["Houston", 29.76, -95.37], ["Istanbul", 41.01, 28.98], ["Jakarta", -6.21, 106.85], ["Johannesburg", -26.2, 28.05],
  ["Karachi", 24.86, 67.01], ["Kinshasa", -4.44, 15.27], ["Kyiv", 50.45, 30.52], ["Lagos", 6.52, 3.38],
  ["Lima", -12.05, -77.04], ["Lisbon", 38.72, -9.14], ["London", 51.51, -0.13], ["Longyearbyen", 78.22, 15.65],
  ["Los Angeles", 34.05, -118.24], ["Luanda", -8.84, 13.23], ["Madrid", 40.42, -3.7], ["Manila", 14.6, 120.98],
  ["McMurdo", -77.85, 166.67], ["Melbourne", -37.81, 144.96], ["Mexico City", 19.43, -99.13], ["Miami", 25.76, -80.19],
  ["Montreal", 45.5, -73.57], ["Moscow", 55.76, 37.62], ["Mumbai", 19.08, 72.88], ["Nairobi", -1.29, 36.82],
  ["New York", 40.71, -74.01], ["Nuuk", 64.18, -51.72], ["Oslo", 59.91, 10.75], ["Paris", 48.86, 2.35],
  ["Perth", -31.95, 115.86], ["Prague", 50.08, 14.44], ["Punta Arenas", -53.16, -70.91], ["Quito", -0.18, -78.47],
  ["Reykjavik", 64.15, -21.94], ["Rio de Janeiro", -22.91, -43.17], ["Riyadh", 24.71, 46.68], ["Rome", 41.9, 12.5],
  ["San Francisco", 37.77, -122.42], ["Santiago", -33.45, -70.67], ["Sao Paulo", -23.55, -46.63],
  ["Seattle", 47.61, -122.33], ["Seoul", 37.57, 126.98], ["Shanghai", 31.23, 121.47], ["Singapore", 1.35, 103.82],
  ["Stockholm", 59.33, 18.07], ["Sydney", -33.87, 151.21], ["Taipei", 25.03, 121.57], ["Tashkent", 41.3, 69.24],
  ["Tehran", 35.69, 51.39], ["Tokyo", 35.68, 139.69], ["Toronto", 43.65, -79.38], ["Tromso", 69.65, 18.96],
  ["Tunis", 36.81, 10.18], ["Ulaanbaatar", 47.89, 106.91], ["Vancouver", 49.28, -123.12], ["Vienna", 48.21, 16.37],
  ["Warsaw", 52.23, 21.01], ["Washington", 38.91, -77.04], ["Wellington", -41.29, 174.78], ["Zurich", 47.38, 8.54],
];

/** Names, for suggestions. */
export const PLACE_NAMES: readonly string[] = CITIES.map(([name]) => name);

/**
 * Finds a place by what somebody wrote: a name or its beginning, or degrees north and east.
 * @returns null: there is none
 */
export function findPlace(text: string): NamedPlace | null {
  const written = readCoordinates(text);
  if (written) return written;
  const plain = plainOf(text);
  if (plain === "") return null;
  const city = CITIES.find(([name]) => plainOf(name) === plain) ??
    CITIES.find(([name]) => plainOf(name).startsWith(plain));
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
