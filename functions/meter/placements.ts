/**
 * `GET /v1/placements` and `/v1/placements/{id}`: where a tenant's executions ran.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import { countryBelow } from "../../contract/countries.ts";
import { ProblemError } from "../../contract/problem.ts";
import { RecordedPlacementJson } from "../../contract/recorded-placement.ts";
import { json, OF_TENANT, page, PageQuery, problems, READER } from "../../contract/responses.ts";
import {
  findPlacement,
  listPlacements,
  originOf,
  type RecordedPlacement,
} from "../../ledger/placements.ts";
import { LIGHT } from "../../mesh/radio/profile.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { badCursor } from "../params/cursor.ts";
import { tenantOf } from "../params/tenant.ts";
import type { App } from "../context.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { tenantToRead } from "./tenant-to-read.ts";

const list = createRoute({
  method: "get",
  path: "/v1/placements",
  operationId: "listPlacements",
  tags: ["meter"],
  summary: "Where executions ran, newest first",
  security: READER,
  middleware: authenticateReader,
  request: { query: PageQuery.extend(tenantQuery) },
  responses: {
    200: json("A page of placements", page(RecordedPlacementJson)),
    ...problems(...OF_TENANT),
  },
});

const one = createRoute({
  method: "get",
  path: "/v1/placements/{id}",
  operationId: "readPlacement",
  tags: ["meter"],
  summary: "Where one execution ran",
  security: READER,
  middleware: authenticateReader,
  request: { params: z.object({ id: z.string() }), query: z.object(tenantQuery) },
  responses: {
    200: json("The placement", RecordedPlacementJson),
    ...problems(...OF_TENANT),
  },
});

/** Adds the routes that list placements and show one. */
export function servePlacements(app: App): void {
  app.openapi(list, async (c) => {
    const { tenant, ...query } = c.req.valid("query");
    const tenant_id = await tenantToRead(c.var.services, tenant);
    const found = await withLedger(
      c.var.services,
      (l) => listPlacements(l, { tenant_id, ...query }),
    );
    if (!found.ok) throw badCursor();
    return c.json({ data: found.data.map(toWire), next: found.next }, 200);
  });
  app.openapi(one, async (c) => {
    const tenant_id = tenantOf(c.var.services, c.req.valid("query").tenant);
    const { id } = c.req.valid("param");
    const found = await withLedger(
      c.var.services,
      (ledger) => findPlacement(ledger, { tenant_id, id }),
    );
    if (!found) throw new ProblemError("not_found", "There is no such placement");
    return c.json(toWire(found), 200);
  });
}

function toWire(row: RecordedPlacement): RecordedPlacementJson {
  return {
    id: row.id,
    placed_at: new Date(row.placed_at_ms).toISOString(),
    model: row.model,
    class: row.class,
    origin: originOf(row),
    attempts: row.attempts,
    country: countryBelow(row.sub_lat, row.sub_lon),
    policy: row.policy as RecordedPlacementJson["policy"],
    node: row.node,
    region: row.region,
    elevation_deg: row.elevation_deg,
    azimuth_deg: row.azimuth_deg,
    slant_range_km: row.slant_range_km,
    sub_point: { lat: row.sub_lat, lon: row.sub_lon, alt_km: row.sub_alt_km },
    sunlit: row.sunlit,
    path: row.path,
    radio: row.radio ?? LIGHT.name,
    modelled: {
      light_time_ms: row.modelled_light_time_ms,
      transfer_ms: row.modelled_transfer_ms,
      wait_ms: row.modelled_wait_ms,
      npu_ms: row.modelled_npu_ms,
      access_ms: row.modelled_access_ms ?? 0,
      total_ms: row.modelled_total_ms,
      energy_mj: row.modelled_energy_mj,
    },
  };
}
