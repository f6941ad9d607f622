/**
 * Whether an object's alarm can be relied on.
 * @module
 */

// A busy machine rings late; what is this late was forgotten. It was seen once, after workerd was killed: its
// table of alarms lacked one that the object's own file had.
const LOST_AFTER_MS = 5_000;

/**
 * Tells an alarm that will still ring from one that is lost, which whoever needs it sets again.
 * @param alarm_at when it was due, real clock, ms since 1970; Infinity or -Infinity: none is set
 * @param now real clock, ms since 1970
 * @returns whether it will ring
 */
export const stillRings = (alarm_at: number, now: number): boolean =>
  Number.isFinite(alarm_at) && alarm_at > now - LOST_AFTER_MS;
