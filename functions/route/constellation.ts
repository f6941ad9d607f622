/**
 * `GET /v1/constellation`: the elements in use as OMM JSON, so that a caller can check a placement
 * with tools of their own. Streamed: 41,914 records are 17 MB.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { OmmRecord } from "../../contract/node.ts";
import { json, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { type Constellation, ommOf } from "../../mesh/orbit/constellation.ts";
import { authenticateReader } from "../middleware/auth.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import type { App } from "../context.ts";

const RECORDS_PER_CHUNK = 500;

const definition = createRoute({
  method: "get",
  path: "/v1/constellation",
  operationId: "readConstellation",
  tags: ["route"],
  summary: "The orbital elements in use, as OMM JSON",
  description: "The header `Perigee-Radio` names the radio profile by which asks are placed.",
  security: READER,
  middleware: authenticateReader,
  responses: {
    200: json("One record per node; the whole constellation", z.array(OmmRecord)),
    ...problems("unauthenticated", "forbidden"),
  },
});

/** Adds the route. */
export function serveConstellation(app: App): void {
  app.openAPIRegistry.registerPath(definition);
  app.get(definition.getRoutingPath(), definition.middleware, async (c) => {
    const chunks = ommChunks(await constellationOf(c.var.services));
    const records = new ReadableStream<string>({
      pull(stream) {
        const { done, value } = chunks.next();
        if (done) stream.close();
        else stream.enqueue(value);
      },
    });
    return c.body(records.pipeThrough(new TextEncoderStream()), 200, {
      "Content-Type": "application/json",
      "Perigee-Radio": settingsOf(c.var.services.env).radio.name,
    });
  });
}

function* ommChunks(constellation: Constellation): Generator<string> {
  for (let from = 0; from < constellation.count; from += RECORDS_PER_CHUNK) {
    const until = Math.min(from + RECORDS_PER_CHUNK, constellation.count);
    const records: string[] = [];
    for (let i = from; i < until; i++) {
      records.push(JSON.stringify(ommOf(constellation, i)));
    }
    yield (from === 0 ? "[" : ",") + records.join(",") + (until === constellation.count ? "]" : "");
  }
}
