import assert from "node:assert/strict";
import { BudgetBook } from "../../../../durable-objects/tenant/budget-book.ts";
import { closableLeases } from "../../../../durable-objects/tenant/closable-leases.ts";
import { TENANT_MIGRATIONS } from "../../../../durable-objects/tenant/migrations.ts";
import type { Limits, WalletRequest } from "../../../../mesh/billing/lease.ts";
import { memorySql } from "../../../support/memory-sql.ts";

function bookOf(limits: Partial<Limits>): BudgetBook {
  let leases = 0;
  const book = new BudgetBook({
    sql: memorySql(TENANT_MIGRATIONS),
    newId: () => `lease-${leases++}`,
  });
  book.setLimits({ budget_microcredits: null, requests_per_minute: null, ...limits }, 0);
  return book;
}

const request = (change: Partial<WalletRequest>): WalletRequest => ({
  holder: "a",
  seq: 1,
  quotes: [],
  demand: { units: 0, requests: 0 },
  held: [],
  closed: [],
  ...change,
});

const dueAt = (book: BudgetBook) => book.beat().map(({ id }) => id);

const left = (book: BudgetBook) => {
  const { spent, leased, available } = book.balance();
  return [spent, leased, available];
};

Deno.test("exchange() grants quotes in their order, those that fit, and never more than is available", () => {
  const book = bookOf({ budget_microcredits: 100 });
  const answer = book.exchange(request({ quotes: [60, 50, 30, 20, 10] }), 0)!;
  assert.deepEqual(answer.lease, { id: "lease-0", units: 100, requests: null });
  assert.equal(answer.available, 0);
  assert.equal(book.exchange(request({ holder: "b", quotes: [1] }), 0)!.lease, null);
  assert.deepEqual(left(book), [0, 100, 0]);
});

Deno.test("exchange() keeps headroom to an eighth of what is left, and gives none where somebody goes without", () => {
  const book = bookOf({ budget_microcredits: 180 });
  const demand = { units: 1_000, requests: 10 };
  assert.equal(book.exchange(request({ quotes: [100], demand }), 0)!.lease!.units, 110);
  const poor = book.exchange(request({ holder: "b", quotes: [10, 100], demand }), 0)!;
  assert.equal(poor.lease!.units, 10);
});

Deno.test("exchange() of a request that was here, or was overtaken, changes nothing", () => {
  const book = bookOf({ budget_microcredits: 100 });
  const first = request({ quotes: [10] });
  const { lease } = book.exchange(first, 0)!;
  const second = request({
    seq: 3,
    closed: [{ id: lease!.id, spent: 4, unsure: 0, requests_used: 1 }],
  });
  assert.ok(book.exchange(second, 0));
  assert.deepEqual(left(book), [4, 0, 96]);
  for (const again of [first, second, request({ seq: 2, quotes: [50] })]) {
    assert.equal(book.exchange(again, 0), null);
  }
  assert.deepEqual(left(book), [4, 0, 96]);
});

Deno.test("exchange() takes back in full what its holder does not list: it can never have got it", () => {
  const book = bookOf({ budget_microcredits: 100 });
  book.exchange(request({ quotes: [70] }), 0);
  assert.deepEqual(left(book), [0, 70, 30]);
  // Not from another holder.
  book.exchange(request({ holder: "b", quotes: [] }), 0);
  assert.deepEqual(left(book), [0, 70, 30]);
  assert.equal(book.exchange(request({ seq: 2, quotes: [90] }), 0)!.lease!.units, 90);
});

Deno.test("exchange() lets a holder keep less, never more", () => {
  const book = bookOf({ budget_microcredits: 100 });
  const { lease } = book.exchange(request({ quotes: [70] }), 0)!;
  const held = (units: number) => [{ id: lease!.id, units, requests: null }];
  book.exchange(request({ seq: 2, held: held(20) }), 0);
  assert.deepEqual(left(book), [0, 20, 80]);
  book.exchange(request({ seq: 3, held: held(70) }), 0);
  assert.deepEqual(left(book), [0, 20, 80]);
});

Deno.test("beat() hands a silent holder's lease to the ledger after six, and its holder's word no longer counts", () => {
  const book = bookOf({ budget_microcredits: 100 });
  const { lease } = book.exchange(request({ quotes: [70] }), 0)!;
  const { id } = lease!;
  for (let beat = 0; beat < 5; beat++) assert.deepEqual(book.beat(), []);
  book.exchange(request({ seq: 2, held: [lease!] }), 0);
  for (let beat = 0; beat < 5; beat++) assert.deepEqual(book.beat(), []);
  assert.deepEqual(dueAt(book), [id]);
  assert.deepEqual(dueAt(book), [id], "until the ledger has answered");
  const late = book.exchange(request({ seq: 3, held: [lease!] }), 0)!;
  assert.deepEqual([late.ended, late.elsewhere], [[id], 70]);
  const closed = [{ id, spent: 1, unsure: 0, requests_used: 1 }];
  assert.deepEqual(book.exchange(request({ seq: 4, closed }), 0)!.acknowledged, [id]);
  assert.deepEqual(left(book), [0, 70, 30]);
  book.close(id, 33);
  book.close(id, 33);
  assert.deepEqual(left(book), [33, 0, 67]);
});

Deno.test("A lease with a run that nobody knows of goes through the ledger; the rest of it comes back at once", () => {
  const book = bookOf({ budget_microcredits: 100 });
  const { id } = book.exchange(request({ quotes: [70] }), 0)!.lease!;
  const closed = [{ id, spent: 20, unsure: 5, requests_used: 2 }];
  const answer = book.exchange(request({ seq: 2, closed }), 0)!;
  assert.deepEqual([answer.available, answer.elsewhere], [75, 25]);
  assert.deepEqual(book.beat(), []);
  assert.deepEqual(dueAt(book), [id]);
  book.close(id, 20);
  assert.deepEqual(left(book), [20, 0, 80]);
});

