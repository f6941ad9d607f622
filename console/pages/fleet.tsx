/**
 * The page of fleet.
 * @module
 */
import type { Route } from "../router.ts";

/** The page. */
export function FleetPage(_: { route: Route }) {
  return <h1>Fleet</h1>;
}
