/**
 * Records one execution, unless another of its id is recorded, and tells which one the ledger has.
 * @module
 */
import { eq } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import type { Execution } from "./execution.ts";
import { recordExecutions } from "./record-executions.ts";
import { placements } from "./schema/placements.ts";
import { receipts } from "./schema/receipts.ts";

/**
 * Records an execution and reads what the ledger has of its id.
 * @param recordedAtMs real clock, ms since 1970
 * @returns as the ledger has it; rejects if the ledger is away or refuses the execution
 */
export async function recordOrFind(
  ledger: Ledger,
  execution: Execution,
  recordedAtMs: number,
): Promise<Execution> {
  const { id } = execution.receipt;
  await recordExecutions(ledger, [execution], recordedAtMs);
  const [[receipt], [placement]] = await ledger.batch([
    ledger.select().from(receipts).where(eq(receipts.id, id)),
    ledger.select().from(placements).where(eq(placements.id, id)),
  ]);
  const { waived_microcredits: _w, invoice_id: _i, recorded_at_ms: _r, ...billed } = receipt;
  const { created_at_ms: _c, modelled_access_ms, radio, ...placed } = placement;
  return {
    receipt: withoutNulls(billed),
    // Under `light` there is no such field.
    placement: {
      ...placed,
      ...(radio !== null && { radio, modelled_access_ms: modelled_access_ms ?? 0 }),
    },
  };
}

/** A run of tensors has no tokens in its receipt: the ledger has null there. */
function withoutNulls<Row extends object>(row: Row): Given<Row> {
  const { lease_id, ...others } = row as Row & { lease_id: string | null };
  const given = Object.entries(others).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(given), lease_id } as Given<Row>;
}

type Given<Row> = {
  [Key in keyof Row]: Key extends "lease_id" ? Row[Key]
    : null extends Row[Key] ? Exclude<Row[Key], null> | undefined
    : Row[Key];
};
