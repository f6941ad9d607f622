/**
 * Adds and lists tenants.
 * @module
 */

import { eq, getTableColumns } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { tenants } from "./schema/tenants.ts";

// The quota of models is shown by itself (models.ts).
const { model_bytes_max: _bytes, models_max: _models, ...shown } = getTableColumns(tenants);

/** A tenant as the ledger lists it. */
export type TenantRow = Omit<typeof tenants.$inferSelect, "model_bytes_max" | "models_max">;
/** A tenant as it is added; without limits unless it names them. */
export type NewTenantRow = typeof tenants.$inferInsert;

/**
 * Adds a tenant.
 * @returns false if there is a tenant of this id: nothing changes then
 */
export async function insertTenant(ledger: Ledger, tenant: NewTenantRow): Promise<boolean> {
  const { rowsAffected } = await ledger.insert(tenants).values(tenant).onConflictDoNothing();
  return rowsAffected === 1;
}

/**
 * Looks a tenant up by its primary key. Rejects if the ledger does not answer.
 * @param id the tenant's
 * @returns whether there is such a tenant
 */
export async function hasTenant(ledger: Ledger, id: string): Promise<boolean> {
  const [found] = await ledger.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, id));
  return found !== undefined;
}

/** All tenants, newest first. */
export function listTenants(ledger: Ledger, page: PageRequest): Promise<Page<TenantRow>> {
  return readPage(page, {
    at: tenants.created_at_ms,
    id: tenants.id,
    position: ({ created_at_ms, id }) => ({ at_ms: created_at_ms, id }),
    read: ({ after, order, limit }) =>
      ledger.select(shown).from(tenants).where(after).orderBy(...order).limit(limit),
  });
}
