import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { closeLease } from "../../../../ledger/leases.ts";
import { recordExecutions } from "../../../../ledger/record-executions.ts";
import { randomExecutions } from "../../../support/random-executions.ts";
import { temporaryLedger } from "../../../support/temporary-ledger.ts";

const closing = (lease_id: string) => ({ lease_id, tenant_id: "acme", closed_at_ms: 1 });

Deno.test("closeLease() counts what is charged; what comes later is waived, what was there stays, however often either is sent", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(40, 5).map(({ receipt, placement }, i) => ({
    receipt: { ...receipt, lease_id: ["A", "B", null, "A"][i % 4] },
    placement,
  }));
  const [before, after] = [executions.slice(0, 20), executions.slice(20)];
  const charges = (some: typeof executions, lease: string) =>
    some.reduce(
      (sum, { receipt: r }) => r.lease_id === lease ? sum + r.charge_microcredits : sum,
      0,
    );
  await recordExecutions(ledger, before, 1);
  assert.equal(await closeLease(ledger, closing("A")), charges(before, "A"));
  await recordExecutions(ledger, executions, 2);
  await recordExecutions(ledger, after, 3);
  assert.equal(await closeLease(ledger, closing("A")), charges(before, "A"));
  assert.equal(await closeLease(ledger, closing("nobody's")), 0);
  const rows = await ledger.all<Record<string, number>>(
    sql`SELECT id, charge_microcredits AS charge, waived_microcredits AS waived FROM receipts`,
  );
  assert.equal(rows.length, 40);
  const byId = new Map(rows.map((row) => [String(row.id), row]));
  executions.forEach(({ receipt }, i) => {
    const { charge, waived } = byId.get(receipt.id)!;
    const isWaived = receipt.lease_id === "A" && i >= 20;
    const full = receipt.charge_microcredits;
    assert.deepEqual([charge, waived], isWaived ? [0, full] : [full, 0], `execution ${i}`);
  });
});

Deno.test("closeLease() and receipts that race with it agree: what it counted is what is charged", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  for (let round = 0; round < 10; round++) {
    const lease_id = `L${round}`;
    const executions = randomExecutions(30, 100 + round).map(({ receipt, placement }) => ({
      receipt: { ...receipt, lease_id },
      placement,
    }));
    const [spent] = await Promise.all([
      closeLease(ledger, closing(lease_id)),
      ...[0, 10, 20].map((at) => recordExecutions(ledger, executions.slice(at, at + 10), 1)),
    ]);
    const [{ charged }] = await ledger.all<{ charged: number }>(
      sql`SELECT coalesce(sum(charge_microcredits), 0) AS charged FROM receipts
        WHERE lease_id = ${lease_id}`,
    );
    assert.equal(charged, spent, `round ${round}`);
  }
});
