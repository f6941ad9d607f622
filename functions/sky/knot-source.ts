/**
 * Gets a packed knot: from the data centre's cache, else from the region's almanac, which computes it.
 * @module
 */
import { almanacObject } from "../../durable-objects/names.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { type Knot, readKnot } from "../../mesh/orbit/knot.ts";
import type { Region } from "../../mesh/region.ts";

// A knot never changes, but no request needs it once its windows have passed.
const CACHE_SECONDS = 300;

/**
 * Gets a knot. Rejects if the almanac does not answer.
 * @returns null if the bytes are not the knot that was asked for: a damaged knot must never place a
 * request
 */
export async function fetchKnot(
  env: Env,
  { region, constellation, number }: {
    region: Region;
    constellation: Constellation;
    number: number;
  },
): Promise<Knot | null> {
  // The cache's key must be a URL. This host does not exist, and is never fetched.
  const key = `https://almanac.invalid/${constellation.name}/${number}`;
  const cached = await caches.default.match(key);
  if (cached) {
    const knot = readKnot(await cached.arrayBuffer(), constellation, number);
    if (knot) return knot;
  }
  const bytes = await almanacObject(env, region).knot(constellation.name, number);
  const knot = readKnot(bytes, constellation, number);
  if (knot) {
    const headers = { "Cache-Control": `max-age=${CACHE_SECONDS}` };
    await caches.default.put(key, new Response(bytes, { headers }));
  }
  return knot;
}
