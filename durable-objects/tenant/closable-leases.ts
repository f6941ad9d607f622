/**
 * Which leases of budget the ledger may close, while receipts are on their way there.
 * Not its job: what a lease holds (budget-book.ts), asking the collectors (tenant.ts).
 * @module
 */

// Five minutes: a region that is silent for longer must not keep a part of every tenant's budget.
const UNHEARD_BEATS_MAX = 60;

/** A lease that only the ledger can close. */
export interface Due {
  id: string;
  /** Since its holder's last word. */
  beats: number;
}

/**
 * Which of them the ledger may close now: those of which no receipt is on its way there, which would be
 * waived. No unit is charged twice either way: this only says who pays for what comes late.
 * @param held of each collector, those that receipts which wait there are charged to; null: it is silent
 */
export function closableLeases(
  due: readonly Due[],
  held: readonly (readonly string[] | null)[],
): string[] {
  const isHeard = held.every((ids) => ids !== null);
  const waited = new Set(held.flatMap((ids) => ids ?? []));
  return due
    .filter(({ id, beats }) => !waited.has(id) && (isHeard || beats >= UNHEARD_BEATS_MAX))
    .map(({ id }) => id);
}
