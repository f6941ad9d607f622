/**
 * `/v1/admin-keys`: keys that operators show in place of the deployment's admin token. Each operator has
 * a key of their own, which can be revoked without the others. No admin key opens a tenant's route.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { AdminKeyJson, MadeAdminKey, NewAdminKey } from "../../contract/account.ts";
import { ADMIN_KEY_PREFIX } from "../../contract/api-key.ts";
import { ProblemError } from "../../contract/problem.ts";
import { ADMIN, json, page, PageQuery, problems } from "../../contract/responses.ts";
import { insertAdminKey, listAdminKeys, revokeAdminKey } from "../../ledger/admin-keys.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { badCursor } from "../params/cursor.ts";
import type { App } from "../context.ts";
import { keyToWire, newKey, revokedResponses } from "./key.ts";
import { limitedJson } from "../middleware/body.ts";
import { announceKey, invalidateAllCaches } from "../backends/invalidate-caches.ts";
import { withLedger } from "../backends/with-ledger.ts";

const make = postRoute({
  asks: "admin",
  path: "/v1/admin-keys",
  operationId: "createAdminKey",
  tags: ["meter"],
  summary: "Make an admin key; it is shown this once",
  middleware: limitedJson,
  request: { body: { required: true, content: { "application/json": { schema: NewAdminKey } } } },
  responses: {
    201: json("The key", MadeAdminKey),
    ...problems("invalid_request", "unauthenticated", "forbidden", "ledger_unavailable"),
  },
});

const list = createRoute({
  method: "get",
  path: "/v1/admin-keys",
  operationId: "listAdminKeys",
  tags: ["meter"],
  summary: "Admin keys, newest first; never the keys themselves",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { query: PageQuery },
  responses: {
    200: json("A page of keys", page(AdminKeyJson)),
    ...problems("invalid_request", "unauthenticated", "forbidden", "ledger_unavailable"),
  },
});

const revoke = createRoute({
  method: "delete",
  path: "/v1/admin-keys/{id}",
  operationId: "revokeAdminKey",
  tags: ["meter"],
  summary: "Revoke an admin key; effective everywhere within 10 s",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: revokedResponses,
});

/** Adds the routes that make, list and revoke admin keys. */
export function serveAdminKeys(app: App): void {
  app.openapi(make, async (c) => {
    const { name, expires_at } = c.req.valid("json");
    const { key, hash, ...made } = newKey(ADMIN_KEY_PREFIX);
    const row = {
      ...made,
      name,
      created_at_ms: Date.now(),
      expires_at_ms: expires_at === null ? null : Date.parse(expires_at),
    };
    await withLedger(c.var.services, (ledger) => insertAdminKey(ledger, { ...row, hash }));
    await announceKey(c.var.services, "admin", hash);
    return c.json({ ...keyToWire({ ...row, revoked_at_ms: null }), key }, 201);
  });
  app.openapi(list, async (c) => {
    const query = c.req.valid("query");
    const found = await withLedger(c.var.services, (ledger) => listAdminKeys(ledger, query));
    if (!found.ok) throw badCursor();
    return c.json({ data: found.data.map(keyToWire), next: found.next }, 200);
  });
  app.openapi(revoke, async (c) => {
    const { id } = c.req.valid("param");
    const key = { id, revoked_at_ms: Date.now() };
    if (!await withLedger(c.var.services, (ledger) => revokeAdminKey(ledger, key))) {
      throw new ProblemError("not_found", "There is no such admin key");
    }
    await invalidateAllCaches(c.var.services, (cache) => cache.forget("id", id));
    return c.body(null, 204);
  });
}
