/**
 * `GET /v1/sky`: the shells in use and the mesh clock, some kilobytes by which a program, such as the
 * console, works out where all nodes are. It tells what anybody with a telescope can see, so it asks for no key.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { json, problems } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { SkyAnswer } from "../../contract/sky.ts";
import { meshNow } from "../../mesh/clock.ts";
import { GENERATED_EPOCH } from "../../mesh/orbit/constellation.ts";
import { hasTables } from "../../mesh/orbit/shell-almanac.ts";
import type { App } from "../context.ts";
import { constellationOf } from "../sky/constellation-source.ts";

const definition = createRoute({
  method: "get",
  path: "/v1/sky",
  operationId: "readSky",
  tags: ["route"],
  summary: "The shells in use, and the mesh clock",
  security: [],
  responses: {
    200: json("By which every node's place follows", SkyAnswer),
    ...problems("almanac_unavailable"),
  },
});

/** Adds the route. */
export function serveSky(app: App): void {
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const { clock } = settingsOf(services.env);
    const constellation = await constellationOf(services);
    // Higher up, a node's place does not follow from its shell alone.
    const shells = hasTables(constellation) ? constellation.shells : null;
    // The instant is of now.
    c.header("Cache-Control", "no-store");
    return c.json({
      constellation: constellation.name,
      nodes: constellation.count,
      epoch: shells && new Date(GENERATED_EPOCH).toISOString(),
      shells: shells && shells.map(({ raan_span_deg = 360, ...shell }) => ({
        ...shell,
        raan_span_deg,
      })),
      at: new Date(meshNow(clock, Date.now())).toISOString(),
      rate: clock.rate,
    }, 200);
  });
}
