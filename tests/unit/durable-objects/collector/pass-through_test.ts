import assert from "node:assert/strict";
import { PassThrough } from "../../../../durable-objects/collector/pass-through.ts";
import { VERSIONS } from "../../../../durable-objects/shared/version.ts";
import type { Execution } from "../../../../ledger/execution.ts";
import { randomExecutions } from "../../../support/random-executions.ts";

const BATCH_MAX = 10;

/** A PassThrough whose ledger and timers a test settles by hand. */
function handDriven() {
  const batches: Execution[][] = [];
  const answers: PromiseWithResolvers<unknown>[] = [];
  const timers: PromiseWithResolvers<void>[] = [];
  const passing = new PassThrough({
    record: (executions) => {
      batches.push([...executions]);
      answers.push(Promise.withResolvers());
      return answers[answers.length - 1].promise;
    },
    batch_max: BATCH_MAX,
    wait: () => {
      timers.push(Promise.withResolvers());
      return timers[timers.length - 1].promise;
    },
    within: (_ms, promise) => Promise.resolve(promise),
  });
  return { passing, batches, answers, timers };
}

const turns = async () => {
  for (let i = 0; i < 8; i++) await null;
};

Deno.test("pass() brings what comes while it gathers in one transaction, and tells each sender when the ledger has it", async () => {
  const { passing, batches, answers, timers } = handDriven();
  const all = randomExecutions(9, 1);
  const told: boolean[] = [];
  const senders = [0, 3, 6].map((i) =>
    passing.pass(all.slice(i, i + 3)).then((recorded) => told.push(recorded))
  );
  await turns();
  assert.deepEqual([timers.length, batches.length, told.length], [1, 0, 0]);
  assert.deepEqual(passing.executions, all);
  timers[0].resolve();
  await turns();
  assert.deepEqual(batches, [all]);
  assert.deepEqual(passing.executions, all, "the ledger may not have them yet");
  // What comes meanwhile goes with the next one.
  const [late] = randomExecutions(1, 2);
  const later = passing.pass([late]);
  answers[0].resolve(null);
  await Promise.all(senders);
  assert.deepEqual(told, [true, true, true]);
  assert.deepEqual(passing.executions, [late]);
  timers[1].resolve();
  await turns();
  answers[1].resolve(null);
  assert.equal(await later, true);
  assert.deepEqual(batches[1], [late]);
  assert.deepEqual(passing.executions, []);
});

Deno.test("pass() tells every sender of a batch that fails, or takes too long, and holds nothing of it", async () => {
  const { passing, answers, timers } = handDriven();
  const [a, b] = randomExecutions(2, 3);
  const told = Promise.all([passing.pass([a]), passing.pass([b])]);
  timers[0].resolve();
  await turns();
  answers[0].reject(new Error("the ledger is away"));
  assert.deepEqual(await told, [false, false]);
  assert.deepEqual(passing.executions, []);
});

Deno.test("pass() sends no more in one transaction than the ledger takes, and holds so many at most", async () => {
  const { passing, batches, timers, answers } = handDriven();
  const all = randomExecutions(2_100, 4);
  const told: Promise<boolean>[] = [];
  for (let i = 0; i < all.length; i += 7) told.push(passing.pass(all.slice(i, i + 7)));
  for (let i = 0; i < timers.length; i++) timers[i].resolve();
  await turns();
  assert.ok(batches.every((batch) => batch.length <= BATCH_MAX));
  for (const answer of answers) answer.resolve(null);
  const results = await Promise.all(told);
  const passed = batches.flat().length;
  assert.equal(results.filter(Boolean).length * 7, passed);
  assert.ok(passed <= 2_000 && passed > 1_900, `${passed}`);
  assert.equal(new Set(batches.flat().map(({ receipt }) => receipt.id)).size, passed);
});

Deno.test("pass() leaves what it cannot read to its caller, and all that came with it", async () => {
  const { passing, timers } = handDriven();
  const [a, b] = randomExecutions(2, 5);
  const newer = { ...a, v: VERSIONS.execution + 1 } as Execution;
  const torn = { ...a, placement: { ...a.placement, id: "another" } };
  assert.equal(await passing.pass([b, newer]), false);
  assert.equal(await passing.pass([torn]), false);
  assert.equal(timers.length, 0);
});
