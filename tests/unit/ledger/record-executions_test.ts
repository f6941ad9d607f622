import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import type { Ledger } from "../../../ledger/client.ts";
import type { Execution } from "../../../ledger/execution.ts";
import { EXECUTIONS_MAX, recordExecutions } from "../../../ledger/record-executions.ts";
import { placements } from "../../../ledger/schema/placements.ts";
import { receipts } from "../../../ledger/schema/receipts.ts";
import type { Receipt } from "../../../mesh/billing/receipt.ts";
import { seeded } from "../../support/random.ts";
import { randomExecutions } from "../../support/random-executions.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

/** As the ledger has the receipt of tensors. */
const NO_TOKENS = {
  prompt_tokens: null,
  completion_tokens: null,
  per_mega_prompt_token: null,
  per_mega_completion_token: null,
};

/** As the ledger has a placement under the radio profile `light`. */
const NO_RADIO = { modelled_access_ms: 0, radio: null };

/** Compiles only while the ledger's receipt is the mesh's, and what the ledger says of it. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
type Flat<T> = { [K in keyof T]: T[K] };
const _receiptsHoldReceipts: Same<
  Flat<typeof receipts.$inferSelect>,
  Flat<
    & Omit<Receipt, keyof typeof NO_TOKENS>
    & { [K in keyof typeof NO_TOKENS]: number | null }
    & { waived_microcredits: number; invoice_id: string | null; recorded_at_ms: number }
  >
> = true;

const tokens = (i: number) => ({
  prompt_tokens: i,
  completion_tokens: 2 * i,
  per_mega_prompt_token: 150_000,
  per_mega_completion_token: 600_000,
});

const everything = async (ledger: Ledger) => ({
  receipts: await ledger.select().from(receipts).orderBy(receipts.id),
  placements: await ledger.select().from(placements).orderBy(placements.id),
});

const sortedById = <T extends { id: string }>(rows: T[]) =>
  rows.toSorted((a, b) => a.id < b.id ? -1 : 1);

Deno.test("recordExecutions() gives back every field of receipt and placement as it was", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(EXECUTIONS_MAX, 1).map(({ receipt, placement }, i) => ({
    receipt: i % 3 === 0 ? { ...receipt, ...tokens(i) } : receipt,
    placement: i % 5 === 0
      ? { ...placement, radio: "starlink", modelled_access_ms: i / 7 }
      : placement,
  }));
  assert.equal(await recordExecutions(ledger, executions, 42), EXECUTIONS_MAX);
  assert.deepEqual(await everything(ledger), {
    receipts: sortedById(executions.map(({ receipt }) => ({
      ...NO_TOKENS,
      ...receipt,
      waived_microcredits: 0,
      invoice_id: null,
      recorded_at_ms: 42,
    }))),
    placements: sortedById(
      executions.map(({ placement }) => ({ ...NO_RADIO, ...placement, created_at_ms: 42 })),
    ),
  });
});

Deno.test("recordExecutions() gives back null where it is null in one row, in some, and in all", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const optional = ["origin_node", "policy", "measured_wall_ms"] as const;
  const [one, other] = randomExecutions(2, 9).map(({ receipt, placement }) => ({
    receipt: { ...receipt, lease_id: "a lease" },
    placement: { ...placement, origin_node: "G2A-001-001", policy: {}, measured_wall_ms: 0.5 },
  }));
  const emptied = ({ receipt, placement }: Execution): Execution => ({
    receipt: { ...receipt, lease_id: null },
    placement: { ...placement, ...Object.fromEntries(optional.map((name) => [name, null])) },
  });
  for (const batch of [[one, other], [emptied(one), other], [emptied(one), emptied(other)]]) {
    await recordExecutions(ledger, batch, 1);
    const { receipts: kept, placements: where } = await everything(ledger);
    for (const { receipt, placement } of batch) {
      assert.equal(kept.find(({ id }) => id === receipt.id)?.lease_id, receipt.lease_id);
      assert.deepEqual(where.find(({ id }) => id === placement.id), {
        ...NO_RADIO,
        ...placement,
        created_at_ms: 1,
      });
    }
    await ledger.delete(receipts);
    await ledger.delete(placements);
  }
});

Deno.test("recordExecutions() of the same executions again, in any mixture, changes nothing", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(500, 2);
  for (let i = 0; i < 500; i += 100) {
    await recordExecutions(ledger, executions.slice(i, i + 100), 1);
  }
  const before = await everything(ledger);
  const random = seeded(3);
  // Later, altered and from several collectors at once: the first record of an id stands.
  const replays = Array.from({ length: 40 }, async () => {
    const some = Array.from({ length: random.integer(1, 100) }, () => {
      const { receipt, placement } = random.pick(executions);
      return { receipt: { ...receipt, charge_microcredits: 0 }, placement };
    });
    assert.equal(await recordExecutions(ledger, some, 2), 0);
  });
  await Promise.all(replays);
  assert.deepEqual(await everything(ledger), before);
});

Deno.test("recordExecutions() from 16 collectors with overlapping rows records each id once", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(400, 4);
  const recorded = await Promise.all(Array.from({ length: 16 }, async (_, collector) => {
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      const from = ((collector + i * 5) * 25) % 400;
      sum += await recordExecutions(ledger, executions.slice(from, from + 100), collector);
    }
    return sum;
  }));
  assert.equal(recorded.reduce((a, b) => a + b), 400);
  const { receipts, placements } = await everything(ledger);
  assert.deepEqual(
    receipts.map(({ id }) => id),
    sortedById(executions.map((e) => e.receipt)).map(({ id }) => id),
  );
  assert.deepEqual(placements.map(({ id }) => id), receipts.map(({ id }) => id));
});

Deno.test("recordExecutions() records all of a batch or, when one row is impossible, none", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(20, 5);
  const spoilt = structuredClone(executions);
  (spoilt[13].placement as { node: unknown }).node = null;
  await assert.rejects(recordExecutions(ledger, spoilt, 1), { code: "SQLITE_CONSTRAINT" });
  assert.deepEqual(await everything(ledger), { receipts: [], placements: [] });
  assert.equal(await recordExecutions(ledger, executions, 1), 20);
});

Deno.test("recordExecutions() refuses more than one transaction holds and a stray placement", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  assert.equal(await recordExecutions(ledger, [], 1), 0);
  await assert.rejects(
    recordExecutions(ledger, randomExecutions(EXECUTIONS_MAX + 1, 6), 1),
    RangeError,
  );
  const [a, b] = randomExecutions(2, 7);
  const stray: Execution = { receipt: a.receipt, placement: b.placement };
  await assert.rejects(recordExecutions(ledger, [stray], 1), RangeError);
});

Deno.test("The ledger refuses text in a column of numbers", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const [{ receipt }] = randomExecutions(1, 8);
  await recordExecutions(ledger, randomExecutions(1, 8), 1);
  await assert.rejects(
    ledger.$client.execute(
      { sql: "UPDATE receipts SET energy_mj = 'much' WHERE id = ?", args: [receipt.id] },
    ),
    { code: "SQLITE_CONSTRAINT" },
  );
  const [row] = await ledger.all(sql`SELECT typeof(energy_mj) AS type FROM receipts`);
  assert.deepEqual(row, { type: "integer" });
});
