/**
 * Whether a ledger has what this release needs, asked of a real one.
 * @module
 */
import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { hasWholeSchema } from "../../../ledger/schema-probe.ts";
import { openLedger } from "../../../ledger/client.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

Deno.test("hasWholeSchema() misses a table and a column, and rejects where the ledger is away", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  assert.equal(await hasWholeSchema(ledger), true);
  await ledger.run(sql`ALTER TABLE lease_closings RENAME TO mislaid`);
  assert.equal(await hasWholeSchema(ledger), false);
  await ledger.run(sql`ALTER TABLE mislaid RENAME TO lease_closings`);
  await ledger.run(sql`ALTER TABLE receipts RENAME COLUMN node TO mislaid`);
  assert.equal(await hasWholeSchema(ledger), false);
  const away = openLedger({ url: "http://127.0.0.1:1", authToken: "nobody" });
  await assert.rejects(hasWholeSchema(away));
});
