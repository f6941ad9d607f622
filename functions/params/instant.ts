/**
 * Instants from the wire to the mesh clock, and back.
 * @module
 */
import { type EpochMs, epochMs } from "../../mesh/units.ts";
import { invalidField } from "./invalid.ts";

// Each other window costs an almanac of its own, and far from the elements' epoch the orbits are
// wrong.
const AT_DISTANCE_MAX_MS = 7 * 86_400_000;

/**
 * An instant of a request.
 * @param text ISO 8601; undefined: now
 * @param now of the mesh clock
 * @param name the field's
 * @throws ProblemError `invalid_request` for an instant more than 7 days from now
 */
export function instantOf(text: string | undefined, now: EpochMs, name = "at"): EpochMs {
  if (text === undefined) return now;
  const at = Date.parse(text);
  if (Math.abs(at - now) <= AT_DISTANCE_MAX_MS) return epochMs(at);
  const clock = new Date(now).toISOString();
  throw invalidField(name, `must be within 7 days of the mesh clock, ${clock}`, { final: false });
}

/**
 * Writes an instant as ISO 8601.
 * @param ms since 1970; null: there is none
 * @returns null for null
 */
export const timeOrNull = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString();
