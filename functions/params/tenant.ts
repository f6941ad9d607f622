/**
 * Whose things a request reads. A key reads its own tenant's; an operator reads anybody's.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Services } from "../services.ts";

/**
 * Tells whose things a request reads. It does not ask the ledger, so an operator may name a
 * tenant that does not exist.
 * @param named the tenant's id in the query, if it has one
 * @returns a tenant's id; null for an operator who names none
 * @throws ProblemError `not_found` if a tenant's key names another tenant
 */
export function tenantOf(services: Services, named: string | undefined): string | null {
  if (services.operator) return named ?? null;
  const { tenant_id } = services.caller;
  if (named === undefined || named === tenant_id) return tenant_id;
  // The same problem as for a tenant that does not exist: a tenant must not learn who else has an
  // account.
  throw noTenant(named);
}

/**
 * Makes the `not_found` (404) of a tenant that does not exist, or that the caller may not know of.
 * @param tenant the id that the caller named
 */
export const noTenant = (tenant: string): ProblemError =>
  new ProblemError("not_found", `There is no tenant "${tenant}"`);
