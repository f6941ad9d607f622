/**
 * `GET /v1/nodes/{id}`: where a node is and how it stands. Computed; wakes no node's object: which
 * board is attached, the registrars tell.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import { NodeAnswer } from "../../contract/node.ts";
import { json, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { meshNow } from "../../mesh/clock.ts";
import { digestOf } from "../../mesh/node/digest.ts";
import { type HardwareProfile, topsPerWatt } from "../../mesh/node/profile.ts";
import { untouched } from "../../mesh/node/state.ts";
import type { Elements } from "../../mesh/orbit/elements.ts";
import type { AttachedBoard } from "../../durable-objects/registrar/attached-boards.ts";
import type { BoardFigures, Digest } from "../../mesh/node/digest.ts";
import type { AskClass } from "../../mesh/billing/receipt.ts";
import type { EpochMs } from "../../mesh/units.ts";
import { sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { ephemerisOf } from "../../mesh/orbit/ephemeris.ts";
import { regionBelow } from "../../mesh/region.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { nodeNotFound } from "../params/node.ts";
import { tenantOf } from "../params/tenant.ts";
import type { App } from "../context.ts";
import { launchedModels } from "../../models/launched.ts";
import { attachedBoards } from "../sky/attached-boards.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";

const definition = createRoute({
  method: "get",
  path: "/v1/nodes/{id}",
  operationId: "readNode",
  tags: ["route"],
  summary: "One node: where it is and how it stands",
  security: READER,
  middleware: authenticateReader,
  request: {
    params: z.object({ id: z.string().openapi({ example: "G2A-017-042" }) }),
    query: z.object(tenantQuery),
  },
  responses: {
    200: json("The node", NodeAnswer),
    ...problems("invalid_request", "unauthenticated", "forbidden", "node_not_found"),
  },
});

/** Adds the route. */
export function serveNode(app: App): void {
  app.openapi(definition, async (c) => {
    const { id } = c.req.valid("param");
    const tenant = tenantOf(c.var.services, c.req.valid("query").tenant);
    const { clock, profiles } = settingsOf(c.var.services.env);
    const constellation = await constellationOf(c.var.services);
    const index = constellation.indexOf(id);
    const elements = index >= 0 ? constellation.elements(index) : null;
    const at = meshNow(clock, Date.now());
    const here = elements && ephemerisOf(elements)(at);
    // A node whose elements have no position at this instant counts as one that is not there.
    if (!here) throw nodeNotFound(id, constellation);
    const profile = profiles.of(constellation, index);
    const keeper = skyKeeper(constellation);
    const { env } = c.var.services;
    const boards = await attachedBoards(env, constellation, keeper.hints, Date.now());
    const hints = keeper.hintsFor(tenant, at);
    const hint = hints.of(index);
    const digest = hint ?? untouchedDigest(id, at, profile, elements);
    const { lat, lon, alt } = here.sub_point;
    const freeAt = (askClass: AskClass) =>
      new Date(Math.max(at, digest.free_ms[askClass])).toISOString();
    return c.json({
      id,
      shell: constellation.groups[constellation.group(index)],
      at: new Date(at).toISOString(),
      region: regionBelow(here.position),
      sub_point: { lat, lon, alt_km: alt },
      sunlit: here.sunlit,
      modelled: {
        state_of_charge: digest.state_of_charge,
        temperature_k: digest.temperature_k,
        npu_temperature_k: digest.npu_temperature_k,
        npu_speed: digest.npu_speed,
        free_at: {
          realtime: freeAt("realtime"),
          interactive: freeAt("interactive"),
          batch: freeAt("batch"),
        },
        resident: digest.resident.filter((name) => mayKnow(tenant, name)),
        refusing: hints.refusal(index, at) ?? (hint ? null : digest.refusing?.refusal ?? null),
        source: hint ? "node" as const : "computed" as const,
        as_of: new Date(digest.at_ms).toISOString(),
      },
      service: hints.outOfService.get(index) ?? "up",
      board: boardOf(boards.get(index), hint?.board),
      profile: {
        npu_tops: profile.npu_tops,
        npu_active_w: profile.npu_active,
        tops_per_watt: topsPerWatt(profile),
        memory_bytes: profile.memory_bytes,
        battery_j: profile.battery,
        solar_w: profile.solar,
      },
    }, 200);
  });
}

/** A tenant's name of what it uploaded begins with the tenant: nobody else learns of it. Null is an operator. */
const mayKnow = (tenant: string | null, resident: string): boolean =>
  tenant === null || !resident.includes("/") || resident.startsWith(`${tenant}/`);

function boardOf(board: AttachedBoard | undefined, figures: BoardFigures | undefined) {
  if (!board) return null;
  const { runtime, energy_source, declared_w, attached_at_ms } = board;
  return {
    attached_at: new Date(attached_at_ms).toISOString(),
    runtime,
    energy_source,
    declared_w,
    measured: figures
      ? {
        wall_ms: figures.wall_ms,
        energy_mj: figures.energy_j === null ? null : figures.energy_j * 1e3,
        temperature_k: figures.temperature_k,
        as_of: new Date(figures.at_ms).toISOString(),
      }
      : null,
  };
}

function untouchedDigest(
  id: string,
  at: EpochMs,
  profile: HardwareProfile,
  elements: Elements,
): Digest {
  const sunlight = sunlightOf(elements);
  const state = untouched(at, profile, sunlight, launchedModels(profile));
  return digestOf(id, state, [], { profile, sunlight });
}
