/**
 * Runs days of the simulation one after the other, and says which seed failed and how to run it again.
 * @module
 */
import { type Day, type Result, simulate } from "./day.ts";
import type { Told } from "./isolate.ts";
import { clear, openRealLedger } from "./real-ledger.ts";

export interface Summary {
  days: number;
  told: Partial<Record<Told, number>>;
  repeated: number;
  hedged: number;
  poison: number;
  waived: number;
  hashes: string[];
}

export interface Span {
  from: number;
  to: number;
  /** Every so many days run the real ledger as well. */
  real_every: number;
  each?: (done: number) => void;
}

export async function simulateDays(
  { from, to, real_every, each }: Span,
  how: Omit<Day, "seed" | "real"> = {},
): Promise<Summary> {
  const ledger = await openRealLedger();
  const summary: Summary = {
    days: 0,
    told: {},
    repeated: 0,
    hedged: 0,
    poison: 0,
    waived: 0,
    hashes: [],
  };
  for (let seed = from; seed < to; seed++) {
    const real = seed % real_every === 0 ? ledger : undefined;
    const result = await simulate({ ...how, seed, real }).catch((error) => {
      const again = `deno task simulate ${seed}`;
      throw new Error(`Seed ${seed} (again: ${again}): ${error.message}`, { cause: error });
    });
    if (real) await clear(ledger);
    add(summary, result);
    each?.(summary.days);
  }
  return summary;
}

function add(summary: Summary, { told, repeated, hedged, poison, waived, hash }: Result): void {
  summary.days++;
  for (const [what, n] of Object.entries(told) as [Told, number][]) {
    summary.told[what] = (summary.told[what] ?? 0) + n;
  }
  summary.repeated += repeated;
  summary.hedged += hedged;
  summary.poison += poison;
  summary.waived += waived;
  summary.hashes.push(hash);
}
