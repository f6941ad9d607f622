/**
 * `POST /v1/route`: where an ask would run, explained; nothing is run.
 * @module
 */
import type { z } from "@hono/zod-openapi";
import { RouteAnswer, RouteRequest } from "../../contract/placement.ts";
import { json, problems } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { toPlacement } from "../../contract/to-placement.ts";
import { residentName } from "../../contract/uploaded-model.ts";
import { meshNow } from "../../mesh/clock.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { knotNumber } from "../../mesh/orbit/knot.ts";
import { type Ask, isNodeOrigin } from "../../mesh/placement/ask.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import { ELEVATION_MASK } from "../../mesh/placement/place.ts";
import { siteOf } from "../../mesh/geo/site.ts";
import type { EpochMs } from "../../mesh/units.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import type { App } from "../context.ts";
import { instantOf } from "../params/instant.ts";
import { almanacAccess, originOf, placeOf } from "../params/origin.ts";
import { measurePlacement, placeMicroseconds } from "../sky/placement-timer.ts";
import { checkedPolicy } from "../params/policy.ts";
import { limitedJson } from "../middleware/body.ts";
import { attachedBoards } from "../sky/attached-boards.ts";
import { everNeedsHardware } from "../models/needs-hardware.ts";
import { modelOf } from "../models/model-of.ts";
import type { ModelSpec } from "../../models/catalogue.ts";
import { lastSight } from "./last-sight.ts";
import { onTheGround } from "./on-the-ground.ts";
import { servedBy } from "./served-by.ts";
import { whyWearless } from "./why-wearless.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";

const definition = postRoute({
  asks: { scope: "infer" },
  path: "/v1/route",
  operationId: "route",
  tags: ["route"],
  summary: "Where an ask would run, and why there",
  middleware: limitedJson,
  request: { body: { required: true, content: { "application/json": { schema: RouteRequest } } } },
  responses: {
    200: json("The placement, its candidates and their terms", RouteAnswer),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "model_not_found",
      "almanac_unavailable",
      "overloaded",
    ),
  },
});

/** Adds the route. */
export function serveRoute(app: App): void {
  app.openapi(definition, async (c) => {
    const request = c.req.valid("json");
    const services = c.get("services");
    const { env } = services;
    const { clock, radio } = settingsOf(env);
    const constellation = await constellationOf(services);
    const now = meshNow(clock, Date.now());
    const at = instantOf(request.at, now);
    const origin = originOf(services, request.origin);
    const spec = await modelOf(services, request.model);
    const ask: Ask = {
      ...askOf(request, spec, placeOf(origin, constellation), at),
      needs_hardware: everNeedsHardware(spec, env),
      policy: checkedPolicy(request.policy, constellation),
    };
    const keeper = skyKeeper(constellation);
    const access = almanacAccess(services, ask.origin);
    if (ask.needs_hardware) await attachedBoards(env, constellation, keeper.hints, Date.now());
    const { sky, ranked } = await services.timing.measure("place", async () => {
      const sky = knotNumber(at) === knotNumber(now)
        // Hints of this tenant's answers only: with all hints, a caller who tries instants would
        // learn to the millisecond when other tenants have used a node.
        ? { ...await keeper.at(access, at), hints: keeper.hintsFor(services.caller.tenant_id, now) }
        : await keeper.elsewhen(access, at, services.caller.tenant_id);
      return { sky, ranked: measurePlacement(() => keeper.placer.rank(ask, sky, true)) };
    });
    services.after(keeper.upkeep(access));
    const best = ranked.find((candidate) => candidate.refusal === null);
    return c.json({
      at: new Date(at).toISOString(),
      origin,
      radio: radio.name,
      ...(ask.objective === "energy" && {
        objective: ask.objective,
        ...(best && { why: whyWearless(best, ask) }),
      }),
      placement: best
        ? { ...explained(best), visible_until: untilOf(best, ask, constellation) }
        : null,
      candidates: ranked.map((candidate) => ({
        ...explained(candidate),
        ...(candidate.refusal && { refusal: candidate.refusal }),
      })),
      ...(request.serve_rank !== undefined && { served: servedBy(request.serve_rank, ranked) }),
      ...(request.ground && onTheGround(ask, sky, best)),
      measured: { place_us: placeMicroseconds() },
    }, 200);
  });
}

const explained = (candidate: Candidate) => ({
  ...toPlacement(candidate),
  ...(candidate.battery && { battery: candidate.battery }),
});

/** When the ground loses sight of the path's first node; null where the origin is a node, or not in a day. */
function untilOf(best: Candidate, ask: Ask, constellation: Constellation): string | null {
  if (isNodeOrigin(ask.origin)) return null;
  const until = lastSight({
    constellation,
    node: best.path[0],
    place: ask.origin,
    site: siteOf(ask.origin),
    mask: ask.elevation_mask,
    at: ask.at,
  });
  return until === null ? null : new Date(until).toISOString();
}

function askOf(
  request: z.infer<typeof RouteRequest>,
  spec: ModelSpec,
  origin: Ask["origin"],
  at: EpochMs,
): Omit<Ask, "policy"> {
  return {
    at,
    origin,
    // Without tensors there are no shapes to count operations by.
    operations: request.operations,
    model: spec.uploaded ? residentName(spec.uploaded) : spec.name,
    memory_bytes: spec.memory_bytes,
    load_bytes: spec.file_bytes,
    bytes_up: request.bytes_up,
    bytes_down: request.bytes_down,
    deadline_ms: request.deadline_ms ?? null,
    class: request.class,
    elevation_mask: ELEVATION_MASK,
    objective: request.objective,
  };
}
