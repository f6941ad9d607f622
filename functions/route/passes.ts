/**
 * `GET /v1/passes`: who serves a place from when to when, and the moment of each handover.
 * Computed from orbits alone; wakes no node.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { GroundOrigin } from "../../contract/origin.ts";
import { PassesAnswer, PassesQuery } from "../../contract/passes.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { inSlices } from "../../durable-objects/shared/slices.ts";
import { meshNow } from "../../mesh/clock.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Geodetic } from "../../mesh/orbit/frames.ts";
import { KnotAlmanac } from "../../mesh/orbit/knot-almanac.ts";
import { type Knot, knotNumber } from "../../mesh/orbit/knot.ts";
import { hasTables } from "../../mesh/orbit/shell-almanac.ts";
import { flightOf } from "../../mesh/passes/flight.ts";
import type { Pass } from "../../mesh/passes/pass.ts";
import { findPasses } from "../../mesh/passes/search.ts";
import { type Serving, servingOf } from "../../mesh/passes/serving.ts";
import type { Watch } from "../../mesh/passes/watch.ts";
import { nearestOverTime } from "../../mesh/placement/nearest-over-time.ts";
import { siteOf } from "../../mesh/geo/site.ts";
import { degrees, type EpochMs, epochMs, km } from "../../mesh/units.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import type { App } from "../context.ts";
import type { Services } from "../services.ts";
import { invalidField } from "../params/invalid.ts";
import { instantOf } from "../params/instant.ts";
import { tenantOf } from "../params/tenant.ts";
import { almanacAccess, originOf } from "../params/origin.ts";
import { WaitingLine } from "../sky/waiting-line.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";

// Some 2 ms of work, as in a slice of the search: other requests of the isolate wait no longer.
const ROWS_PER_SLICE = 1_024;

// The longest search is two seconds of work. Side by side, such searches would take no less time in all,
// and an inference would wait for a slice of each.
const line = new WaitingLine(
  "Passes are searched one question at a time, and too many wait: ask again",
  {
    waiting_max: 16,
    of_one_max: 4,
    wait_ms_max: 10_000,
    work_ms_max: 30_000,
  },
);

// An hour of 100,000 nodes: two seconds of work.
const NODE_MINUTES_MAX = 6_000_000;

const definition = createRoute({
  method: "get",
  path: "/v1/passes",
  operationId: "listPasses",
  tags: ["route"],
  summary: "Who serves a place for the next minutes",
  security: READER,
  middleware: authenticateReader,
  request: { query: PassesQuery },
  responses: {
    200: json("Who serves when, and the moment of each handover", PassesAnswer),
    ...problems("invalid_request", "unauthenticated", "forbidden", "overloaded"),
  },
});

/** Adds the route. */
export function servePasses(app: App): void {
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const { lat, lon, alt_m, at, minutes, mask_deg, all } = c.req.valid("query");
    const origin = groundOf(services, { lat, lon, alt_m });
    const place = {
      lat: degrees(origin.lat),
      lon: degrees(origin.lon),
      alt: km(origin.alt_m / 1e3),
    };
    const constellation = await constellationOf(services);
    const now = meshNow(settingsOf(services.env).clock, Date.now());
    const from = epochMs(Math.round(instantOf(at, now)));
    const until = epochMs(Math.round(from + minutes * 60_000));
    if (all && constellation.count * minutes > NODE_MINUTES_MAX) {
      const most = Math.floor(NODE_MINUTES_MAX / constellation.count);
      throw invalidField("minutes", `must be at most ${most} with all, for so many nodes`);
    }
    const watch = {
      flight: flightOf(constellation),
      site: siteOf(place),
      mask: degrees(mask_deg),
      from,
      until,
      knot: await knotAt(services, { constellation, place, from, now }),
    };
    const search = async () => {
      const nodes = all ? undefined : await nodesOf(services, constellation, watch);
      const found = await inSlices(findPasses({ ...watch, nodes }));
      const serving = await inSlices(servingOf(watch, found));
      return { serving, passes: all && await inSlices(toPasses(found, constellation)) };
    };
    const { serving, passes } = await services.timing.measure(
      "passes",
      () => line.run(tenantOf(services, undefined), search),
    );
    return c.json({
      from: toInstant(from),
      until: toInstant(until),
      origin,
      mask_deg,
      serving: serving.map((stretch) => toServing(stretch, constellation)),
      ...(passes && { passes }),
    }, 200);
  });
}

/**
 * The place of the query, else of the header, else of the network; each with the query's height.
 */
function groundOf(
  services: Services,
  { lat, lon, alt_m }: { lat?: number; lon?: number; alt_m?: number },
): GroundOrigin {
  const named = lat !== undefined && lon !== undefined ? { lat, lon, alt_m: 0 } : undefined;
  const origin = originOf(services, named);
  if ("node" in origin) throw new Error("Only a body can name a node as the origin");
  return { ...origin, alt_m: alt_m ?? origin.alt_m };
}

/** The nodes among which those that serve are, where tables tell; undefined: any. */
async function nodesOf(
  { env, log, region }: Services,
  constellation: Constellation,
  watch: Pick<Watch, "site" | "mask" | "from" | "until">,
): Promise<number[] | undefined> {
  if (!hasTables(constellation)) return undefined;
  const { almanac, finder } = await skyKeeper(constellation).at({ env, log, region }, watch.from);
  return await inSlices(nearestOverTime({ almanac, finder, ...watch }));
}

/**
 * The knot of now, if there are knots and the search begins within it: with it the search need not
 * propagate every node.
 */
async function knotAt(
  services: Services,
  { constellation, place, from, now }: {
    constellation: Constellation;
    place: Geodetic;
    from: EpochMs;
    now: EpochMs;
  },
): Promise<Knot | undefined> {
  if (hasTables(constellation) || knotNumber(from) !== knotNumber(now)) return undefined;
  const keeper = skyKeeper(constellation);
  const access = almanacAccess(services, place);
  try {
    const { almanac } = await keeper.at(access, from);
    services.after(keeper.upkeep(access));
    return almanac instanceof KnotAlmanac ? almanac.first : undefined;
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

function toServing(
  { from, until, by }: Serving,
  constellation: Constellation,
): PassesAnswer["serving"][number] {
  const span = { from: toInstant(from), until: toInstant(until) };
  if (!by) return { node: null, ...span };
  const { pass, elevation, slant_range, handover } = by;
  return {
    node: constellation.id(pass.index),
    ...span,
    rise: pass.rise === null ? null : toInstant(pass.rise),
    set: pass.set === null ? null : toInstant(pass.set),
    elevation_deg: elevation,
    slant_range_km: slant_range,
    ...(handover && { handover }),
  };
}

type WirePass = NonNullable<PassesAnswer["passes"]>[number];

/**
 * Writes passes for the wire. There may be ten thousand, so it pauses after every ROWS_PER_SLICE.
 */
function* toPasses(
  passes: readonly Pass[],
  constellation: Constellation,
): Generator<void, WirePass[]> {
  const rows: WirePass[] = [];
  for (const { index, rise, set, culmination } of passes) {
    rows.push({
      node: constellation.id(index),
      rise: rise === null ? null : toInstant(rise),
      set: set === null ? null : toInstant(set),
      culmination: {
        at: toInstant(culmination.at),
        elevation_deg: culmination.elevation,
        azimuth_deg: culmination.azimuth,
      },
    });
    if (rows.length % ROWS_PER_SLICE === 0) yield;
  }
  return rows;
}

const toInstant = (at: EpochMs): string => new Date(Math.round(at)).toISOString();
