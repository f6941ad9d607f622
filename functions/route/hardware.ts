/**
 * `GET /v1/hardware`: the NPUs of all shells and the rates of links, by which times and energies of
 * executions can be reckoned anew (docs/how-to/prove.md).
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { HardwareAnswer } from "../../contract/hardware.ts";
import { json, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { DEFAULT_RATES } from "../../mesh/placement/links.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import type { App } from "../context.ts";

const definition = createRoute({
  method: "get",
  path: "/v1/hardware",
  operationId: "readHardware",
  tags: ["route"],
  summary: "The NPUs of all shells, and the rates of links",
  security: READER,
  middleware: authenticateReader,
  responses: {
    200: json("Modelled: parameters of the mesh, to the last bit", HardwareAnswer),
    ...problems("unauthenticated", "forbidden", "almanac_unavailable"),
  },
});

/** Adds the route. */
export function serveHardware(app: App): void {
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const { profiles } = settingsOf(services.env);
    const { name, shells } = await constellationOf(services);
    return c.json({
      constellation: name,
      kinds: profiles.kinds.map((profile) => ({
        npu_tops: profile.npu_tops,
        npu_active_w: profile.npu_active,
        npu_idle_w: profile.npu_idle,
        npu_dispatch_s: profile.npu_dispatch,
        npu_speed_min: profile.npu_speed_min,
      })),
      of_shells: (shells ?? [null]).map((_, group) => profiles.kindOfShell(group)),
      links: { ...DEFAULT_RATES },
    }, 200);
  });
}
