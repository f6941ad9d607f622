import assert from "node:assert/strict";
import type { WalletAnswer } from "../../../../mesh/billing/lease.ts";
import { Wallet } from "../../../../mesh/billing/wallet.ts";

const answer = (change: Partial<WalletAnswer>): WalletAnswer => ({
  seq: 1,
  lease: null,
  acknowledged: [],
  ended: [],
  available: 0,
  elsewhere: 0,
  rate: null,
  ...change,
});

const lease = (units: number | null, requests: number | null = null) => ({
  id: "L",
  units,
  requests,
});

/** A wallet that has just got this lease for an ask of 10. */
function walletWith(units: number, now = 1_000) {
  const wallet = new Wallet("w");
  const want = wallet.want(10, now);
  assert.equal(wallet.take(want, now), null);
  const { seq } = wallet.request(now)!;
  wallet.receive(answer({ seq, lease: lease(units) }), now + 20);
  return { wallet, want, now: now + 20 };
}

Deno.test("take() pays from a lease without a request, until it is used up", () => {
  const { wallet, want, now } = walletWith(30);
  assert.ok(wallet.take(want, now)?.ok);
  for (let n = 0; n < 2; n++) {
    const want = wallet.want(10, now);
    assert.ok(wallet.take(want, now)?.ok);
    assert.equal(wallet.request(now), null);
  }
  const more = wallet.want(10, now);
  assert.equal(wallet.take(more, now), null);
  assert.deepEqual(wallet.request(now)!.quotes, [10]);
});

Deno.test("take() waits while its own runs may give something back, then says at once that there is no more", () => {
  const { wallet, want, now } = walletWith(10);
  const taken = wallet.take(want, now);
  assert.ok(taken?.ok);
  const second = wallet.want(10, now);
  const { seq } = wallet.request(now)!;
  wallet.receive(answer({ seq }), now + 5);
  assert.equal(wallet.take(second, now + 30_000), null, "the first still runs");
  wallet.settle(taken.reservation, "charged", now + 30_000);
  assert.deepEqual(wallet.take(second, now + 30_000), {
    ok: false,
    refusal: "exhausted",
    available: 0,
  });
});

Deno.test("take() uses what a run that cost nothing gives back", () => {
  const { wallet, want, now } = walletWith(10);
  const taken = wallet.take(want, now);
  assert.ok(taken?.ok);
  const second = wallet.want(10, now);
  assert.equal(wallet.take(second, now), null);
  wallet.settle(taken.reservation, "free", now);
  assert.ok(wallet.take(second, now)?.ok);
});

Deno.test("take() counts what is on its way back to the book, whether or not that arrives at once", () => {
  const { wallet, want, now } = walletWith(30);
  const taken = wallet.take(want, now);
  assert.ok(taken?.ok);
  const second = wallet.want(25, now);
  const { seq } = wallet.request(now)!;
  wallet.receive(answer({ seq, available: 20 }), now + 5);
  wallet.settle(taken.reservation, "free", now + 6);
  const last = wallet.request(now + 6)!;
  assert.equal(wallet.take(second, now + 7), null);
  wallet.fail(last.seq);
  assert.equal(wallet.take(second, now + 8), null);
});

Deno.test("take() waits two seconds for what others hold, and then asks its client to come again", () => {
  const wallet = new Wallet("w");
  const want = wallet.want(10, 0);
  for (let now = 0; now < 2_000; now += 200) {
    const { seq } = wallet.request(now)!;
    wallet.receive(answer({ seq, elsewhere: 10 }), now + 10);
    assert.equal(wallet.take(want, now + 10), null);
  }
  assert.deepEqual(wallet.take(want, 2_000), { ok: false, refusal: "held", retry_ms: 2_000 });
});

Deno.test("A lease is not used for new asks ten seconds after it was asked for, nor once the clock has gone back", () => {
  for (const later of [11_000, 900]) {
    const { wallet, want } = walletWith(30);
    assert.ok(wallet.take(want, 1_050)?.ok);
    const next = wallet.want(10, later);
    assert.equal(wallet.take(next, later), null, `at ${later}`);
    const { held } = wallet.request(later)!;
    assert.deepEqual(held, [{ id: "L", units: 10, requests: null }], "it keeps what runs");
  }
});

Deno.test("receive() of an answer that came too late is as if it had never come", () => {
  const wallet = new Wallet("w");
  const want = wallet.want(10, 0);
  const { seq } = wallet.request(0)!;
  assert.equal(wallet.request(2_999), null, "one request at a time");
  assert.equal(wallet.request(3_000), null, "a little rest after a failure");
  const second = wallet.request(3_300)!;
  assert.equal(second.seq, seq + 1);
  wallet.receive(answer({ seq, lease: lease(10) }), 3_301);
  assert.equal(wallet.take(want, 3_302), null);
  assert.deepEqual(second.held, []);
});

