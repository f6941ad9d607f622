/**
 * Reads and sets a tenant's budget and rate.
 * @module
 */

import { eq } from "drizzle-orm";
import type { Limits } from "../mesh/billing/lease.ts";
import type { Ledger } from "./client.ts";
import { tenants } from "./schema/tenants.ts";

const { budget_microcredits, requests_per_minute } = tenants;

/**
 * Reads a tenant's limits.
 * @param tenant_id the tenant's id
 * @returns null if there is no such tenant
 */
export async function readLimits(ledger: Ledger, tenant_id: string): Promise<Limits | null> {
  const [limits] = await ledger.select({ budget_microcredits, requests_per_minute }).from(tenants)
    .where(eq(tenants.id, tenant_id));
  return limits ?? null;
}

/**
 * Sets both limits of a tenant.
 * @param tenant_id the tenant's id
 * @returns false if there is no such tenant
 */
export async function writeLimits(
  ledger: Ledger,
  tenant_id: string,
  limits: Limits,
): Promise<boolean> {
  const { rowsAffected } = await ledger.update(tenants).set(limits).where(
    eq(tenants.id, tenant_id),
  );
  return rowsAffected === 1;
}
