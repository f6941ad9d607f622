/**
 * What a ledger cache knows: young, old, while the ledger is away, and after it has said no.
 * @module
 */
import assert from "node:assert/strict";
import {
  NAME_KEPT_MS,
  NAMES_MAX,
  RECORD_STALE_MS,
  StaleIfError,
} from "../../../../durable-objects/ledger-cache/stale-if-error.ts";
import { LEDGER_CACHE_MIGRATIONS } from "../../../../durable-objects/ledger-cache/migrations.ts";
import { migrateObject } from "../../../../durable-objects/shared/migrate.ts";
import { memoryDisk, memorySql } from "../../../support/memory-sql.ts";

interface Thing {
  n: number;
  id?: string;
}

/** A ledger that says a number, nothing, or nothing at all. */
class FakeLedger {
  says: Thing | null = { n: 1 };
  is: "there" | "away" | "silent" = "there";
  asked = 0;

  ask = (): Promise<Thing | null> => {
    this.asked++;
    if (this.is === "silent") return new Promise(() => {});
    return this.is === "away" ? Promise.reject(new Error("away")) : Promise.resolve(this.says);
  };
}

function set() {
  const sql = memorySql(LEDGER_CACHE_MIGRATIONS);
  const ledger = new FakeLedger();
  const clock = { now: 1_795_500_000_000 };
  let known = new StaleIfError({ sql, warn: () => {} });
  return {
    ledger,
    clock,
    counts: () => known.counts(),
    knows: (name = "thing") => known.knows(name),
    ofNamed: (name: string) => known.of(name, () => ledger.ask(), () => clock.now),
    of: () => known.of("thing", () => ledger.ask(), () => clock.now),
    forget: (id: string) => known.forget("id", id),
    renew: () => known.renew("thing", ledger.ask, () => clock.now),
    restart: () => known = new StaleIfError({ sql, warn: () => {} }),
  };
}

Deno.test("What is younger than 4 s is not asked for again, and what is older is", async () => {
  const { ledger, clock, of } = set();
  assert.deepEqual(await of(), { n: 1 });
  ledger.says = { n: 2 };
  clock.now += 3_999;
  assert.deepEqual(await of(), { n: 1 });
  clock.now += 1;
  assert.deepEqual(await of(), { n: 2 });
  assert.equal(ledger.asked, 2);
});

Deno.test("What the ledger does not know any more is gone at once, and asked for each time", async () => {
  const { ledger, clock, of } = set();
  await of();
  ledger.says = null;
  clock.now += 4_000;
  assert.equal(await of(), null);
  ledger.is = "away";
  clock.now += 1;
  await assert.rejects(of(), /away/, "nothing is known of it now");
});

Deno.test("While the ledger is away what is known holds for a day, after a restart too", async () => {
  const { ledger, clock, of, restart } = set();
  await of();
  ledger.is = "away";
  for (let hours = 0; hours < 23; hours++) {
    clock.now += 3_600_000;
    if (hours % 5 === 0) restart();
    assert.deepEqual(await of(), { n: 1 });
  }
  clock.now += RECORD_STALE_MS;
  await assert.rejects(of(), /away/);
});

Deno.test("A ledger that is away is asked every 5 s, not by everybody, and heard when it is back", async () => {
  const { ledger, clock, of } = set();
  await of();
  ledger.is = "away";
  clock.now += 4_000;
  const { asked } = ledger;
  for (let i = 0; i < 100; i++) {
    await of();
    clock.now += 49;
  }
  assert.equal(ledger.asked, asked + 1);
  ledger.is = "there";
  ledger.says = { n: 3 };
  clock.now += 200;
  assert.deepEqual(await of(), { n: 3 });
});

Deno.test("A ledger that says nothing at all is waited for once, for a second, where something is known", async () => {
  const { ledger, clock, of } = set();
  await of();
  ledger.is = "silent";
  clock.now += 4_000;
  assert.deepEqual(await of(), { n: 1 });
  const { asked } = ledger;
  clock.now += 1_000;
  assert.deepEqual(await of(), { n: 1 });
  assert.equal(ledger.asked, asked);
});

Deno.test("Whoever asks for the same at once shares one question; a clock that jumps keeps nothing young", async () => {
  const { ledger, clock, of } = set();
  assert.deepEqual(await Promise.all([of(), of(), of()]), [{ n: 1 }, { n: 1 }, { n: 1 }]);
  assert.equal(ledger.asked, 1);
  ledger.says = { n: 2 };
  clock.now -= 3_600_000;
  assert.deepEqual(await of(), { n: 2 });
});