Deno.test("What nobody has used for a second goes back, and a closed lease is repeated until it is acknowledged", () => {
  const { wallet, want, now } = walletWith(30);
  const taken = wallet.take(want, now);
  assert.ok(taken?.ok);
  wallet.settle(taken.reservation, "charged", now);
  assert.equal(wallet.request(now + 999), null);
  const closed = [{ id: "L", spent: 10, unsure: 0, requests_used: 1 }];
  const first = wallet.request(now + 1_000)!;
  assert.deepEqual([first.held, first.closed], [[], closed]);
  wallet.fail(first.seq);
  const second = wallet.request(now + 2_000)!;
  assert.deepEqual(second.closed, closed);
  wallet.receive(answer({ seq: second.seq, acknowledged: ["L"] }), now + 2_010);
  assert.ok(wallet.isEmpty);
});

Deno.test("A run of which nobody knows is unsure, after a minute too, and its lease pays nothing new", () => {
  for (const settled of [true, false]) {
    const { wallet, want, now } = walletWith(30);
    const taken = wallet.take(want, now);
    assert.ok(taken?.ok);
    const later = settled ? now : now + 60_000;
    if (settled) wallet.settle(taken.reservation, "unknown", later);
    assert.equal(wallet.take(wallet.want(10, later), later), null);
    wallet.settle(taken.reservation, "charged", later);
    const { closed } = wallet.request(later)!;
    assert.deepEqual(closed, [{ id: "L", spent: 0, unsure: 10, requests_used: 1 }]);
  }
});

Deno.test("take() tells of the rate before anything else may be waited for", () => {
  const rate = { requests_per_minute: 60, left: 0, next_ms: 700, full_ms: 60_000 };
  const wallet = new Wallet("w");
  const want = wallet.want(10, 0);
  const { seq } = wallet.request(0)!;
  wallet.receive(answer({ seq, available: null, rate }), 5);
  assert.deepEqual(wallet.take(want, 5), { ok: false, refusal: "rate", rate, retry_ms: 700 });
});

Deno.test("take() gives up on a book that does not answer", () => {
  const wallet = new Wallet("w");
  const want = wallet.want(10, 0);
  assert.equal(wallet.take(want, 5_999), null);
  assert.deepEqual(wallet.take(want, 6_000), { ok: false, refusal: "unavailable" });
});

Deno.test("take() of a weight uses as much of a lease, waits for it whole, and says when there will be enough", () => {
  const wallet = new Wallet("w");
  const rate = { requests_per_minute: 60, left: 0, next_ms: 400, full_ms: 60_000 };
  const heavy = wallet.want(0, 0, 5);
  const { seq, weights } = wallet.request(0)!;
  assert.deepEqual(weights, [5]);
  wallet.receive(answer({ seq, available: null, rate, lease: lease(null, 7) }), 5);
  assert.ok(wallet.take(heavy, 5)?.ok);
  assert.equal(wallet.rate!.left, 2);
  const next = wallet.want(0, 5, 5);
  assert.equal(wallet.take(next, 5), null, "the book has not been asked");
  const again = wallet.request(5)!;
  wallet.receive(answer({ seq: again.seq, available: null, rate }), 6);
  // Of what it has given back nothing is left elsewhere: five are wanted, and one comes a second.
  assert.deepEqual(wallet.take(next, 6), {
    ok: false,
    refusal: "rate",
    rate: { ...rate, left: 0 },
    retry_ms: 4_400,
  });
});

Deno.test("giveBack() makes requests free again in their lease, and nothing once that is closed", () => {
  const wallet = new Wallet("w");
  const want = wallet.want(0, 0, 3);
  const { seq } = wallet.request(0)!;
  const rate = { requests_per_minute: 60, left: 0, next_ms: 400, full_ms: 60_000 };
  wallet.receive(answer({ seq, available: null, rate, lease: lease(null, 3) }), 5);
  const taken = wallet.take(want, 5);
  assert.ok(taken?.ok);
  wallet.settle(taken.reservation, "charged", 5);
  wallet.giveBack(taken.reservation);
  assert.equal(wallet.rate!.left, 3);
  const again = wallet.take(wallet.want(0, 5, 3), 5);
  assert.ok(again?.ok);
  wallet.settle(again.reservation, "charged", 5);
  const { closed } = wallet.request(1_500)!;
  assert.deepEqual(closed, [{ id: "L", spent: 0, unsure: 0, requests_used: 3 }]);
  wallet.giveBack(again.reservation);
  assert.equal(wallet.rate!.left, 0);
});

Deno.test("request() for who only counts so far asks for what the last ask cost as well, so that one lease pays for both", () => {
  const { wallet, want, now } = walletWith(10);
  const paid = wallet.take(want, now);
  assert.ok(paid?.ok);
  wallet.settle(paid.reservation, "charged", now);
  const later = now + 5_000;
  const counts = wallet.want(0, later, 1);
  const asked = wallet.request(later)!;
  assert.deepEqual([asked.quotes, asked.weights, asked.demand.units], [[0], [1], 10]);
  const both = { id: "both", units: 10, requests: 1 };
  wallet.receive(answer({ seq: asked.seq, lease: both }), later);
  assert.ok(wallet.take(counts, later)?.ok);
  assert.ok(wallet.take(wallet.want(10, later, 0), later)?.ok, "without another request");
  // Who quotes its cost already needs no more than that.
  wallet.want(10, later + 5_000);
  assert.equal(wallet.request(later + 5_000)!.demand.units, 0);
});