Deno.test("setLimits() under what is spent leaves nothing, and raised again the difference", () => {
  const book = bookOf({ budget_microcredits: 100 });
  const { id } = book.exchange(request({ quotes: [70] }), 0)!.lease!;
  const closed = [{ id, spent: 70, unsure: 0, requests_used: 1 }];
  book.exchange(request({ seq: 2, closed }), 0);
  book.setLimits({ budget_microcredits: 50, requests_per_minute: null }, 0);
  assert.deepEqual(left(book), [70, 0, -20]);
  assert.equal(book.exchange(request({ seq: 3, quotes: [0] }), 0)!.lease, null);
  book.setLimits({ budget_microcredits: 80, requests_per_minute: null }, 0);
  assert.equal(book.exchange(request({ seq: 4, quotes: [10] }), 0)!.lease!.units, 10);
});

Deno.test("A rate alone leases requests and no units; what is not used of it comes back", () => {
  const book = bookOf({ requests_per_minute: 60 });
  const quotes = Array.from({ length: 70 }, () => 5);
  const { lease, rate } = book.exchange(request({ quotes }), 0)!;
  assert.deepEqual(lease, { id: "lease-0", units: null, requests: 60 });
  assert.deepEqual(rate, { requests_per_minute: 60, left: 0, next_ms: 1_000, full_ms: 60_000 });
  const closed = [{ id: "lease-0", spent: 0, unsure: 0, requests_used: 50 }];
  assert.equal(book.exchange(request({ seq: 2, closed }), 0)!.rate!.left, 10);
  assert.equal(book.exchange(request({ seq: 3 }), 5_000)!.rate!.left, 15);
});

Deno.test("closable() leaves open what a receipt is on its way to, and for five minutes what a silent collector may hold", () => {
  const due = [{ id: "a", beats: 2 }, { id: "b", beats: 59 }, { id: "c", beats: 60 }];
  assert.deepEqual(closableLeases(due, [[], []]), ["a", "b", "c"]);
  assert.deepEqual(closableLeases(due, [["b"], [], ["b", "c"]]), ["a"]);
  assert.deepEqual(closableLeases(due, [[], null]), ["c"]);
  assert.deepEqual(closableLeases(due, [["c"], null]), [], "one that says so is believed for ever");
});

Deno.test("A quote counts for as many requests as it weighs; one that weighs none needs no rate", () => {
  const book = bookOf({ budget_microcredits: 100, requests_per_minute: 20 });
  const quotes = [0, 60, 0, 0];
  const { lease, rate } = book.exchange(request({ quotes, weights: [12, 0, 12, 5] }), 0)!;
  assert.deepEqual([lease!.units, lease!.requests], [60, 17]);
  assert.equal(rate!.left, 3);
  const later = book.exchange(request({ seq: 2, quotes: [40], weights: [0], held: [lease!] }), 0)!;
  assert.deepEqual([later.lease!.units, later.lease!.requests], [40, 0]);
  // A release that does not say what a quote weighs counts each for one.
  const older = request({ holder: "older", quotes: [0, 0, 0, 0] });
  assert.equal(book.exchange(older, 0)!.lease!.requests, 3);
});

Deno.test("What counts against the rate alone is granted under an overdrawn budget, and what costs is not", () => {
  const book = bookOf({ budget_microcredits: 100, requests_per_minute: 20 });
  const { id } = book.exchange(request({ quotes: [70] }), 0)!.lease!;
  const closed = [{ id, spent: 70, unsure: 0, requests_used: 1 }];
  book.exchange(request({ seq: 2, closed }), 0);
  book.setLimits({ budget_microcredits: 50, requests_per_minute: 20 }, 0);
  const demand = { units: 500, requests: 0 };
  const counted = request({ seq: 3, quotes: [0], weights: [1], demand });
  const { lease } = book.exchange(counted, 0)!;
  assert.deepEqual([lease!.units, lease!.requests], [0, 1]);
  const free = request({ seq: 4, quotes: [0], weights: [0], held: [lease!] });
  assert.equal(book.exchange(free, 0)!.lease, null);
});

Deno.test("The last request of a holder is remembered over those of 200 others, and of no more than some hundred", () => {
  const sql = memorySql(TENANT_MIGRATIONS);
  const book = new BudgetBook({ sql, newId: () => crypto.randomUUID() });
  book.setLimits({ budget_microcredits: 100, requests_per_minute: null }, 0);
  const ask = (holder: string, seq: number) => book.exchange(request({ holder, seq }), 0);
  let others = 0;
  for (let seq = 1; seq <= 12; seq++) {
    assert.ok(ask("lasting", seq), `${seq}`);
    // Of every age that its place can have when it asks next.
    for (let i = 0; i < 40 * seq % 201; i++) assert.ok(ask(`passing-${others++}`, 1));
    assert.equal(ask("lasting", seq), null, `request ${seq} was here`);
  }
  const [{ kept }] = sql.exec<{ kept: number }>("SELECT count(*) AS kept FROM holders").toArray();
  assert.ok(others > 1_000 && kept <= 301, `${kept} of ${others}`);
});

Deno.test("A beat's silence ends with the holder's next request, also where its lease stays as it is", () => {
  const book = bookOf({ budget_microcredits: 100 });
  const { lease } = book.exchange(request({ quotes: [10] }), 0)!;
  for (let seq = 2; seq < 12; seq++) {
    for (let beats = 0; beats < 5; beats++) assert.deepEqual(dueAt(book), []);
    assert.deepEqual(book.exchange(request({ seq, held: [lease!] }), 0)!.ended, []);
  }
});
