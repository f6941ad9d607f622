/**
 * The line before long work, by a clock that the test turns: one at a time, in the order of arrival,
 * and nobody who has left holds it up.
 * @module
 */
import assert from "node:assert/strict";
import { FakeTime } from "../../../support/fake-time.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const MODULE = "../../../../functions/sky/waiting-line.ts";
interface WaitingLine {
  run<T>(tenant: string | null, work: () => Promise<T>): Promise<T>;
}
const { WaitingLine } = await import(MODULE) as {
  WaitingLine: new (
    says: string,
    limits: { waiting_max: number; of_one_max: number; wait_ms_max: number; work_ms_max: number },
  ) => WaitingLine;
};

const lineOf = (change = {}) =>
  new WaitingLine("Too many", {
    waiting_max: 3,
    of_one_max: 3,
    wait_ms_max: 5_000,
    work_ms_max: 15_000,
    ...change,
  });

const overloaded = { code: "overloaded", message: "Too many", headers: { "Retry-After": "2" } };

Deno.test("WaitingLine.run() lets one work at a time, in the order of arrival, also where one fails", async () => {
  using time = new FakeTime();
  const line = lineOf();
  const log: string[] = [];
  const work = (name: string) =>
    line.run("one", async () => {
      log.push(`${name} begins`);
      await time.wait(100);
      log.push(`${name} ends`);
      if (name === "b") throw new Error("b fails");
      return name;
    });
  const all = Promise.allSettled(["a", "b", "c", "d"].map(work));
  await time.pass(1_000);
  const results = (await all).map((one) => one.status === "fulfilled" ? one.value : "failed");
  assert.deepEqual(results, ["a", "failed", "c", "d"]);
  assert.deepEqual(log, ["a", "b", "c", "d"].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

Deno.test("WaitingLine.run() refuses whoever finds the line full, and whoever has waited too long", async () => {
  using time = new FakeTime();
  const line = lineOf();
  const first = line.run("one", () => time.wait(8_000));
  const waiting = [1, 2, 3].map((i) => line.run("one", () => Promise.resolve(i)));
  await assert.rejects(line.run("one", () => Promise.resolve(4)), overloaded);
  const refused = Promise.all(waiting.map((one) => assert.rejects(one, overloaded)));
  await time.pass(5_100);
  await refused;
  await time.pass(3_000);
  await first;
  assert.equal(await line.run("one", () => Promise.resolve(5)), 5);
});

Deno.test("WaitingLine.run() goes on after a waiter that has left, and after work that never ends", async () => {
  using time = new FakeTime();
  const line = lineOf();
  // As a request that its client has left: nothing of it runs any more.
  line.run("one", () => new Promise(() => {}));
  const next = line.run("one", () => Promise.resolve("next"));
  await assert.rejects(Promise.all([next, time.pass(5_100)]), overloaded);
  await time.pass(10_000);
  assert.equal(await line.run("one", () => Promise.resolve("later")), "later");

  const busy = line.run("one", () => time.wait(3_000));
  time.isForgetful = true;
  line.run("one", () => Promise.resolve("left"));
  time.isForgetful = false;
  const patient = line.run("one", () => Promise.resolve("patient"));
  await time.pass(4_000);
  await busy;
  assert.equal(await patient, "patient");
});

Deno.test("WaitingLine.run() lets one tenant wait for a part of the line only, and operators as one", async () => {
  using time = new FakeTime();
  const line = lineOf({ of_one_max: 1 });
  const done: string[] = [];
  const work = (tenant: string | null) =>
    line.run(tenant, async () => {
      await time.wait(100);
      done.push(`${tenant}`);
    });
  const all = [work("one"), work("one")];
  await assert.rejects(work("one"), overloaded);
  all.push(work("another"), work(null));
  await time.pass(1_000);
  await Promise.all(all);
  assert.deepEqual(done, ["one", "one", "another", "null"]);
  const again = work("one");
  await time.pass(200);
  await again;
});
