/**
 * `GET /v1/sky/catalogues/{constellation}` and below it: what a program, such as the console, needs to work
 * out where the nodes of a catalogue are: which there are, the knots of about now, and the elements of one.
 * Each answer never changes, as a catalogue is named by its content, so caches keep it. As of GET /v1/sky,
 * it is what anybody with a telescope can see, and asks for no key.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { OmmRecord } from "../../contract/node.ts";
import { ProblemError } from "../../contract/problem.ts";
import { json, problems } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { CatalogueAnswer, CatalogueNodePath, CataloguePath, KnotPath } from "../../contract/sky.ts";
import { meshNow } from "../../mesh/clock.ts";
import { type Constellation, ommOf } from "../../mesh/orbit/constellation.ts";
import { knotNumber } from "../../mesh/orbit/knot.ts";
import { hasTables } from "../../mesh/orbit/shell-almanac.ts";
import type { App } from "../context.ts";
import { isHeld } from "../params/etag.ts";
import { nodeIndexOf } from "../params/node.ts";
import type { Services } from "../services.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { skyKeeper } from "../sky/sky-keeper.ts";

// What the almanac's object and the data centre's cache hold anyhow: the window before, for who reads a
// little behind, this window's two, and the next one's. Others would each cost a knot that nobody else asks for.
const KNOTS_BEHIND = 1;
const KNOTS_AHEAD = 2;

const KNOT_KEPT = "public, max-age=300, immutable";
// A release may label groups otherwise.
const NODES_KEPT = "public, max-age=3600";

const catalogue = createRoute({
  method: "get",
  path: "/v1/sky/catalogues/{constellation}",
  operationId: "readCatalogue",
  tags: ["route"],
  summary: "The nodes of a catalogue, without their places",
  security: [],
  request: { params: CataloguePath },
  responses: {
    200: json("The nodes, in the order of the knots' places", CatalogueAnswer),
    ...problems("not_found", "almanac_unavailable"),
  },
});

const knot = createRoute({
  method: "get",
  path: "/v1/sky/catalogues/{constellation}/knots/{number}",
  operationId: "readKnot",
  tags: ["route"],
  summary: "Where all nodes of a catalogue are at the beginning of a minute of about now",
  description:
    "Little-endian: a header of 32 bytes (`PERG` as a number, the version, how many nodes, " +
    "a digest, the knot's number as Float64, how many halves, 0), then x, y and z of each node, " +
    "Earth-fixed, as Int32 in units of 1/32 m, then their rates in m/s as Float32: 24 bytes a node. All " +
    "zeros: it has no orbit left. Between two knots a cubic holds to a metre (docs/accuracy.md). Of a " +
    "node that flies too sharp a curve for one, version 2 has a half besides, its state 30 s on: " +
    "indices as Uint32, then positions and rates as above. There are knots from a minute before now " +
    "to two minutes after the one before now.",
  security: [],
  request: { params: KnotPath },
  responses: {
    200: {
      description: "The knot",
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
    304: { description: "The client has it: its If-None-Match shows the ETag" },
    ...problems("invalid_request", "not_found", "almanac_unavailable"),
  },
});

const node = createRoute({
  method: "get",
  path: "/v1/sky/catalogues/{constellation}/nodes/{id}",
  operationId: "readCatalogueNode",
  tags: ["route"],
  summary: "The orbital elements of one node of a catalogue",
  security: [],
  request: { params: CatalogueNodePath },
  responses: {
    200: json("Its record", OmmRecord),
    ...problems("not_found", "node_not_found", "almanac_unavailable"),
  },
});

/** Adds the routes. */
export function serveSkyCatalogue(app: App): void {
  app.openAPIRegistry.registerPath(catalogue);
  app.get(catalogue.getRoutingPath(), async (c) => {
    const constellation = await catalogueOf(c.var.services, c.req.param("constellation"));
    return c.body(nodesOf(constellation), 200, {
      "Content-Type": "application/json",
      "Cache-Control": NODES_KEPT,
    });
  });

  app.openapi(knot, async (c) => {
    const { services } = c.var;
    const { constellation: name, number: text } = c.req.valid("param");
    const constellation = await catalogueOf(services, name);
    const number = Number(text);
    const { env, log, region } = services;
    const now = knotNumber(meshNow(settingsOf(env).clock, Date.now()));
    if (number < now - KNOTS_BEHIND || number > now + KNOTS_AHEAD) {
      throw new ProblemError(
        "not_found",
        `There are knots ${now - KNOTS_BEHIND} to ${now + KNOTS_AHEAD} now, and none ${number}`,
      );
    }
    const headers = { "Cache-Control": KNOT_KEPT, ETag: `"${constellation.name}/${number}"` };
    if (isHeld(c.req.header("If-None-Match"), headers.ETag)) return c.body(null, 304, headers);
    const { bytes } = await skyKeeper(constellation).knot({ env, log, region }, number);
    return c.body(bytes, 200, { ...headers, "Content-Type": "application/octet-stream" });
  });

  app.openapi(node, async (c) => {
    const { constellation: name, id } = c.req.valid("param");
    const constellation = await catalogueOf(c.var.services, name);
    const index = nodeIndexOf(id, constellation);
    c.header("Cache-Control", NODES_KEPT);
    return c.json(ommOf(constellation, index), 200);
  });
}

/**
 * The constellation in use, if it is the one that was asked for, and flies by knots.
 * @throws ProblemError `not_found`, `almanac_unavailable`
 */
async function catalogueOf(services: Services, name: string): Promise<Constellation> {
  const constellation = await constellationOf(services);
  if (hasTables(constellation)) {
    throw new ProblemError(
      "not_found",
      `The places of "${constellation.name}" follow from its shells, which GET /v1/sky tells`,
    );
  }
  // Else an isolate that only pages ask would never look for a newer one.
  services.after(skyKeeper(constellation).upkeep(services));
  if (constellation.name === name) return constellation;
  throw new ProblemError(
    "not_found",
    `The mesh flies "${constellation.name}", and not "${name.slice(0, 64)}"`,
  );
}

const written = new WeakMap<Constellation, Uint8Array<ArrayBuffer>>();

/** As JSON, written once for each constellation: 10 bytes a node, and nothing to do for the next who asks. */
function nodesOf(constellation: Constellation): Uint8Array<ArrayBuffer> {
  let bytes = written.get(constellation);
  if (!bytes) {
    bytes = Uint8Array.from(new TextEncoder().encode(JSON.stringify(answerOf(constellation))));
    written.set(constellation, bytes);
  }
  return bytes;
}

function answerOf(constellation: Constellation): CatalogueAnswer {
  const { name, count, groups } = constellation;
  const ofEach = (read: (index: number) => number) =>
    Array.from({ length: count }, (_, index) => read(index));
  return {
    constellation: name,
    nodes: count,
    numbers: ofEach((index) => constellation.number(index)),
    labels: [...groups],
    groups: ofEach((index) => constellation.group(index)),
  };
}
