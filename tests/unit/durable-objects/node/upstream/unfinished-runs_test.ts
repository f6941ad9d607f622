import assert from "node:assert/strict";
import { NODE_MIGRATIONS } from "../../../../../durable-objects/node/migrations.ts";
import { UnfinishedRuns } from "../../../../../durable-objects/node/upstream/unfinished-runs.ts";
import { memorySql } from "../../../../support/memory-sql.ts";
import { randomExecutions } from "../../../../support/random-executions.ts";

const NOW_MS = 1_800_000_000_000;

Deno.test("What a life before this one had under way is taken out once, as it was last written", () => {
  const sql = memorySql(NODE_MIGRATIONS);
  const [one, other, ended] = randomExecutions(3, 4);
  const before = new UnfinishedRuns(sql);
  const later = { ...one, receipt: { ...one.receipt, completion_tokens: 64, prompt_tokens: 1 } };
  for (const execution of [one, other, ended, later]) before.cover(execution, NOW_MS);
  before.remove(ended.receipt.id);
  assert.ok(before.due_at! > NOW_MS, "somebody must look for them");
  const after = new UnfinishedRuns(sql);
  assert.equal(after.due_at, null);
  const byId = (id: string) => after_left.find(({ receipt }) => receipt.id === id);
  const after_left = after.takeLeft();
  assert.equal(after_left.length, 2);
  assert.deepEqual(byId(one.receipt.id), later);
  assert.deepEqual(byId(other.receipt.id), other);
  assert.deepEqual(after.takeLeft(), []);
});
