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
// A cache on disk keeps what has expired, 1 MB a minute, so who adds a knot takes away what was added
// before, also before a restart. More than the window's two and the next one's: other isolates read a
// little behind.
const ADDED_MAX = 6;
// The list of the knots that were added lies in the cache itself, which cannot say what it holds. If two
// isolates write it at once, a knot or two stay behind.
const ADDED = "https://almanac.invalid/added";
const LIST_SECONDS = 365 * 24 * 3_600;

interface KnotRequest {
  region: Region;
  constellation: Constellation;
  number: number;
}

/**
 * Gets knots of about now, which every isolate of the data centre needs. Rejects if the almanac does not
 * answer.
 * @returns in their order; null where the bytes are not the knot that was asked for
 */
export async function cachedKnots(
  env: Env,
  requests: readonly KnotRequest[],
): Promise<(Knot | null)[]> {
  const added: string[] = [];
  const knots = await Promise.allSettled(requests.map(async (request) => {
    const { constellation, number } = request;
    const key = keyOf(constellation, number);
    const cached = await caches.default.match(key);
    const held = cached && readKnot(await cached.arrayBuffer(), constellation, number);
    if (held) return held;
    const knot = await fetchKnot(env, request);
    if (knot) {
      await put(key, knot.bytes, CACHE_SECONDS);
      added.push(key);
    }
    return knot;
  }));
  if (added.length > 0) await takeAwayOlder(added);
  return knots.map((knot) => {
    if (knot.status === "rejected") throw knot.reason;
    return knot.value;
  });
}

/** Notes that knots were added, and deletes those that were added before the last ADDED_MAX. */
async function takeAwayOlder(keys: readonly string[]): Promise<void> {
  const list = await caches.default.match(ADDED);
  const added: string[] = list ? await list.json() : [];
  const all = [...added.filter((other) => !keys.includes(other)), ...keys];
  await put(ADDED, JSON.stringify(all.slice(-ADDED_MAX)), LIST_SECONDS);
  for (const old of all.slice(0, -ADDED_MAX)) await caches.default.delete(old);
}

const put = (key: string, body: BodyInit, seconds: number): Promise<void> =>
  caches.default.put(
    key,
    new Response(body, { headers: { "Cache-Control": `max-age=${seconds}` } }),
  );

/**
 * Gets a knot of another date, and keeps nothing of it, as nobody else will ask for it. Rejects if the
 * almanac does not answer.
 * @returns null if the bytes are not the knot that was asked for: a damaged knot must never place a request
 */
export async function fetchKnot(
  env: Env,
  { region, constellation, number }: KnotRequest,
): Promise<Knot | null> {
  const bytes = await almanacObject(env, region).knot(constellation.name, number);
  return readKnot(bytes, constellation, number);
}

/** The cache's key must be a URL. This host does not exist, and is never fetched. */
const keyOf = ({ name }: Constellation, number: number): string =>
  `https://almanac.invalid/${name}/${number}`;
