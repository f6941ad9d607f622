/**
 * `GET /v1/ephemerides`: where nodes are over a span, as a file that other tools read.
 * Computed from orbits alone; wakes no node.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import {
  EPHEMERIS_FORMATS,
  EPHEMERIS_INSTANTS_MAX,
  EPHEMERIS_NODES_MAX,
  EPHEMERIS_SPAN_MS,
  EPHEMERIS_STATES_MAX,
  EphemerisQuery,
} from "../../contract/ephemeris.ts";
import { problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { textInSlices } from "../../durable-objects/shared/slices.ts";
import { meshNow } from "../../mesh/clock.ts";
import { ephemerisCsv } from "../../mesh/export/ephemeris-csv.ts";
import { ephemerisCzml } from "../../mesh/export/ephemeris-czml.ts";
import { type Flight, type Frame, grounded } from "../../mesh/export/flown.ts";
import { oemText } from "../../mesh/export/oem.ts";
import { instantCount, type Span } from "../../mesh/export/span.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { type EpochMs, epochMs, seconds } from "../../mesh/units.ts";
import type { App } from "../context.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { instantOf } from "../params/instant.ts";
import { invalidField } from "../params/invalid.ts";
import { nodeIndexOf, nodeNotFound } from "../params/node.ts";
import { tenantOf } from "../params/tenant.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { WaitingLine } from "../sky/waiting-line.ts";

type Format = (typeof EPHEMERIS_FORMATS)[number];

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  czml: "application/json",
  oem: "text/plain; charset=utf-8",
  csv: "text/csv; charset=utf-8; header=present",
};

// A resonant orbit with old elements takes 150 us a state, three seconds for all that may be asked.
const line = new WaitingLine(
  "Ephemerides are written one at a time, and too many wait: ask again",
  { waiting_max: 16, of_one_max: 4, wait_ms_max: 10_000, work_ms_max: 30_000 },
);

const definition = createRoute({
  method: "get",
  path: "/v1/ephemerides",
  operationId: "readEphemerides",
  tags: ["route"],
  summary: "Where nodes are over a span, as CZML, OEM or CSV",
  security: READER,
  middleware: authenticateReader,
  request: { query: EphemerisQuery },
  responses: {
    200: {
      description: "A file of the format that was asked for; CZML is JSON",
      content: {
        "application/json": { schema: z.array(z.object({ id: z.string() }).loose()) },
        "text/plain": { schema: z.string() },
        "text/csv": { schema: z.string() },
      },
    },
    ...problems("invalid_request", "unauthenticated", "forbidden", "node_not_found", "overloaded"),
  },
});

/** Adds the route. */
export function serveEphemerides(app: App): void {
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const { nodes, format, frame, from, until, step_s } = c.req.valid("query");
    if (frame && format === "czml") {
      throw invalidField("frame", "is of oem and csv: CZML is Earth-fixed");
    }
    const constellation = await constellationOf(services);
    const now = meshNow(settingsOf(services.env).clock, Date.now());
    const flight: Flight = {
      constellation,
      nodes: nodesOf(nodes, constellation),
      span: spanOf({ from, until, step_s }, now),
    };
    if (format === "oem" && flight.nodes.length > 1) {
      throw invalidField("nodes", "must be one id with oem: a message is of one object");
    }
    refuseTooMany(flight);
    const work = async () => {
      const [without] = grounded(flight);
      if (without !== undefined) throw nodeNotFound(constellation.id(without), constellation);
      return await textInSlices(pieces(format, flight, frame ?? "eme2000"));
    };
    const text = await services.timing.measure(
      "ephemerides",
      () => line.run(tenantOf(services, undefined), work),
    );
    return c.body(text, 200, { "Content-Type": MEDIA_TYPES[format] }) as never;
  });
}

function pieces(format: Format, flight: Flight, frame: Frame): Generator<string, void> {
  if (format === "czml") return ephemerisCzml(flight);
  if (format === "csv") return ephemerisCsv({ ...flight, frame });
  const [node] = flight.nodes;
  return oemText({ ...flight, node, frame, created: epochMs(Date.now()) });
}

function nodesOf(text: string, constellation: Constellation): number[] {
  const ids = text.split(",");
  if (ids.length > EPHEMERIS_NODES_MAX) {
    throw invalidField("nodes", `must be at most ${EPHEMERIS_NODES_MAX} ids`);
  }
  const twice = ids.find((id, n) => ids.indexOf(id) !== n);
  if (twice !== undefined) throw invalidField("nodes", `has "${twice.slice(0, 64)}" twice`);
  return ids.map((id) => nodeIndexOf(id, constellation));
}

function spanOf(
  { from, until, step_s }: { from?: string; until?: string; step_s: number },
  now: EpochMs,
): Span {
  const start = epochMs(Math.round(instantOf(from, now, "from")));
  const end = until === undefined
    ? epochMs(start + EPHEMERIS_SPAN_MS)
    : epochMs(Math.round(instantOf(until, now, "until")));
  if (end < start) throw invalidField("until", "must not be earlier than from", { final: false });
  return { from: start, until: end, step: seconds(step_s) };
}

function refuseTooMany({ nodes, span }: Flight): void {
  const most = Math.min(EPHEMERIS_INSTANTS_MAX, Math.floor(EPHEMERIS_STATES_MAX / nodes.length));
  if (instantCount(span) <= most) return;
  const least = Math.ceil((span.until - span.from) / 1e3 / (most - 1));
  throw invalidField(
    "step_s",
    `must be at least ${least} for so long a span of ${nodes.length} nodes`,
    { final: false },
  );
}