Deno.test("What is forgotten does not hold while the ledger is away, and what has another id does", async () => {
  const { ledger, clock, of, forget, restart } = set();
  ledger.says = { n: 1, id: "this" };
  await of();
  forget("another");
  ledger.is = "away";
  clock.now += 60_000;
  assert.deepEqual(await of(), { n: 1, id: "this" });
  forget("this");
  await assert.rejects(of(), /away/);
  restart();
  await assert.rejects(of(), /away/);
});

Deno.test("An answer that was on its way when something changed is given and not kept", async () => {
  const { ledger, of, forget } = set();
  const asked = Promise.withResolvers<Thing>();
  const { ask } = ledger;
  ledger.ask = () => asked.promise;
  const before = of();
  forget("this");
  ledger.ask = ask;
  ledger.says = null;
  assert.equal(
    await of(),
    null,
    "whoever asks after the change does not get what was asked before",
  );
  asked.resolve({ n: 1, id: "this" });
  assert.deepEqual(await before, { n: 1, id: "this" });
  ledger.is = "away";
  await assert.rejects(of(), /away/);
});

Deno.test("renew() brings what is new at once; while the ledger is away what is known holds", async () => {
  const { ledger, of, renew } = set();
  await renew();
  assert.equal(ledger.asked, 0, "nothing is known that could be old");
  await of();
  ledger.says = { n: 2 };
  await renew();
  assert.deepEqual(await of(), { n: 2 });
  ledger.is = "away";
  await assert.rejects(renew(), /away/);
  assert.deepEqual(await of(), { n: 2 });
});

Deno.test("A record that changed is not served from before, though something else changed while it was read anew", async () => {
  const { ledger, of, forget, renew } = set();
  await of();
  ledger.says = { n: 2 };
  const renewed = renew();
  forget("of another tenant");
  await renewed;
  assert.deepEqual(await of(), { n: 2 });
});

Deno.test("A name stays known when its record is forgotten, after a restart too, until the ledger says no", async () => {
  const { ledger, of, knows, forget, restart } = set();
  ledger.says = { n: 1, id: "this" };
  assert.equal(knows(), false);
  await of();
  forget("this");
  assert.ok(knows());
  restart();
  assert.ok(knows());
  ledger.is = "away";
  await assert.rejects(of(), /away/, "a name holds nothing to serve");
  ledger.is = "there";
  ledger.says = null;
  assert.equal(await of(), null);
  assert.equal(knows(), false);
});

Deno.test("A name outlasts its record by months, counted from when it was last given", async () => {
  const { clock, of, ofNamed, knows } = set();
  await of();
  clock.now += RECORD_STALE_MS * 30;
  await ofNamed("another");
  assert.ok(knows(), "the record is deleted by now");
  await of();
  clock.now += NAME_KEPT_MS;
  await ofNamed("another");
  assert.ok(knows());
  clock.now += 1;
  await ofNamed("a third");
  assert.equal(knows(), false);
});

Deno.test("Names fill no disk: the one that was given longest ago goes first", async () => {
  const { clock, of, ofNamed, knows } = set();
  await of();
  for (let i = 1; i < NAMES_MAX; i++) {
    // Slow enough that records are deleted meanwhile, and fast enough that no name is too old.
    clock.now += 200_000;
    await ofNamed(`${i}`);
  }
  assert.ok(knows());
  clock.now += RECORD_STALE_MS + 1;
  await ofNamed("one more");
  assert.deepEqual([knows(), knows("1"), knows("one more")], [false, true, true]);
});

Deno.test("Names of the release before are known after its migration", () => {
  const disk = memoryDisk();
  migrateObject(disk, LEDGER_CACHE_MIGRATIONS.slice(0, 1));
  disk.sql.exec("INSERT INTO known (name, value, asked_ms) VALUES ('key:a', '{\"id\":\"a\"}', 1)");
  migrateObject(disk, LEDGER_CACHE_MIGRATIONS);
  const known = new StaleIfError({ sql: disk.sql, warn: () => {} });
  known.forget("id", "a");
  assert.ok(known.knows("key:a"));
});

Deno.test("counts() tells young answers from old ones, and questions that the ledger failed", async () => {
  const { ledger, clock, of, counts } = set();
  assert.deepEqual(counts(), { records: 0, fresh: 0, stale: 0, asked: 0, failed: 0 });
  await of();
  await of();
  assert.deepEqual(counts(), { records: 1, fresh: 1, stale: 0, asked: 1, failed: 0 });
  ledger.is = "away";
  clock.now += 4_000;
  await of();
  await of();
  assert.deepEqual(counts(), { records: 1, fresh: 1, stale: 2, asked: 2, failed: 1 });
});
