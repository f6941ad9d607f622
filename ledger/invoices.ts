/**
 * Issues invoices and reads them: each is the receipts that carry its id.
 * @module
 */

import { and, asc, desc, eq, exists, isNull, lt, sql } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { RECEIPT_SUMS } from "./exact-sum.ts";
import { invoices } from "./schema/invoices.ts";
import { receipts } from "./schema/receipts.ts";
import { tenants } from "./schema/tenants.ts";
import type { UsageRow } from "./usage.ts";

/** An invoice; what it charges is the sum of the receipts that carry its id. */
export type InvoiceRow = typeof invoices.$inferSelect;
/** The sums of an invoice's receipts of one model and one price list. */
export type InvoiceLine = Omit<UsageRow, "group"> & { model: string; price_list: string };

/** Whether an invoice was issued; `issued`: the tenant's period has an invoice already. */
export type Issued = { ok: true } | { ok: false; refusal: "unknown_tenant" | "issued" };

/**
 * Issues an invoice over all receipts of its tenant that were executed before an instant and are on
 * no invoice yet. One transaction: of several at once for a period, one is issued and the others
 * change nothing.
 * @param until_ms mesh clock, ms since 1970
 */
export async function issueInvoice(
  ledger: Ledger,
  invoice: InvoiceRow,
  until_ms: number,
): Promise<Issued> {
  const { id, tenant_id } = invoice;
  const [tenant] = await ledger.select({ id: tenants.id }).from(tenants)
    .where(eq(tenants.id, tenant_id));
  if (!tenant) return { ok: false, refusal: "unknown_tenant" };
  const [inserted] = await ledger.batch([
    ledger.insert(invoices).values(invoice).onConflictDoNothing(),
    ledger.update(receipts).set({ invoice_id: id }).where(and(
      eq(receipts.tenant_id, tenant_id),
      lt(receipts.executed_at_ms, until_ms),
      isNull(receipts.invoice_id),
      exists(ledger.select({ one: sql`1` }).from(invoices).where(eq(invoices.id, id))),
    )),
  ]);
  return inserted.rowsAffected === 1 ? { ok: true } : { ok: false, refusal: "issued" };
}

/**
 * All invoices of a tenant, the latest period first: a dozen a year.
 * @param tenant_id a tenant that is not there has none
 */
export const listInvoices = (ledger: Ledger, tenant_id: string): Promise<InvoiceRow[]> =>
  ledger.select().from(invoices).where(eq(invoices.tenant_id, tenant_id))
    .orderBy(desc(invoices.period));

/**
 * Reads an invoice with its lines, which are ordered by model and price list.
 * @param request `tenant_id` null: of any tenant
 * @returns null if the tenant has no invoice of this id
 */
export async function findInvoice(
  ledger: Ledger,
  { tenant_id, id }: { tenant_id: string | null; id: string },
): Promise<{ invoice: InvoiceRow; lines: InvoiceLine[] } | null> {
  const [invoice] = await ledger.select().from(invoices)
    .where(and(
      eq(invoices.id, id),
      tenant_id === null ? undefined : eq(invoices.tenant_id, tenant_id),
    ));
  if (!invoice) return null;
  const { model, price_list } = receipts;
  const lines = await ledger.select({ model, price_list, ...RECEIPT_SUMS }).from(receipts)
    .where(eq(receipts.invoice_id, id)).groupBy(model, price_list)
    .orderBy(asc(model), asc(price_list));
  return { invoice, lines };
}
