/**
 * The page of tenants.
 * @module
 */
import type { Route } from "../router.ts";

/** The page. */
export function TenantsPage(_: { route: Route }) {
  return <h1>Tenants</h1>;
}
