/**
 * Draws round trips over a network like Starlink, and prints their percentiles beside published ones;
 * with `--fit` the profile's parameters fitted anew.
 *
 * ```sh
 * npx deno task radio
 * npx deno task radio --fit
 * ```
 * @module
 */
import type { Figure } from "./radio/figure.ts";
import { fit } from "./radio/fit.ts";
import { Places } from "./radio/places.ts";
import { RoundTrips } from "./radio/round-trips.ts";
import { Sample } from "./radio/sample.ts";
import { type Setting, SETTINGS, TARGETS } from "./radio/settings.ts";
import { figureOf, jitterOf, percentile } from "./radio/statistics.ts";

const COUNT = 20_000;
const SEED = 1;

const nameOf = (of: Figure["of"]): string =>
  typeof of !== "number" ? `over ${of.over_ms} ms` : of === 0 ? "least" : `p${100 * of}`;

const shown = (value: number, of: Figure["of"]): string =>
  typeof of === "number" ? `${value.toFixed(1)} ms` : `${(100 * value).toFixed(2)} %`;

/** The rows of one setting. */
export function rowsOf({ name, published, profile }: Setting, sample: Sample): string[] {
  const times = sample.times(profile);
  const jitter = jitterOf(times);
  const sorted = times.toSorted();
  const terms = (["light", "fibre"] as const).map((term) => {
    const values = Float64Array.from(sample.trips, (trip) => 1e3 * trip[term]).sort();
    return `${term} p50 ${percentile(values, 0.5).toFixed(1)}`;
  });
  const asked = [0, 0.05, 0.5, 0.95, 0.99].map((of): Figure["of"] => of);
  const others = published.map(({ of }) => of).filter((of) => !asked.includes(of));
  const rows = [...asked, ...others].map((of) => {
    const ours = figureOf(sorted, of);
    const theirs = published.find((figure) => figure.of === of);
    const beside = !theirs
      ? "none published"
      : theirs.isBound
      ? `below ${shown(theirs.value, of)}`
      : `${shown(theirs.value, of)}, ratio ${(ours / theirs.value).toFixed(3)}`;
    return `  ${nameOf(of).padEnd(12)} ${shown(ours, of).padStart(9)}   published: ${beside}`;
  });
  return [
    `${name}: ${sorted.length} round trips`,
    ...rows,
    `  of these: ${terms.join(", ")}; from one trip to the next ${jitter.toFixed(1)} ms`,
  ];
}

if (import.meta.main) {
  const rounds = new RoundTrips();
  const samples = SETTINGS.map(({ countries, within }) =>
    new Sample(rounds, new Places(countries, within), COUNT, SEED)
  );
  if (Deno.args.includes("--fit")) {
    const [us, europe] = samples;
    console.log(fit({ us, europe }, SETTINGS[0].profile, TARGETS));
  } else {
    SETTINGS.forEach((setting, s) => console.log(rowsOf(setting, samples[s]).join("\n")));
  }
}
