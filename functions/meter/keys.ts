/**
 * `/v1/tenants/{tenant}/keys`: an admin makes, rotates, lists and revokes a tenant's keys. A key is
 * stored as its hash and shown once.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { Key, MadeKey, NewKey, Rotation, TenantId } from "../../contract/account.ts";
import { KEY_PREFIX } from "../../contract/api-key.ts";
import { ProblemError } from "../../contract/problem.ts";
import { ADMIN, json, OF_TENANT, page, PageQuery, problems } from "../../contract/responses.ts";
import {
  type ApiKey,
  insertKey,
  listKeys,
  revokeKey,
  type RotatedKey,
  rotateKey,
} from "../../ledger/keys.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { badCursor } from "../params/cursor.ts";
import { noTenant } from "../params/tenant.ts";
import type { App } from "../context.ts";
import { keyToWire, newKey, revokedResponses } from "./key.ts";
import { limitedJson } from "../middleware/body.ts";
import {
  announceKey,
  invalidateAllCaches,
  invalidateCaches,
} from "../backends/invalidate-caches.ts";
import { withLedger } from "../backends/with-ledger.ts";

const params = z.object({ tenant: TenantId });

const make = postRoute({
  asks: "admin",
  path: "/v1/tenants/{tenant}/keys",
  operationId: "createKey",
  tags: ["meter"],
  summary: "Make a key; it is shown this once",
  middleware: limitedJson,
  request: {
    params,
    body: { required: true, content: { "application/json": { schema: NewKey } } },
  },
  responses: {
    201: json("The key", MadeKey),
    ...problems(...OF_TENANT),
  },
});

const list = createRoute({
  method: "get",
  path: "/v1/tenants/{tenant}/keys",
  operationId: "listKeys",
  tags: ["meter"],
  summary: "A tenant's keys, newest first; never the keys themselves",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { params, query: PageQuery },
  responses: {
    200: json("A page of keys", page(Key)),
    ...problems("invalid_request", "unauthenticated", "forbidden", "ledger_unavailable"),
  },
});

const rotate = postRoute({
  asks: "admin",
  path: "/v1/tenants/{tenant}/keys/{id}/rotate",
  operationId: "rotateKey",
  tags: ["meter"],
  summary: "Make a key in the place of another, which ends after an overlap; it is shown this once",
  middleware: limitedJson,
  request: {
    params: params.extend({ id: z.string().max(64) }),
    body: { required: true, content: { "application/json": { schema: Rotation } } },
  },
  responses: {
    201: json("The new key", MadeKey),
    ...problems(
      "invalid_request",
      "unauthenticated",
      "forbidden",
      "not_found",
      "conflict",
      "ledger_unavailable",
    ),
  },
});

const revoke = createRoute({
  method: "delete",
  path: "/v1/tenants/{tenant}/keys/{id}",
  operationId: "revokeKey",
  tags: ["meter"],
  summary: "Revoke a key; effective everywhere within 10 s",
  security: ADMIN,
  middleware: authenticateAdmin,
  request: { params: params.extend({ id: z.string().max(64) }) },
  responses: revokedResponses,
});

/** Adds the routes that make, rotate, list and revoke a tenant's keys. */
export function serveKeys(app: App): void {
  app.openapi(make, async (c) => {
    const { tenant } = c.req.valid("param");
    const { name, scopes, expires_at } = c.req.valid("json");
    const { key, hash, ...made } = newKey(KEY_PREFIX);
    const row = {
      ...made,
      tenant_id: tenant,
      name,
      scopes,
      created_at_ms: Date.now(),
      expires_at_ms: expires_at === null ? null : Date.parse(expires_at),
    };
    const inserted = await withLedger(
      c.var.services,
      (ledger) => insertKey(ledger, { ...row, hash }),
    );
    if (!inserted.ok) throw noTenant(tenant);
    await announceKey(c.var.services, "key", hash);
    return c.json({ ...toWire({ ...row, revoked_at_ms: null }), key }, 201);
  });
  app.openapi(rotate, async (c) => {
    const { tenant, id } = c.req.valid("param");
    const { overlap_s } = c.req.valid("json");
    const { key, ...made } = newKey(KEY_PREFIX);
    const now_ms = Date.now();
    const until_ms = now_ms + overlap_s * 1e3;
    const rotated = await withLedger(
      c.var.services,
      (ledger) => rotateKey(ledger, { tenant_id: tenant, id, now_ms, until_ms, made }),
    );
    if (rotated.ok) {
      await announceKey(c.var.services, "key", made.hash);
      await invalidateCaches(c.var.services, (cache) => cache.forget("id", id));
      return c.json({ ...toWire(rotated.key), key }, 201);
    }
    throw notRotated(tenant, rotated);
  });
  app.openapi(list, async (c) => {
    const { tenant } = c.req.valid("param");
    const query = c.req.valid("query");
    const found = await withLedger(
      c.var.services,
      (l) => listKeys(l, { tenant_id: tenant, ...query }),
    );
    if (!found.ok) throw badCursor();
    return c.json({ data: found.data.map(toWire), next: found.next }, 200);
  });
  app.openapi(revoke, async (c) => {
    const { tenant, id } = c.req.valid("param");
    const key = { tenant_id: tenant, id, revoked_at_ms: Date.now() };
    if (!await withLedger(c.var.services, (ledger) => revokeKey(ledger, key))) {
      throw new ProblemError("not_found", `Tenant "${tenant}" has no such key`);
    }
    await invalidateAllCaches(c.var.services, (cache) => cache.forget("id", id));
    return c.body(null, 204);
  });
}

function notRotated(tenant: string, rotated: Exclude<RotatedKey, { ok: true }>): ProblemError {
  switch (rotated.refusal) {
    case "unknown":
      return new ProblemError("not_found", `Tenant "${tenant}" has no such key`);
    case "ended":
      return new ProblemError("conflict", "The key has ended: make a new one");
    case "rotated": {
      const successor = `The key has a successor, "${rotated.successor_id}"`;
      return new ProblemError("conflict", `${successor}: rotate that one, or make a new one`);
    }
  }
}

const toWire = (row: ApiKey): z.infer<typeof Key> => ({
  ...keyToWire(row),
  tenant: row.tenant_id,
  scopes: row.scopes,
});
