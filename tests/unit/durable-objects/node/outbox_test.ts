import assert from "node:assert/strict";
import { NODE_MIGRATIONS } from "../../../../durable-objects/node/migrations.ts";
import { Outbox } from "../../../../durable-objects/node/outbox.ts";
import type { Sql } from "../../../../durable-objects/shared/sql.ts";
import type { Execution } from "../../../../ledger/execution.ts";
import { memorySql } from "../../../support/memory-sql.ts";
import { randomExecutions } from "../../../support/random-executions.ts";

const NOW_MS = Date.UTC(2026, 10, 26);

/** An outbox whose collector answers when a test lets it. */
function handDriven(sql: Sql = memorySql(NODE_MIGRATIONS)) {
  const waits: { ms: number; end: () => void }[] = [];
  const calls: { ids: string[]; answer: PromiseWithResolvers<void> }[] = [];
  const outbox = new Outbox({
    sql,
    collect: (executions: Execution[]) => {
      const answer = Promise.withResolvers<void>();
      calls.push({ ids: executions.map(({ receipt }) => receipt.id), answer });
      return answer.promise;
    },
    warn: () => {},
    wait: (ms) => new Promise<void>((end) => waits.push({ ms, end })),
  }, NOW_MS);
  return { sql, outbox, calls, waits };
}

const idsOf = (executions: readonly Execution[]): string[] =>
  executions.map(({ receipt }) => receipt.id).sort();
const kept = (sql: Sql): string[] =>
  sql.exec<{ id: string }>("SELECT id FROM undelivered ORDER BY id").toArray().map(({ id }) => id);
/** Rows that were written since the database was made, those of tables that nobody sees among them. */
const written = (sql: Sql): number =>
  sql.exec<{ rows: number }>("SELECT total_changes() AS rows").toArray()[0].rows;

Deno.test("An execution that its collector takes costs the outbox two rows: its own, and its deletion", async () => {
  const { sql, outbox, calls } = handDriven();
  const [execution] = randomExecutions(1, 1);
  const before = written(sql);
  outbox.keep(execution, NOW_MS);
  const delivered = outbox.deliver(() => NOW_MS);
  calls[0].answer.resolve();
  await delivered;
  assert.deepEqual([written(sql) - before, kept(sql), outbox.due_at], [2, [], null]);
  // And each is one tree's: a table with an index would write two.
  const [{ sql: made }] = sql.exec<{ sql: string }>(
    "SELECT sql FROM sqlite_master WHERE name = 'undelivered'",
  ).toArray();
  assert.match(made, /WITHOUT ROWID/);
});

Deno.test("One delivery at a time takes all that is kept while it is under way", async () => {
  const { sql, outbox, calls, waits } = handDriven();
  const all = randomExecutions(3, 2);
  outbox.keep(all[0], NOW_MS);
  const first = outbox.deliver(() => NOW_MS);
  outbox.keep(all[1], NOW_MS);
  outbox.keep(all[2], NOW_MS);
  await outbox.deliver(() => NOW_MS);
  assert.equal(calls.length, 1, "the second call leaves it to the first");
  calls[0].answer.resolve();
  while (waits.length < 1) await null;
  assert.equal(waits[0].ms, 1_000, "a busy node delivers once a second");
  waits[0].end();
  while (calls.length < 2) await null;
  assert.deepEqual(calls[1].ids, idsOf(all.slice(1)));
  calls[1].answer.resolve();
  await first;
  assert.deepEqual([kept(sql), outbox.due_at], [[], null]);
});

Deno.test("What a collector does not take stays, is due again, and is due at once after a restart", async () => {
  const { sql, outbox, calls } = handDriven();
  const all = randomExecutions(2, 3);
  for (const execution of all) outbox.keep(execution, NOW_MS);
  const due = outbox.due_at!;
  assert.ok(due > NOW_MS && due <= NOW_MS + 10_000, "a crash loses some seconds at most");
  const failed = outbox.deliver(() => NOW_MS);
  calls[0].answer.reject(new Error("the collector is away"));
  await failed;
  assert.deepEqual(kept(sql), idsOf(all));
  assert.ok(outbox.due_at! > NOW_MS);
  assert.equal(handDriven(sql).outbox.due_at, NOW_MS);
});

Deno.test("What a release before this one has kept is taken over, also after a rollback to it", async () => {
  const { sql, outbox } = handDriven();
  const [ours, theirs] = randomExecutions(2, 4);
  outbox.keep(ours, NOW_MS);
  sql.exec(
    "INSERT INTO outbox (id, execution) VALUES (?, ?)",
    theirs.receipt.id,
    JSON.stringify(theirs),
  );
  const again = handDriven(sql);
  assert.deepEqual(kept(sql), idsOf([ours, theirs]));
  assert.deepEqual(sql.exec("SELECT id FROM outbox").toArray(), []);
  const delivered = again.outbox.deliver(() => NOW_MS);
  assert.deepEqual(again.calls[0].ids, idsOf([ours, theirs]));
  again.calls[0].answer.resolve();
  await delivered;
});
