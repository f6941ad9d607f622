/**
 * `GET /v1/placement-arcs`: where a tenant's executions ran, as lines that Cesium draws.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import { numeric } from "../../contract/numeric.ts";
import { OF_TENANT, PageQuery, problems, READER } from "../../contract/responses.ts";
import { textInSlices } from "../../durable-objects/shared/slices.ts";
import { listPlacements, originOf, type RecordedPlacement } from "../../ledger/placements.ts";
import { type DrawnPlacement, placementArcs } from "../../mesh/export/placement-arcs.ts";
import { epochMs, seconds } from "../../mesh/units.ts";
import { withLedger } from "../backends/with-ledger.ts";
import type { App } from "../context.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { badCursor, nextLink } from "../params/cursor.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { tenantToRead } from "./tenant-to-read.ts";

const definition = createRoute({
  method: "get",
  path: "/v1/placement-arcs",
  operationId: "readPlacementArcs",
  tags: ["meter"],
  summary: "Where executions ran, newest first, as CZML",
  security: READER,
  middleware: authenticateReader,
  request: {
    query: PageQuery.extend({
      ...tenantQuery,
      cursor: z.string().max(512).optional().openapi({
        description: "`next` of a page of placements; the Link of the page before has it",
      }),
      shown_s: numeric(z.number().min(1).max(86_400).default(60)).openapi({
        description: "For how many seconds from its own instant each arc shows",
      }),
    }),
  },
  responses: {
    200: {
      description: "A document of a page of placements. Its name says how many are drawn: not " +
        "those on nodes that the constellation no longer has",
      content: {
        "application/json": { schema: z.array(z.object({ id: z.string() }).loose()) },
      },
    },
    ...problems(...OF_TENANT),
  },
});

/** Adds the route. */
export function servePlacementArcs(app: App): void {
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const { tenant, shown_s, ...query } = c.req.valid("query");
    const tenant_id = await tenantToRead(services, tenant);
    const found = await withLedger(services, (l) => listPlacements(l, { tenant_id, ...query }));
    if (!found.ok) throw badCursor();
    if (found.next) c.header("Link", nextLink(c.req.url, found.next));
    const text = await textInSlices(placementArcs({
      constellation: await constellationOf(services),
      placements: found.data.map(toDrawn),
      shown: seconds(shown_s),
    }));
    return c.body(text, 200, { "Content-Type": "application/json" }) as never;
  });
}

const toDrawn = (row: RecordedPlacement): DrawnPlacement => ({
  id: row.id,
  placed_at: epochMs(row.placed_at_ms),
  model: row.model,
  class: row.class,
  origin: originOf(row),
  path: row.path,
  total_ms: row.modelled_total_ms,
});
