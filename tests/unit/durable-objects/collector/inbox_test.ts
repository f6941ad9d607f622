/**
 * An inbox over a ledger that fails in every way there is: nothing is lost, nothing is recorded
 * twice, and what the ledger will never take stands aside and holds up nothing.
 * @module
 */
import assert from "node:assert/strict";
import { Inbox } from "../../../../durable-objects/collector/inbox.ts";
import { COLLECTOR_MIGRATIONS } from "../../../../durable-objects/collector/migrations.ts";
import { openBatchWriter } from "../../../../ledger/batch-writer.ts";
import type { Execution } from "../../../../ledger/execution.ts";
import { EXECUTIONS_MAX, recordExecutions } from "../../../../ledger/record-executions.ts";
import { refusalOf } from "../../../../ledger/refusal.ts";
import { receipts } from "../../../../ledger/schema/receipts.ts";
import { migrateObject } from "../../../../durable-objects/shared/migrate.ts";
import { memoryDisk, memorySql } from "../../../support/memory-sql.ts";
import { randomExecutions } from "../../../support/random-executions.ts";
import { temporaryLedger } from "../../../support/temporary-ledger.ts";
import { type Random, seeded } from "../../../support/random.ts";

const NOW_MS = Date.UTC(2026, 10, 24);
const REFUSED = "it says what cannot be";
const SERVER_CHARS_MAX = 40_000;

class Refused extends Error {}
class Away extends Error {}

/** The plainest ledger: a set of ids, which refuses some and is away or loses its answer at times. */
class FakeLedger {
  readonly ids = new Set<string>();
  readonly #random: Random;
  faults = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  // deno-lint-ignore require-await -- it stands for a request
  async record(executions: Execution[]): Promise<void> {
    if (this.#random.chance(this.faults)) throw new Away("nobody answers");
    if (executions.some(isPoison)) throw new Refused(REFUSED);
    for (const { receipt } of executions) this.ids.add(receipt.id);
    if (this.#random.chance(this.faults)) throw new Away("the answer was lost");
  }
}

const isPoison = ({ receipt }: Execution) => receipt.model === "poison";

const poisoned = ({ receipt, placement }: Execution): Execution => ({
  receipt: { ...receipt, model: "poison" },
  placement,
});

Deno.test("drain() loses nothing, records nothing twice and sets aside exactly what the ledger refuses, whatever fails", async () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = seeded(seed);
    const ledger = new FakeLedger(random);
    ledger.faults = random.between(0, 0.4);
    const sql = memorySql(COLLECTOR_MIGRATIONS);
    // Small ones, too: then several are on their way at once.
    const batch_max = random.pick([1, 10, 100, 500]);
    const made = () =>
      new Inbox({
        sql,
        record: (executions) => {
          assert.ok(executions.length <= batch_max, `seed ${seed}`);
          return ledger.record(executions);
        },
        batch_max,
        refusal: (error) => error instanceof Refused ? error.message : null,
        warn: () => {},
      });
    let inbox = made();
    const share = random.pick([0, 0.02, 0.5]);
    const all = randomExecutions(random.integer(1, 400), seed)
      .map((execution) => random.chance(share) ? poisoned(execution) : execution);
    const acknowledged: Execution[] = [];
    const drain = async () => {
      try {
        return await inbox.drain(NOW_MS);
      } catch (error) {
        assert.ok(error instanceof Away, `seed ${seed}: ${error}`);
        return true;
      }
    };
    for (let at = 0; at < all.length;) {
      const some = all.slice(at, at += random.integer(1, 90));
      inbox.add(some);
      if (random.chance(0.5)) inbox.add(some);
      acknowledged.push(...some);
      await drain();
      // A crash: memory is gone, the disk is not.
      if (random.chance(0.2)) inbox = made();
    }
    ledger.faults = 0;
    while (await drain());
    const [bad, good] = [acknowledged.filter(isPoison), acknowledged.filter((e) => !isPoison(e))];
    const ids = (some: Execution[]) => some.map(({ receipt }) => receipt.id).sort();
    assert.deepEqual([...ledger.ids].sort(), ids(good), `seed ${seed}`);
    const aside = inbox.poison("", 1_000);
    assert.deepEqual(aside.map(({ id }) => id), ids(bad), `seed ${seed}`);
    assert.ok(aside.every(({ reason }) => reason === REFUSED), `seed ${seed}`);
    assert.deepEqual(
      inbox.backlog(),
      { waiting: 0, since_ms: null, poison: bad.length },
      `seed ${seed}`,
    );
  }
});

