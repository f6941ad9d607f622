/**
 * Adds and lists tenants.
 * @module
 */

import type { Ledger } from "./client.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { tenants } from "./schema/tenants.ts";

export type TenantRow = typeof tenants.$inferSelect;
export type NewTenantRow = typeof tenants.$inferInsert;

/** Adds a tenant, unless its id is there already: false then, and nothing changes. */
export async function insertTenant(ledger: Ledger, tenant: NewTenantRow): Promise<boolean> {
  const { rowsAffected } = await ledger.insert(tenants).values(tenant).onConflictDoNothing();
  return rowsAffected === 1;
}

/** Newest first. */
export function listTenants(ledger: Ledger, page: PageRequest): Promise<Page<TenantRow>> {
  return readPage(page, {
    at: tenants.created_at_ms,
    id: tenants.id,
    position: ({ created_at_ms, id }) => ({ at_ms: created_at_ms, id }),
    read: ({ after, order, limit }) =>
      ledger.select().from(tenants).where(after).orderBy(...order).limit(limit),
  });
}
