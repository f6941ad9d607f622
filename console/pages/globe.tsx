/**
 * The page of globe.
 * @module
 */
import type { Route } from "../router.ts";

/** The page. */
export function GlobePage(_: { route: Route }) {
  return <h1>Globe</h1>;
}
