/**
 * The promise: from 10,000 places on land between 60 S and 60 N, light there and back (modelled) and
 * the time it took to decide where (measured here) stay under 5 ms together at p99.
 * @module
 */
import { Placer } from "../mesh/placement/place.ts";
import type { Ask } from "../mesh/placement/ask.ts";
import { degrees, km } from "../mesh/units.ts";
import { nearestAsk } from "../tools/nearest-ask.ts";
import { AT, FILED, skyOf } from "./field.ts";
import { landPoints } from "./land-points.ts";
import type { Report } from "./timing.ts";

const PROMISE_MS = 5;
const BIN_MS = 0.25;

export function benchPromise({ small }: { small: boolean }): Report {
  const sky = skyOf(FILED);
  const placer = new Placer();
  const asks = landPoints(11, small ? 200 : 10_000).map(({ lat, lon }): Ask => ({
    ...nearestAsk(AT, { lat: degrees(lat), lon: degrees(lon), alt: km(0) }),
    class: "realtime",
  }));
  for (const ask of asks.slice(0, 500)) placer.rank(ask, sky);
  const light = new Float64Array(asks.length);
  const both = new Float64Array(asks.length);
  asks.forEach((ask, i) => {
    const from = performance.now();
    const [best] = placer.rank(ask, sky);
    const placed_ms = performance.now() - from;
    light[i] = best.timing.light * 1e3;
    both[i] = light[i] + placed_ms;
  });
  const p99 = quantile(both, 0.99);
  return {
    title: `The promise: ${asks.length.toLocaleString("en")} places on land, 60 S to 60 N`,
    lines: [
      {
        what: "light there and back (modelled) plus placement (measured), p99",
        measured: `${p99.toFixed(2)} ms`,
        target: `${PROMISE_MS} ms`,
        holds: p99 < PROMISE_MS,
      },
      {
        what: "the light alone (modelled), p50 and p99",
        measured: `${quantile(light, 0.5).toFixed(2)} ms, ${quantile(light, 0.99).toFixed(2)} ms`,
        holds: null,
      },
    ],
    more: "```\n" + histogram(both) + "\n```",
  };
}

function quantile(values: Float64Array, share: number): number {
  return values.slice().sort()[Math.min(values.length - 1, Math.floor(share * values.length))];
}

/** Places by the sum of both, a row for each quarter of a millisecond. */
function histogram(values: Float64Array): string {
  const bins = new Map<number, number>();
  for (const value of values) {
    const bin = Math.floor(value / BIN_MS);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const most = Math.max(...bins.values());
  return [...bins].sort(([a], [b]) => a - b).map(([bin, places]) => {
    const from = (bin * BIN_MS).toFixed(2).padStart(6);
    return `${from} ms ${String(places).padStart(6)} ${"#".repeat(Math.ceil(60 * places / most))}`;
  }).join("\n");
}
