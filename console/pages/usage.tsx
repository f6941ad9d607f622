/**
 * Usage: what ran, and what it cost.
 * @module
 */
import { useAsked } from "../asked.ts";
import { Notice } from "../notice.tsx";
import type { Route } from "../router.ts";

/** The page. */
export function UsagePage(_: { route: Route }) {
  const { error, again } = useAsked<unknown>("/v1/usage");
  return (
    <>
      <h1>Usage</h1>
      <Notice error={error} again={again} />
    </>
  );
}
