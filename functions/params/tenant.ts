/**
 * Whose things a request reads. A key reads its own tenant's; an operator reads anybody's.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Services } from "../services.ts";

/**
 * @param named by the query
 * @returns null for an operator who names no tenant
 */
export function tenantOf(services: Services, named: string | undefined): string | null {
  if (services.operator) return named ?? null;
  const { tenant_id } = services.caller;
  if (named === undefined || named === tenant_id) return tenant_id;
  // In the words of a tenant that there is not: who else has an account is nobody's business.
  throw noTenant(named);
}

export const noTenant = (tenant: string): ProblemError =>
  new ProblemError("not_found", `There is no tenant "${tenant}"`);
