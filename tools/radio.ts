/**
 * Draws round trips over a network like Starlink, and prints their percentiles beside published ones.
 *
 * ```sh
 * npx deno task radio
 * ```
 * @module
 */
import { Places } from "./radio/places.ts";
import { RoundTrips } from "./radio/round-trips.ts";
import { percentile } from "./radio/percentile.ts";
import { SETTINGS } from "./radio/settings.ts";

const COUNT = 20_000;
const SEED = 1;

if (import.meta.main) {
  const trips = new RoundTrips();
  for (const { name, countries, within } of SETTINGS) {
    const drawn = [...trips.draw(new Places(countries, within), COUNT, SEED)];
    const light = Float64Array.from(drawn, (trip) => 1e3 * trip.light).sort();
    const fibre = Float64Array.from(drawn, (trip) => 1e3 * trip.fibre).sort();
    for (const [term, values] of [["light", light], ["fibre", fibre]] as const) {
      const row = [0, 0.05, 0.5, 0.95, 0.99].map((p) =>
        percentile(values, p).toFixed(1).padStart(7)
      );
      console.log(`${name.padEnd(14)} ${term.padEnd(6)} ${row.join("")}`);
    }
  }
}
