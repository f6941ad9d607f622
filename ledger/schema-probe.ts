/**
 * Whether a ledger has every table and column that this release reads and writes: asked of the ledger
 * itself, so that it does not matter by which tool its migrations were applied.
 * @module
 */

import type { Ledger } from "./client.ts";
import { reasonOf } from "./reason.ts";
import { admin_keys } from "./schema/admin-keys.ts";
import { api_keys } from "./schema/api-keys.ts";
import { board_keys } from "./schema/board-keys.ts";
import { catalogue_chunks, catalogues } from "./schema/catalogues.ts";
import { invoices } from "./schema/invoices.ts";
import { lease_closings } from "./schema/lease-closings.ts";
import { models } from "./schema/models.ts";
import { placements } from "./schema/placements.ts";
import { prices } from "./schema/prices.ts";
import { receipts } from "./schema/receipts.ts";
import { tenants } from "./schema/tenants.ts";

const TABLES = [
  admin_keys,
  api_keys,
  board_keys,
  catalogue_chunks,
  catalogues,
  invoices,
  lease_closings,
  models,
  placements,
  prices,
  receipts,
  tenants,
];

/**
 * Selects every column of every table, and no row, in one batch.
 * @returns false if the ledger lacks a table or a column; what it has besides does not matter
 * @throws the client's error, unchanged, if the batch fails otherwise, as while the ledger is away
 */
export async function hasWholeSchema(ledger: Ledger): Promise<boolean> {
  const [first, ...rest] = TABLES.map((table) => ledger.select().from(table).limit(0));
  try {
    await ledger.batch([first, ...rest]);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** SQLite's words for a table or a column that there is not; their code is one for all errors in SQL. */
const isMissing = (error: unknown): boolean => /no such (?:table|column)/.test(reasonOf(error));
