/**
 * What the isolate keeps from request to request, and how often it was of use: one metric for all caches.
 * @module
 */
import { Counter, register, type Series } from "./metrics.ts";

const sizes = new Map<string, () => number>();

register({
  name: "perigee_cache_entries",
  type: "gauge",
  help: "What the isolate's caches hold.",
  samples: () => [...sizes].map(([cache, size]) => ({ labels: { cache }, value: size() })),
});

const lookups = register(
  new Counter({
    name: "perigee_cache_lookups_total",
    help: "How often the isolate looked into a cache, and whether it had what was wanted.",
    labels: ["cache", "result"],
  }),
);

/** Where a cache counts its lookups. */
export interface CacheLookups {
  hits: Series;
  misses: Series;
}

/**
 * Has the size of a cache shown among the isolate's metrics.
 * @param cache what it holds, in a word
 * @param size how many entries it has now
 */
export function watchCache(cache: string, size: () => number): void {
  sizes.set(cache, size);
}

/**
 * Has the lookups of a cache shown among the isolate's metrics.
 * @param cache what it holds, in a word
 * @returns where the cache counts them
 */
export const cacheLookups = (cache: string): CacheLookups => ({
  hits: lookups.of(cache, "hit"),
  misses: lookups.of(cache, "miss"),
});