Deno.test("a row that is no execution stands aside with the reason, and those about it arrive", async () => {
  const sql = memorySql(COLLECTOR_MIGRATIONS);
  const ledger = new FakeLedger(seeded(1));
  const inbox = new Inbox({
    sql,
    record: (executions) => ledger.record(executions),
    batch_max: 100,
    refusal: () => null,
    warn: () => {},
  });
  const [first, second, third] = randomExecutions(3, 1);
  inbox.add([first]);
  for (
    const [id, text] of [["a", "{"], ["b", "null"], ["c", "{}"], ["d", '{"receipt":{"id":"x"}}']]
  ) {
    sql.exec("INSERT INTO inbox (id, execution) VALUES (?, ?)", id, text);
  }
  sql.exec("INSERT INTO inbox (id, execution) VALUES (?, ?)", "e", JSON.stringify(third));
  inbox.add([second]);
  assert.equal(await inbox.drain(NOW_MS), false);
  assert.deepEqual([...ledger.ids], [first.receipt.id, second.receipt.id]);
  const aside = inbox.poison("", 10);
  assert.deepEqual(aside.map(({ id }) => id), ["a", "b", "c", "d", "e"]);
  for (const { reason, set_aside_ms } of aside) {
    assert.match(reason, /^It (?:is no execution: .|holds another id)/);
    assert.equal(set_aside_ms, NOW_MS);
  }
  assert.equal(aside[0].execution, "{", "what came is to be kept as it came");
});

Deno.test("retry() puts one back among those that wait, and says no to one that is not there", async () => {
  const ledger = new FakeLedger(seeded(2));
  let refuses = true;
  const inbox = new Inbox({
    sql: memorySql(COLLECTOR_MIGRATIONS),
    record: (executions) =>
      refuses ? Promise.reject(new Refused("not yet")) : ledger.record(executions),
    batch_max: 100,
    refusal: (error) => error instanceof Refused ? error.message : null,
    warn: () => {},
  });
  const [execution] = randomExecutions(1, 3);
  const { id } = execution.receipt;
  inbox.add([execution]);
  await inbox.drain(NOW_MS);
  assert.equal(inbox.backlog().poison, 1);
  refuses = false;
  assert.equal(inbox.retry(id), true);
  assert.equal(inbox.retry(id), false);
  await inbox.drain(NOW_MS);
  assert.ok(ledger.ids.has(id));
  assert.deepEqual(inbox.backlog(), { waiting: 0, since_ms: null, poison: 0 });
});

Deno.test("drain() brings rows with long policies in smaller batches, and one that is longer than any batch", async () => {
  const sizes: number[] = [];
  const inbox = new Inbox({
    sql: memorySql(COLLECTOR_MIGRATIONS),
    record: (executions) => {
      sizes.push(executions.length);
      return Promise.resolve();
    },
    batch_max: 100,
    refusal: () => null,
    warn: () => {},
  });
  const long = (chars: number) => ({ receipt, placement }: Execution): Execution => ({
    receipt,
    placement: { ...placement, policy: { areas: "x".repeat(chars) } },
  });
  const all = randomExecutions(152, 9);
  inbox.add(all.slice(0, 50).map(long(100_000)));
  inbox.add(all.slice(50, 52).map(long(1_500_000)));
  inbox.add(all.slice(52));
  assert.equal(await inbox.drain(NOW_MS), false);
  assert.deepEqual(sizes.toSorted((a, b) => a - b), [1, 1, 5, 9, 9, 9, 9, 9, 100]);
  assert.equal(inbox.backlog().waiting, 0);
});

Deno.test("holding() names the leases of receipts that wait, until they are in the ledger or set aside", async () => {
  const disk = memoryDisk();
  const { sql } = disk;
  // As releases before 7ab9cf5 made it.
  sql.exec("CREATE TABLE inbox (id TEXT PRIMARY KEY, execution TEXT NOT NULL) STRICT");
  const [old, ...executions] = randomExecutions(5, 12);
  sql.exec("INSERT INTO inbox VALUES (?, ?)", old.receipt.id, JSON.stringify(old));
  migrateObject(disk, COLLECTOR_MIGRATIONS);
  const ledger = new FakeLedger(seeded(3));
  ledger.faults = 1;
  const inbox = new Inbox({
    sql,
    record: (executions) => ledger.record(executions),
    batch_max: 100,
    refusal: (error) => error instanceof Refused ? error.message : null,
    warn: () => {},
  });
  const charged = (execution: Execution, lease_id: string | null): Execution => ({
    receipt: { ...execution.receipt, lease_id },
    placement: execution.placement,
  });
  const [free, first, second, bad] = executions;
  const poison = poisoned(charged(bad, "c"));
  inbox.add([charged(free, null), charged(first, "a"), charged(second, "a"), poison]);
  assert.deepEqual(inbox.holding(["c", "a", "b", "a"]).sort(), ["a", "c"]);
  await assert.rejects(inbox.drain(NOW_MS), Away);
  assert.deepEqual(inbox.holding(["a"]), ["a"], "the ledger is away");
  ledger.faults = 0;
  await inbox.drain(NOW_MS);
  assert.deepEqual(inbox.holding(["a", "b", "c"]), []);
  assert.equal(ledger.ids.size, 4);
  assert.equal(inbox.retry(bad.receipt.id), true);
  assert.deepEqual(inbox.holding(["a", "b", "c"]), ["c"], "what is retried waits again");
});

