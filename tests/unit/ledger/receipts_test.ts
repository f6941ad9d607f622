import assert from "node:assert/strict";
import type { Ledger } from "../../../ledger/client.ts";
import { findInvoice, issueInvoice, listInvoices } from "../../../ledger/invoices.ts";
import { insertPrices, listPrices } from "../../../ledger/prices.ts";
import { readReceipts, type ReceiptsPage } from "../../../ledger/receipts.ts";
import { recordExecutions } from "../../../ledger/record-executions.ts";
import { insertTenant } from "../../../ledger/tenants.ts";
import { pricesAt } from "../../../mesh/billing/receipt.ts";
import { seeded } from "../../support/random.ts";
import { randomExecutions, SPAN_MS, START_MS, TENANTS } from "../../support/random-executions.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

const [TENANT, OTHER] = TENANTS;
const MIDDLE_MS = START_MS + SPAN_MS / 2;

async function record(ledger: Ledger, executions: ReturnType<typeof randomExecutions>) {
  for (let i = 0; i < executions.length; i += 100) {
    await recordExecutions(ledger, executions.slice(i, i + 100), 1);
  }
}

const mine = (executions: ReturnType<typeof randomExecutions>) =>
  executions.map(({ receipt }) => receipt).filter(({ tenant_id }) => tenant_id === TENANT);

Deno.test("readReceipts() page by page gives each of a tenant's receipts once, in the order of arrival, late ones too", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const random = seeded(5);
  const executions = randomExecutions(600, 5);
  const seen: string[] = [];
  let after: string | null = null;
  for (let i = 0; i < executions.length; i += 100) {
    await recordExecutions(ledger, executions.slice(i, i + 100), 1);
    for (let more = true; more;) {
      const limit = random.integer(1, 40);
      const page: ReceiptsPage = await readReceipts(ledger, { tenant_id: TENANT, limit, after });
      assert.ok(page.ok && page.receipts.length <= limit);
      seen.push(...page.receipts.map(({ id }) => id));
      ({ last: after, more } = page);
    }
  }
  assert.deepEqual(seen, mine(executions).map(({ id }) => id));
});

Deno.test("readReceipts() gives those of a span only", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(300, 6);
  await record(ledger, executions);
  const span = { from_ms: START_MS + 1e6, to_ms: MIDDLE_MS };
  const request = { tenant_id: TENANT, limit: 1_000, after: null };
  const page = await readReceipts(ledger, { ...request, ...span });
  const expected = mine(executions)
    .filter(({ executed_at_ms: at }) => at >= span.from_ms && at < span.to_ms);
  assert.ok(expected.length > 0);
  assert.deepEqual(page.ok && page.receipts.map(({ id }) => id), expected.map(({ id }) => id));
  // Where nothing is in the span, the page ends where it began.
  const [{ id: after }] = mine(executions);
  const nowhere = { ...request, after, from_ms: 1, to_ms: 2 };
  assert.deepEqual(await readReceipts(ledger, nowhere), {
    ok: true,
    receipts: [],
    last: after,
    more: false,
  });
});

Deno.test("readReceipts() goes on after the tenant's own receipts only", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(50, 11);
  await record(ledger, executions);
  const theirs = executions.find(({ receipt }) => receipt.tenant_id !== TENANT)!.receipt.id;
  for (const after of [theirs, "", "1", "nothing"]) {
    const page = await readReceipts(ledger, { tenant_id: TENANT, limit: 1, after });
    assert.deepEqual(page, { ok: false, refusal: "bad_cursor" }, after);
  }
  const none = await readReceipts(ledger, { tenant_id: "nobody", limit: 1, after: null });
  assert.deepEqual(none, { ok: true, receipts: [], last: null, more: false });
});

