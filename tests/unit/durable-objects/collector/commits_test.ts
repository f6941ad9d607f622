import assert from "node:assert/strict";
import { commit } from "../../../../durable-objects/collector/commits.ts";
import { Inbox } from "../../../../durable-objects/collector/inbox.ts";
import { COLLECTOR_MIGRATIONS } from "../../../../durable-objects/collector/migrations.ts";
import { RecentExecutions } from "../../../../durable-objects/collector/recent-executions.ts";
import type { Execution } from "../../../../ledger/execution.ts";
import { recordOrFind } from "../../../../ledger/record-or-find.ts";
import { memorySql } from "../../../support/memory-sql.ts";
import { randomExecutions } from "../../../support/random-executions.ts";
import { temporaryLedger } from "../../../support/temporary-ledger.ts";

const [A] = randomExecutions(1, 1);
const B: Execution = {
  receipt: { ...A.receipt, node: "B" },
  placement: { ...A.placement, node: "B", attempts: 2 },
};

/** A collector's ports over a disk, and a ledger that is a map or away. */
function ports(away = false) {
  const ledger = new Map<string, Execution>();
  const disk = new Map<string, Execution>();
  return {
    ledger,
    disk,
    recent: new RecentExecutions("x"),
    keep: (execution: Execution) => {
      if (!disk.has(execution.receipt.id)) disk.set(execution.receipt.id, execution);
    },
    kept: (id: string) => disk.get(id) ?? null,
    record: (execution: Execution) => {
      if (away) return Promise.reject(new Error("the ledger is away"));
      if (!ledger.has(execution.receipt.id)) ledger.set(execution.receipt.id, execution);
      return Promise.resolve(ledger.get(execution.receipt.id)!);
    },
  };
}

Deno.test("commit() keeps a run on disk without asking the ledger, where nothing of its ask can have come before", async () => {
  const at = ports(true);
  const mark = at.recent.mark;
  assert.equal((await commit(at, B, mark)).counts, B);
  assert.deepEqual([...at.disk.values()], [B]);
  // A receipt that comes later changes nothing, nor does asking again.
  at.recent.note(A);
  assert.equal((await commit(at, A, mark)).counts, B);
});

Deno.test("commit() tells of the receipt that was here first, and keeps it where a late repetition finds it", async () => {
  const at = ports(true);
  const mark = at.recent.mark;
  at.recent.note(A);
  assert.equal((await commit(at, B, mark)).counts, A);
  const anew = { ...ports(), disk: at.disk, kept: at.kept, recent: new RecentExecutions("y") };
  assert.equal((await commit(anew, B, mark)).counts, A);
  assert.deepEqual([...anew.ledger.values()], [A]);
});

Deno.test("commit() leaves it to the ledger where it may have forgotten, and decides nothing while that is away", async () => {
  const at = ports();
  at.ledger.set(A.receipt.id, A);
  for (const mark of [null, "w/0"]) assert.equal((await commit(at, B, mark)).counts, A);
  const away = ports(true);
  await assert.rejects(commit(away, B, null), /away/);
  assert.equal(away.disk.size, 0);
});

Deno.test("A mark holds while everything that came since is known: through one generation more, and no longer", () => {
  const recent = new RecentExecutions("x");
  const mark = recent.mark;
  const all = randomExecutions(2_001, 2);
  for (let i = 0; i < all.length; i++) {
    recent.note(all[i]);
    const covered = recent.isCoveredSince(mark);
    if (covered) assert.equal(recent.find(all[0].receipt.id), all[0]);
    assert.equal(covered, i < 2_000, `${i}`);
  }
  assert.ok(!recent.isCoveredSince(null));
});

Deno.test("recordOrFind() gives what the ledger has: the given execution where it is new, else the first, field by field", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const { v: _, ...plain } = A;
  assert.deepEqual(await recordOrFind(ledger, A, 1), plain);
  assert.deepEqual(await recordOrFind(ledger, B, 2), plain);
});

Deno.test("notSetAside() holds back what was set aside under the same id, whoever ran it", async () => {
  const inbox = new Inbox({
    sql: memorySql(COLLECTOR_MIGRATIONS),
    record: () => Promise.reject(new Error("it says what cannot be")),
    batch_max: 10,
    refusal: (error) => (error as Error).message,
    warn: () => {},
  });
  const [other] = randomExecutions(1, 3);
  inbox.add([B]);
  assert.deepEqual(inbox.find(B.receipt.id), B);
  await inbox.drain(1);
  assert.deepEqual(inbox.notSetAside([A, other]), [other]);
  assert.deepEqual(inbox.find(B.receipt.id), B);
  assert.equal(inbox.find(other.receipt.id), null);
});
