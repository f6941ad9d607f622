/**
 * Sums of integers beyond what SQLite's sum() and the client take.
 * @module
 */

import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { receipts } from "./schema/receipts.ts";

/**
 * Sums a column of integers exactly; 0 without rows. SQLite's sum() of integers fails beyond 2^63,
 * and the client beyond 2^53. So the halves of 32 bits are summed apart and come as text: good for
 * 2^31 rows.
 */
export function exactSum(column: SQLiteColumn): SQL<bigint> {
  const high = sql`coalesce(sum(${column} >> 32), 0)`;
  const low = sql`coalesce(sum(${column} & 4294967295), 0)`;
  return sql<bigint>`${high} || ' ' || ${low}`.mapWith((halves: string) => {
    const [high, low] = halves.split(" ").map(BigInt);
    return (high << 32n) + low;
  });
}

/** A selection: how many receipts, and the sum of each of their quantities. */
export const RECEIPT_SUMS = {
  executions: sql<number>`count(*)`,
  operations: exactSum(receipts.operations),
  energy_mj: exactSum(receipts.energy_mj),
  npu_us: exactSum(receipts.npu_us),
  bytes_up: exactSum(receipts.bytes_up),
  bytes_down: exactSum(receipts.bytes_down),
  prompt_tokens: exactSum(receipts.prompt_tokens),
  completion_tokens: exactSum(receipts.completion_tokens),
  charge_microcredits: exactSum(receipts.charge_microcredits),
};