Deno.test("issueInvoice() takes each receipt once: what comes late is on a later invoice, and sums are exact", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  for (const id of [TENANT, OTHER]) await insertTenant(ledger, { id, name: id, created_at_ms: 1 });
  const [early, late] = [randomExecutions(400, 7), randomExecutions(200, 8)];
  await record(ledger, early);
  const first = { id: "i1", tenant_id: TENANT, period: "2026-10", issued_at_ms: 1 };
  assert.deepEqual(await issueInvoice(ledger, first, MIDDLE_MS), { ok: true });
  const before = await findInvoice(ledger, first);
  await record(ledger, late);
  const again = { ...first, id: "i2" };
  assert.deepEqual(await issueInvoice(ledger, again, MIDDLE_MS), {
    ok: false,
    refusal: "issued",
  });
  assert.deepEqual(await findInvoice(ledger, first), before, "an invoice has changed");
  const second = { ...first, id: "i3", period: "2026-11" };
  assert.deepEqual(await issueInvoice(ledger, second, START_MS + SPAN_MS), { ok: true });

  const onFirst = mine(early).filter(({ executed_at_ms }) => executed_at_ms < MIDDLE_MS);
  const ids = new Set(onFirst.map(({ id }) => id));
  const onSecond = mine([...early, ...late])
    .filter(({ id, executed_at_ms: at }) => !ids.has(id) && at < START_MS + SPAN_MS);
  for (const [{ id }, receipts] of [[first, onFirst], [second, onSecond]] as const) {
    const { lines } = (await findInvoice(ledger, { tenant_id: TENANT, id }))!;
    const sum = (of: (line: typeof lines[number]) => bigint) =>
      lines.reduce((total, line) => total + of(line), 0n);
    const plain = (of: "operations" | "charge_microcredits") =>
      receipts.reduce((total, receipt) => total + BigInt(receipt[of]), 0n);
    assert.equal(lines.reduce((n, { executions }) => n + executions, 0), receipts.length);
    assert.equal(sum(({ operations }) => operations), plain("operations"));
    assert.equal(
      sum(({ charge_microcredits }) => charge_microcredits),
      plain("charge_microcredits"),
    );
    assert.ok(plain("operations") > 2n ** 53n, "the sums are to pass 2^53");
  }
  assert.equal(await findInvoice(ledger, { tenant_id: OTHER, id: first.id }), null);
  assert.deepEqual(await listInvoices(ledger, OTHER), []);
  assert.deepEqual((await listInvoices(ledger, TENANT)).map(({ id }) => id), ["i3", "i1"]);
});

Deno.test("issueInvoice() of a period by many at once issues one", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, { id: TENANT, name: TENANT, created_at_ms: 1 });
  await record(ledger, randomExecutions(100, 9));
  const issued = await Promise.all(Array.from({ length: 10 }, (_, i) => {
    const invoice = { id: `i${i}`, tenant_id: TENANT, period: "2026-10", issued_at_ms: i };
    return issueInvoice(ledger, invoice, START_MS + SPAN_MS);
  }));
  assert.equal(issued.filter(({ ok }) => ok).length, 1);
  assert.equal((await listInvoices(ledger, TENANT)).length, 1);
  const unknown = { id: "x", tenant_id: "nobody", period: "2026-10", issued_at_ms: 1 };
  assert.deepEqual(await issueInvoice(ledger, unknown, 1), {
    ok: false,
    refusal: "unknown_tenant",
  });
});

Deno.test("insertPrices() adds one list for an instant; pricesAt() finds the one in force as a plain search does", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const random = seeded(10);
  const prices = { per_request: 1, per_mega_operation: 2, per_kilobyte: 3, created_at_ms: 1 };
  const instants = Array.from({ length: 40 }, () => random.integer(1, 50));
  for (const [i, valid_from_ms] of instants.entries()) {
    const added = await insertPrices(ledger, { id: `p${i}`, valid_from_ms, ...prices });
    assert.equal(added, instants.indexOf(valid_from_ms) === i);
  }
  const lists = await listPrices(ledger);
  for (let at = 0; at <= 60; at++) {
    const before = [...new Set(instants)].filter((from) => from <= at);
    const expected = before.length === 0 ? "launch" : `p${instants.indexOf(Math.max(...before))}`;
    assert.equal(pricesAt(lists, at).id, expected, `at ${at}`);
  }
});
