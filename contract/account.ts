/**
 * Tenants and keys on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Instant } from "./instant.ts";

/** A tenant's id, which the admin chooses: it stands in paths and in names of objects. */
export const TenantId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/).openapi({ example: "acme" });

/** Whose things a route reads, as a part of its query. */
export const tenantQuery = {
  tenant: TenantId.optional().openapi({
    description: "Whose. An admin's credential names any tenant; a key reads its own tenant's only",
  }),
};

/** A tenant as the admin routes list it. */
export const TenantJson = z.object({
  id: TenantId,
  name: z.string().min(1).max(200),
  created_at: z.string(),
}).openapi("Tenant");

/** What the admin sends to make a tenant. */
export const NewTenantJson = TenantJson.pick({ id: true, name: true }).openapi("NewTenant");

// `admin` is not among them: a tenant's key never makes keys; an admin's does, which is another kind.
export const KeyScope = z.enum(["infer", "read", "models"]);

/** A tenant's key as it is listed: without the key itself. Times are RFC 3339, real clock. */
export const Key = z.object({
  id: z.string(),
  tenant: TenantId,
  name: z.string(),
  prefix: z.string(),
  last4: z.string(),
  scopes: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
}).openapi("Key");

/** What the admin sends to make a key; `expires_at` is real clock, null for a key without end. */
export const NewKey = z.object({
  name: z.string().min(1).max(200),
  scopes: z.array(KeyScope).min(1).default(["infer", "read"]),
  expires_at: Instant.nullable().default(null),
}).openapi("NewKey");

/** An admin's key as it is listed: of no tenant, and not limited by scopes. */
export const AdminKeyJson = Key.omit({ tenant: true, scopes: true }).openapi("AdminKey");

/** What the admin sends to make another admin's key. */
export const NewAdminKey = NewKey.omit({ scopes: true }).openapi("NewAdminKey");

/** The key of a node's board as it is listed. */
export const BoardKeyJson = AdminKeyJson.extend({
  node: z.string().openapi({ example: "G2A-017-042" }),
}).openapi("BoardKey");

/** What the admin sends to make a key for a node's board. */
export const NewBoardKey = NewAdminKey.openapi("NewBoardKey");

/** What the admin sends to replace a key by a new one. */
export const Rotation = z.object({
  overlap_s: z.int().min(0).max(604_800).default(86_400).openapi({
    description: "For so long the old key works beside the new one; never beyond its own time",
  }),
}).openapi("Rotation");

/** The answer to the making of a key: the only one that holds the key itself. */
export const MadeKey = Key.extend({
  key: z.string().openapi({ description: "The key itself: shown this once, never again" }),
}).openapi("MadeKey");

/** The answer to the making of a board's key: the only one that holds the key itself. */
export const MadeBoardKey = BoardKeyJson.extend({
  key: z.string().openapi({ description: "The key itself: shown this once, never again" }),
}).openapi("MadeBoardKey");

/** The answer to the making of an admin's key: the only one that holds the key itself. */
export const MadeAdminKey = AdminKeyJson.extend({
  key: z.string().openapi({ description: "The key itself: shown this once, never again" }),
}).openapi("MadeAdminKey");
