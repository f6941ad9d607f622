/**
 * `GET /v1/nodes`: the fleet, filtered, in the catalogue's order. Computed; wakes no node, and asks the
 * registrars only where boards are asked for.
 * @module
 */
import { createRoute, type z } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import { FleetNodeJson, FleetQuery } from "../../contract/node.ts";
import { json, page, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { meshNow } from "../../mesh/clock.ts";
import { type FleetFilter, type FleetNode as Viewed, viewFleet } from "../../mesh/fleet/view.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { ecefToGeodetic } from "../../mesh/orbit/frames.ts";
import type { Hints } from "../../mesh/placement/hints.ts";
import type { EpochMs } from "../../mesh/units.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { badCursor } from "../params/cursor.ts";
import { attachedBoards } from "../sky/attached-boards.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { invalidField } from "../params/invalid.ts";
import { tenantOf } from "../params/tenant.ts";
import type { App } from "../context.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";

const definition = createRoute({
  method: "get",
  path: "/v1/nodes",
  operationId: "listNodes",
  tags: ["route"],
  summary: "All nodes: where they are and how they stand",
  security: READER,
  middleware: authenticateReader,
  request: { query: FleetQuery.extend(tenantQuery) },
  responses: {
    200: json("A page of nodes", page(FleetNodeJson)),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "not_found",
      "almanac_unavailable",
    ),
  },
});

/** Adds the route. */
export function serveNodes(app: App): void {
  app.openapi(definition, async (c) => {
    const query = c.req.valid("query");
    const { services } = c.var;
    const tenant = tenantOf(services, query.tenant);
    const { env, log, region } = services;
    const { clock, profiles } = settingsOf(env);
    const constellation = await constellationOf(services);
    const keeper = skyKeeper(constellation);
    const at = meshNow(clock, Date.now());
    const hints = keeper.hintsFor(tenant, at);
    const { almanac } = await keeper.at({ env, log, region }, at);
    services.after(keeper.upkeep(services));
    const boards = query.board === undefined
      ? new Map()
      : await attachedBoards(env, constellation, keeper.hints, Date.now());
    const filter = filterOf(query, constellation, { hints, boards });
    const from = query.cursor === undefined ? 0 : constellation.indexOf(query.cursor);
    if (from < 0) throw badCursor();
    const { nodes, next } = viewFleet({ almanac, at, hints, profiles }, filter, {
      from,
      limit: query.limit,
    });
    return c.json({
      data: nodes.map((node) => toWire(node, { constellation, hints, at })),
      next: next === null ? null : constellation.id(next),
    }, 200);
  });
}

function filterOf(
  query: z.infer<typeof FleetQuery>,
  constellation: Constellation,
  { hints, boards }: { hints: Hints; boards: ReadonlyMap<number, unknown> },
): FleetFilter {
  const { shell, region, sunlit, state_of_charge_min, state_of_charge_max } = query;
  const { service, source, board } = query;
  const group = shell === undefined ? undefined : constellation.groups.indexOf(shell);
  if (group === -1) {
    const known = constellation.groups.join(", ").slice(0, 400);
    throw invalidField("shell", `must be one of ${known}`);
  }
  return {
    group,
    region,
    sunlit: sunlit === undefined ? undefined : sunlit === "true",
    charge_min: state_of_charge_min,
    charge_max: state_of_charge_max,
    known: service === undefined && source === undefined && board === undefined
      ? undefined
      : (index) =>
        (service === undefined || (hints.outOfService.get(index) ?? "up") === service) &&
        (source === undefined || (hints.of(index) ? "node" : "computed") === source) &&
        (board === undefined || boards.has(index) === (board === "true")),
    heard: source === "node",
  };
}

function toWire(
  { index, position, region, sunlit, state_of_charge, refusing, digest }: Viewed,
  { constellation, hints, at }: { constellation: Constellation; hints: Hints; at: EpochMs },
): z.infer<typeof FleetNodeJson> {
  const { lat, lon, alt } = ecefToGeodetic(position);
  return {
    id: constellation.id(index),
    shell: constellation.groups[constellation.group(index)],
    region,
    sub_point: { lat, lon, alt_km: alt },
    sunlit,
    service: hints.outOfService.get(index) ?? "up",
    modelled: {
      state_of_charge,
      temperature_k: digest?.temperature_k ?? null,
      free_at: digest ? new Date(digest.free_ms.interactive).toISOString() : null,
      refusing,
      source: digest ? "node" : "computed",
      as_of: new Date(digest?.at_ms ?? at).toISOString(),
    },
  };
}
