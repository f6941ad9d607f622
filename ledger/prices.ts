/**
 * Lists and adds prices. Before the first list the launch prices (mesh/billing/receipt.ts) hold.
 * @module
 */

import { asc } from "drizzle-orm";
import type { PriceList } from "../mesh/billing/receipt.ts";
import type { Ledger } from "./client.ts";
import { prices } from "./schema/prices.ts";

const { id, valid_from_ms, per_request, per_mega_operation, per_kilobyte } = prices;

/** All lists that were added, the oldest first. */
export const listPrices = (ledger: Ledger): Promise<PriceList[]> =>
  ledger.select({ id, valid_from_ms, per_request, per_mega_operation, per_kilobyte })
    .from(prices).orderBy(asc(valid_from_ms));

/**
 * Adds a price list.
 * @returns false if another list is valid from the same instant: nothing changes then
 */
export async function insertPrices(
  ledger: Ledger,
  list: PriceList & { created_at_ms: number },
): Promise<boolean> {
  const { rowsAffected } = await ledger.insert(prices).values(list).onConflictDoNothing();
  return rowsAffected === 1;
}
