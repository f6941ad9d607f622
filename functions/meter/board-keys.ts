/**
 * `/v1/nodes/{id}/boards`: keys with which boards attach to a node. Each opens that one node's board
 * socket and nothing else.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { BoardKeyJson, MadeBoardKey, NewBoardKey } from "../../contract/account.ts";
import { BOARD_KEY_PREFIX } from "../../contract/api-key.ts";
import { ProblemError } from "../../contract/problem.ts";
import { ADMIN, json, page, PageQuery, problems } from "../../contract/responses.ts";
import { nodeObject, registrarObject } from "../../durable-objects/names.ts";
import {
  type BoardKey,
  insertBoardKey,
  listBoardKeys,
  revokeBoardKey,
} from "../../ledger/board-keys.ts";
import { announceKey, invalidateAllCaches } from "../backends/invalidate-caches.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { withObject } from "../backends/with-object.ts";
import type { App } from "../context.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import { limitedJson } from "../middleware/body.ts";
import { badCursor } from "../params/cursor.ts";
import { nodeIndexOf } from "../params/node.ts";
import type { Services } from "../services.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { keyToWire, newKey } from "./key.ts";

const params = z.object({ id: z.string().openapi({ example: "G2A-017-042" }) });

const make = postRoute({
  asks: "admin",
  path: "/v1/nodes/{id}/boards",
  operationId: "createBoardKey",
  tags: ["meter"],
  summary: "Make a key for a node's board; it is shown this once",
  middleware: limitedJson,
  request: {
    params,
    body: { required: true, content: { "application/json": { schema: NewBoardKey } } },
  },
  responses: {
    201: json("The key", MadeBoardKey),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "node_not_found",
      "ledger_unavailable",
    ),
  },
});

const list = createRoute({
  method: "get",
  path: "/v1/nodes/{id}/boards",
  operationId: "listBoardKeys",
  tags: ["meter"],
  summary: "The keys of a node's boards, newest first; never the keys themselves",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { params, query: PageQuery },
  responses: {
    200: json("A page of keys", page(BoardKeyJson)),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "node_not_found",
      "ledger_unavailable",
    ),
  },
});

const revoke = createRoute({
  method: "delete",
  path: "/v1/nodes/{id}/boards/{key}",
  operationId: "revokeBoardKey",
  tags: ["meter"],
  summary: "Revoke the key of a board, which is cut off; effective everywhere within 10 s",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { params: params.extend({ key: z.string().max(64) }) },
  responses: {
    204: { description: "It is revoked" },
    ...problems(
      "unauthenticated",
      "forbidden",
      "not_found",
      "node_not_found",
      "ledger_unavailable",
      "gatekeeper_unavailable",
      "no_node",
    ),
  },
});

/** Adds the routes that make, list and revoke the keys of boards. */
export function serveBoardKeys(app: App): void {
  app.openapi(make, async (c) => {
    const { services } = c.var;
    const { id: node } = c.req.valid("param");
    const { name, expires_at } = c.req.valid("json");
    nodeIndexOf(node, await constellationOf(services));
    const { key, hash, ...made } = newKey(BOARD_KEY_PREFIX);
    const row = {
      ...made,
      node,
      name,
      created_at_ms: Date.now(),
      expires_at_ms: expires_at === null ? null : Date.parse(expires_at),
    };
    await withLedger(services, (ledger) => insertBoardKey(ledger, { ...row, hash }));
    await announceKey(services, "board", hash);
    return c.json({ ...toWire({ ...row, revoked_at_ms: null }), key }, 201);
  });
  app.openapi(list, async (c) => {
    const { services } = c.var;
    const { id: node } = c.req.valid("param");
    const query = c.req.valid("query");
    nodeIndexOf(node, await constellationOf(services));
    const found = await withLedger(services, (ledger) => listBoardKeys(ledger, { node, ...query }));
    if (!found.ok) throw badCursor();
    return c.json({ data: found.data.map(toWire), next: found.next }, 200);
  });
  app.openapi(revoke, async (c) => {
    const { services } = c.var;
    const { id: node, key: id } = c.req.valid("param");
    const key = { node, id, revoked_at_ms: Date.now() };
    if (!await withLedger(services, (ledger) => revokeBoardKey(ledger, key))) {
      throw new ProblemError("not_found", "The node has no such key of a board");
    }
    await invalidateAllCaches(services, (cache) => cache.forget("id", id));
    await cutOff(services, node, id);
    return c.body(null, 204);
  });
}

/** Ends the connection of a board whose key is no longer good, if it is attached. */
async function cutOff(services: Services, node: string, key_id: string): Promise<void> {
  const { env } = services;
  const board = await withObject(services, "node", () => registrarObject(env, node).board(node));
  if (!board) return;
  const constellation = await constellationOf(services);
  const index = constellation.indexOf(node);
  if (index < 0) return;
  const address = { node, region: board.region, elements: constellation.elements(index) };
  await withObject(services, "node", () => nodeObject(env, address).revokeBoard(address, key_id));
}

const toWire = (row: BoardKey) => ({ ...keyToWire(row), node: row.node });
