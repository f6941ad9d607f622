/**
 * The slot of an instant: from when to when a place is served by the satellites that it has now.
 * @module
 */
import { type EpochMs, epochMs } from "../units.ts";
import type { Slots } from "./profile.ts";

/** The slot that holds an instant; its end belongs to the next. */
export function slotOf(slots: Slots, at: EpochMs): { from: EpochMs; until: EpochMs } {
  const period = slots.period * 1e3;
  const offset = slots.offset * 1e3;
  const from = Math.floor((at - offset) / period) * period + offset;
  return { from: epochMs(from), until: epochMs(from + period) };
}
