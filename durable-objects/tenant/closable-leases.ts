/**
 * Which leases of budget the ledger may close, while receipts are on their way there.
 * Not its job: what a lease holds (budget-book.ts), asking the collectors (tenant.ts).
 * @module
 */

// Five minutes: a region that is silent for longer must not keep a part of every tenant's budget.
const UNHEARD_HEARTBEATS_MAX = 60;

/** A lease that only the ledger can close. */
export interface Due {
  id: string;
  /** Beats since the holder's last request. */
  beats: number;
}

/**
 * Picks the leases that the ledger may close now: those without a receipt on its way there, which
 * the closing would waive. No unit is charged twice either way: this decides only who pays for a
 * late receipt.
 * @param held for each collector, the leases that its waiting receipts are charged to; null: it is
 * silent
 * @returns ids; while a collector is silent, only leases that were silent for UNHEARD_HEARTBEATS_MAX
 */
export function closableLeases(
  due: readonly Due[],
  held: readonly (readonly string[] | null)[],
): string[] {
  const isHeard = held.every((ids) => ids !== null);
  const waited = new Set(held.flatMap((ids) => ids ?? []));
  return due
    .filter(({ id, beats }) => !waited.has(id) && (isHeard || beats >= UNHEARD_HEARTBEATS_MAX))
    .map(({ id }) => id);
}
