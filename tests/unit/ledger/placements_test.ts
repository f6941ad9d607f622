import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { findPlacement, listPlacements } from "../../../ledger/placements.ts";
import { PAGE_ROWS_MAX } from "../../../ledger/page.ts";
import { recordExecutions } from "../../../ledger/record-executions.ts";
import { seeded } from "../../support/random.ts";
import { randomExecutions } from "../../support/random-executions.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

Deno.test("listPlacements() shows each row once, newest first, while new rows arrive", async () => {
  for (const seed of [21, 22, 23]) {
    await using temporary = await temporaryLedger();
    const { ledger } = temporary;
    const random = seeded(seed);
    const executions = randomExecutions(300, seed);
    for (let i = 0; i < 300; i += 100) {
      await recordExecutions(ledger, executions.slice(i, i + 100), 1);
    }
    const expected = executions.map(({ placement }) => placement)
      .filter(({ tenant_id }) => tenant_id === "acme")
      .sort((a, b) => b.placed_at_ms - a.placed_at_ms || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);

    const seen: string[] = [];
    let cursor: string | undefined;
    for (let round = 0; cursor !== undefined || round === 0; round++) {
      const page = await listPlacements(ledger, {
        tenant_id: "acme",
        limit: random.integer(1, 9),
        cursor,
      });
      assert.ok(page.ok);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next ?? undefined;
      // At any instant, the ones that are passed already among them.
      await recordExecutions(ledger, randomExecutions(5, seed * 1000 + round), 2);
    }
    const mine = new Set(expected);
    assert.deepEqual(seen.filter((id) => mine.has(id)), expected, `seed ${seed}`);
    assert.equal(new Set(seen).size, seen.length, `seed ${seed}: a row came twice`);
  }
});

Deno.test("listPlacements() refuses a cursor that nobody handed out, and an impossible limit", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  for (const cursor of ["", "!", "bnVsbA", "WzFd", "WyJhIiwiYiJd", "WzEsMl0", "💥"]) {
    assert.deepEqual(
      await listPlacements(ledger, { tenant_id: "acme", limit: 1, cursor }),
      { ok: false, refusal: "bad_cursor" },
      cursor,
    );
  }
  for (const limit of [0, -1, 1.5, NaN, PAGE_ROWS_MAX + 1]) {
    await assert.rejects(listPlacements(ledger, { tenant_id: "acme", limit }), RangeError);
  }
  assert.deepEqual(
    await listPlacements(ledger, { tenant_id: "acme", limit: PAGE_ROWS_MAX }),
    { ok: true, data: [], next: null },
  );
});

Deno.test("findPlacement() finds a tenant's own placement and never another's", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(10, 24);
  await recordExecutions(ledger, executions, 7);
  for (const { placement } of executions) {
    const { id, tenant_id } = placement;
    assert.deepEqual(
      await findPlacement(ledger, { id, tenant_id }),
      { ...placement, modelled_access_ms: 0, radio: null, created_at_ms: 7 },
    );
    assert.equal(await findPlacement(ledger, { id, tenant_id: "mallory" }), null);
  }
  assert.equal(await findPlacement(ledger, { id: "none", tenant_id: "acme" }), null);
});

Deno.test("A page of placements and a sum of usage are read by index, whatever the ledger holds", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const plan = async (query: string) => {
    const steps = await ledger.all<{ detail: string }>(sql.raw(`EXPLAIN QUERY PLAN ${query}`));
    return steps.map(({ detail }) => detail).join("; ");
  };
  assert.match(
    await plan(`SELECT * FROM placements WHERE tenant_id = 'a' AND placed_at_ms <= 5
      AND (placed_at_ms < 5 OR (placed_at_ms = 5 AND id > 'x'))
      ORDER BY placed_at_ms DESC, id LIMIT 10`),
    /^SEARCH placements USING INDEX placements_by_tenant \(tenant_id=\? AND placed_at_ms<\?\)$/,
  );
  assert.match(
    await plan(`SELECT count(*) FROM receipts WHERE tenant_id = 'a'
      AND executed_at_ms >= 1 AND executed_at_ms < 5`),
    /receipts_by_tenant \(tenant_id=\? AND executed_at_ms>\? AND executed_at_ms<\?\)$/,
  );
});
