/**
 * Reads what came to the ledger of one tenant since the last look: the newest as a sample, and sums. The
 * work does not grow with how much came.
 * @module
 */

import { and, desc, eq, gt, sql } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { placements } from "./schema/placements.ts";
import { receipts } from "./schema/receipts.ts";

// Sums look at each row: so many are a few ms. A tenant with a thousand executions a second is told that
// there were more.
const COUNTED_MAX = 2_000;

/** Since when, and how many at most. */
export interface NewestRequest {
  tenant_id: string;
  /** The id of the newest receipt at the last look; empty: there was none. Null: this is the first look. */
  after: string | null;
  /** Executions of the sample at most. */
  sample_max: number;
}

/** An execution of the sample. */
export type SampledExecution = typeof placements.$inferSelect & {
  energy_mj: number;
  charge_microcredits: number;
};

/** What is new. */
export interface NewestExecutions {
  /** The id to go on after; empty: the tenant has no receipt. */
  last: string;
  /** Null if nothing is new, at the first look, and if the ledger does not know `after`. */
  news: {
    /** How many, COUNTED_MAX at most. */
    executions: number;
    /** Whether there were more. */
    more: boolean;
    /** Of those that are counted. */
    energy_mj: number;
    /** Of those that are counted. */
    charge_microcredits: number;
    /** The newest, oldest first. */
    sample: SampledExecution[];
  } | null;
}

// As in receipts.ts: receipts are never deleted, so rows are in order of arrival.
const row = sql<number>`receipts.rowid`;

/** Looks what is new, in one transaction and one way there and back. */
export async function readNewest(
  ledger: Ledger,
  { tenant_id, after, sample_max }: NewestRequest,
): Promise<NewestExecutions> {
  const own = eq(receipts.tenant_id, tenant_id);
  const newest = ledger.select({ id: receipts.id }).from(receipts).where(own)
    .orderBy(desc(row)).limit(1);
  if (after === null) return { last: (await newest)[0]?.id ?? "", news: null };
  const before = ledger.select({ row }).from(receipts).where(and(eq(receipts.id, after), own));
  const isNew = and(own, gt(row, sql`coalesce((${before}), 0)`));
  const { energy_mj, charge_microcredits } = receipts;
  const counted = ledger.select({ energy_mj, charge_microcredits }).from(receipts).where(isNew)
    .orderBy(row).limit(COUNTED_MAX + 1).as("counted");
  const [known, [last], [sums], sample] = await ledger.batch([
    before,
    newest,
    // total(), as a sum of integers that passes 2^53 fails the client.
    ledger.select({
      executions: sql<number>`count(*)`,
      energy_mj: sql<number>`total(${counted.energy_mj})`,
      charge_microcredits: sql<number>`total(${counted.charge_microcredits})`,
    }).from(counted),
    ledger.select({ placement: placements, energy_mj, charge_microcredits }).from(receipts)
      .innerJoin(placements, eq(placements.id, receipts.id)).where(isNew)
      .orderBy(desc(row)).limit(sample_max),
  ]);
  const isKnown = after === "" || known.length === 1;
  if (!isKnown || sums.executions === 0) return { last: last?.id ?? "", news: null };
  return {
    last: last.id,
    news: {
      ...sums,
      executions: Math.min(sums.executions, COUNTED_MAX),
      more: sums.executions > COUNTED_MAX,
      sample: sample.reverse().map(({ placement, ...used }) => ({ ...placement, ...used })),
    },
  };
}
