/**
 * `GET /v1/nodes/{id}`: where a node is and how it stands. Computed; wakes no object.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { NodeAnswer } from "../../contract/node.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json, KEY, problems } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { meshNow } from "../../mesh/clock.ts";
import { digestOf } from "../../mesh/node/digest.ts";
import { DEFAULT_PROFILE, topsPerWatt } from "../../mesh/node/profile.ts";
import { untouched } from "../../mesh/node/state.ts";
import { isSunlit } from "../../mesh/orbit/eclipse.ts";
import { ecefToGeodetic, temeToEcef } from "../../mesh/orbit/frames.ts";
import { propagatorOf, siderealTime } from "../../mesh/orbit/propagation.ts";
import { sunDirectionEcef } from "../../mesh/orbit/sun.ts";
import { sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { regionBelow } from "../../mesh/region.ts";
import { authenticate } from "../auth.ts";
import { constellationOf } from "../constellation-source.ts";
import type { App } from "../context.ts";
import { skyKeeper } from "../sky-keeper.ts";

const definition = createRoute({
  method: "get",
  path: "/v1/nodes/{id}",
  tags: ["route"],
  summary: "One node: where it is and how it stands",
  security: KEY,
  middleware: authenticate("read"),
  request: { params: z.object({ id: z.string().openapi({ example: "G2A-017-042" }) }) },
  responses: {
    200: json("The node", NodeAnswer),
    ...problems("unauthenticated", "forbidden", "node_not_found"),
  },
});

export function serveNode(app: App): void {
  app.openapi(definition, async (c) => {
    const { id } = c.req.valid("param");
    const { clock } = settingsOf(c.env);
    const constellation = await constellationOf(c.env);
    const index = constellation.indexOf(id);
    const elements = index >= 0 ? constellation.elements(index) : null;
    const at = meshNow(clock, Date.now());
    const state = new Float64Array(6);
    if (!elements || !propagatorOf(elements)(at, state)) {
      const detail = `The constellation "${constellation.name}" has no node "${id.slice(0, 64)}"`;
      throw new ProblemError("node_not_found", detail);
    }
    temeToEcef(state, siderealTime(at), state);
    const position = { x: state[0], y: state[1], z: state[2] };
    const hint = skyKeeper(constellation).hints.of(index);
    const digest = hint ??
      digestOf(id, untouched(at, DEFAULT_PROFILE, sunlightOf(elements)), DEFAULT_PROFILE);
    const { lat, lon, alt } = ecefToGeodetic(position);
    const busy = digest.busy_until_ms > at;
    return c.json({
      id,
      shell: constellation.groups[constellation.group(index)],
      at: new Date(at).toISOString(),
      region: regionBelow(position),
      sub_point: { lat, lon, alt_km: alt },
      sunlit: isSunlit(position, sunDirectionEcef(at)),
      modelled: {
        state_of_charge: digest.state_of_charge,
        temperature_k: digest.temperature_k,
        busy_until: busy ? new Date(digest.busy_until_ms).toISOString() : null,
        refusing: digest.refusing?.refusal ?? null,
        source: hint ? "node" as const : "computed" as const,
      },
      profile: {
        npu_tops: DEFAULT_PROFILE.npu_tops,
        npu_active_w: DEFAULT_PROFILE.npu_active,
        tops_per_watt: topsPerWatt(DEFAULT_PROFILE),
        memory_bytes: DEFAULT_PROFILE.memory_bytes,
        battery_j: DEFAULT_PROFILE.battery,
        solar_w: DEFAULT_PROFILE.solar,
      },
    }, 200);
  });
}
