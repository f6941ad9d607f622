/**
 * A span of the mesh clock as queries give it.
 * @module
 */
import { invalidField } from "./invalid.ts";

/**
 * A span in ms since 1970; an end that the query does not name is undefined.
 * @throws ProblemError `invalid_request` if `from` is later than `to`
 */
export function spanOf({ from, to }: { from?: string; to?: string }): {
  from_ms?: number;
  to_ms?: number;
} {
  const from_ms = from === undefined ? undefined : Date.parse(from);
  const to_ms = to === undefined ? undefined : Date.parse(to);
  if (from_ms !== undefined && to_ms !== undefined && from_ms > to_ms) {
    throw invalidField("from", "must not be later than to");
  }
  return { from_ms, to_ms };
}
