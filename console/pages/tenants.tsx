/**
 * Tenants, their keys and limits, for operators.
 * @module
 */
import { useState } from "preact/hooks";
import { OnlyOperators } from "../only-operators.tsx";
import type { Route } from "../router.ts";
import { AdminKeys } from "../tenants/admin-keys.tsx";
import { TenantKeys } from "../tenants/tenant-keys.tsx";
import { TenantLimits } from "../tenants/tenant-limits.tsx";
import { TenantList } from "../tenants/tenant-list.tsx";

/** The page. */
export function TenantsPage({ route }: { route: Route }) {
  const [chosen, choose] = useState(route.query.get("tenant") ?? "");
  return (
    <>
      <h1>Tenants and keys</h1>
      <OnlyOperators>
        <div class="tenants">
          <div class="stack">
            <TenantList chosen={chosen} choose={choose} />
            <AdminKeys />
          </div>
          <div class="stack">
            {chosen === "" ? <p class="card faint">Choose a tenant for its keys and limits.</p> : (
              <>
                <h2>{chosen}</h2>
                <TenantKeys key={`keys ${chosen}`} tenant={chosen} />
                <TenantLimits key={`limits ${chosen}`} tenant={chosen} />
              </>
            )}
          </div>
        </div>
      </OnlyOperators>
    </>
  );
}
