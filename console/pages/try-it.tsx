/**
 * The page of try-it.
 * @module
 */
import type { Route } from "../router.ts";

/** The page. */
export function TryItPage(_: { route: Route }) {
  return <h1>TryIt</h1>;
}