Deno.test("backlog() says since when the oldest has waited, by its id", () => {
  const inbox = new Inbox({
    sql: memorySql(COLLECTOR_MIGRATIONS),
    record: () => Promise.resolve(),
    batch_max: 100,
    refusal: () => null,
    warn: () => {},
  });
  const hex = NOW_MS.toString(16).padStart(12, "0");
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  const [{ receipt, placement }] = randomExecutions(1, 4);
  inbox.add([{ receipt: { ...receipt, id }, placement: { ...placement, id } }]);
  assert.deepEqual(inbox.backlog(), { waiting: 1, since_ms: NOW_MS, poison: 0 });
});

Deno.test("refusalOf() knows the real ledger's no from its silence", async () => {
  const temporary = await temporaryLedger();
  const { ledger } = temporary;
  const [good, ...others] = randomExecutions(5, 5);
  // deno-lint-ignore no-explicit-any -- what a fault of ours could send
  const spoil = ({ receipt, placement }: Execution, how: any): Execution => ({
    receipt: { ...receipt, ...how },
    placement,
  });
  const bad = [
    spoil(others[0], { node: null }),
    spoil(others[1], { operations: "many" }),
    spoil(others[2], { energy_mj: 0.5 }),
    spoil(others[3], { bytes_up: { deep: true } }),
  ];
  const inbox = new Inbox({
    sql: memorySql(COLLECTOR_MIGRATIONS),
    record: (executions) => recordExecutions(ledger, executions, 1),
    batch_max: EXECUTIONS_MAX,
    refusal: refusalOf,
    warn: () => {},
  });
  inbox.add([bad[0], bad[1], good, bad[2], bad[3]]);
  await inbox.drain(NOW_MS);
  assert.deepEqual((await ledger.select().from(receipts)).map(({ id }) => id), [good.receipt.id]);
  const aside = inbox.poison("", 10);
  assert.deepEqual(aside.map(({ id }) => id).sort(), bad.map(({ receipt }) => receipt.id).sort());
  assert.ok(aside.every(({ reason }) => reason.length > 10));

  await temporary[Symbol.asyncDispose]();
  inbox.add(randomExecutions(3, 6));
  await assert.rejects(inbox.drain(NOW_MS));
  assert.equal(inbox.backlog().waiting, 3, "an outage is no refusal");
});

Deno.test("drain() halves a batch that is too large for the ledger's server, and sets aside a row that is alone", async () => {
  const sizes: number[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, plainServer);
  async function plainServer(request: Request): Promise<Response> {
    const body = await request.text();
    if (body.length > SERVER_CHARS_MAX) return new Response("no more than 40,000", { status: 413 });
    const { requests: [{ batch: { steps } }] } = JSON.parse(body);
    sizes.push(body.length);
    const step_results = steps.map(() => ({ affected_row_count: 1 }));
    const result = { step_results, step_errors: steps.map(() => null) };
    return Response.json({ results: [{ type: "ok", response: { result } }] });
  }
  const { port } = server.addr;
  const writer = openBatchWriter({ url: `http://127.0.0.1:${port}` });
  const taken: string[] = [];
  const inbox = new Inbox({
    sql: memorySql(COLLECTOR_MIGRATIONS),
    record: async (executions) => {
      await recordExecutions({ $client: writer }, executions, 1);
      taken.push(...executions.map(({ receipt }) => receipt.id));
    },
    batch_max: EXECUTIONS_MAX,
    refusal: refusalOf,
    warn: () => {},
  });
  const all = randomExecutions(60, 8);
  const [{ receipt, placement }] = all;
  all[0] = {
    receipt,
    placement: { ...placement, policy: { areas: "x".repeat(SERVER_CHARS_MAX) } },
  };
  inbox.add(all);
  assert.equal(await inbox.drain(NOW_MS), false);
  assert.ok(sizes.length > 1);
  assert.deepEqual(taken.toSorted(), all.slice(1).map(({ receipt }) => receipt.id).sort());
  const [aside, ...others] = inbox.poison("", 10);
  assert.deepEqual([aside.id, others], [receipt.id, []]);
  assert.match(aside.reason, /413 no more than 40,000/);
  assert.equal(inbox.backlog().waiting, 0);
});
