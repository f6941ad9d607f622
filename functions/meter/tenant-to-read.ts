/**
 * The tenant whose list a request reads. If an operator names a tenant that does not exist, the request
 * fails: an empty list for a mistyped name would say that the tenant has used nothing.
 * @module
 */
import { hasTenant } from "../../ledger/tenants.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { invalidField } from "../params/invalid.ts";
import { noTenant, tenantOf } from "../params/tenant.ts";
import type { Services } from "../services.ts";

/** @param named by the query */
export async function tenantToRead(
  services: Services,
  named: string | undefined,
): Promise<string> {
  const tenant = tenantOf(services, named);
  if (tenant === null) {
    throw invalidField("tenant", "must say whose: an admin's credential is no tenant's");
  }
  if (services.operator && !await withLedger(services, (ledger) => hasTenant(ledger, tenant))) {
    throw noTenant(tenant);
  }
  return tenant;
}
