import assert from "node:assert/strict";
import { fill, rateOf } from "../../../../mesh/billing/rate.ts";
import { seeded } from "../../../support/random.ts";

Deno.test("fill() lets through no more than a minute's requests and what time adds, whatever the clock does", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const rate = random.pick([1, 7, 60, 1_000]);
    let now = 1e12;
    let forward_ms = 0;
    let bucket = { tokens: rate, filled_at_ms: now };
    let taken = 0;
    for (let step = 0; step < 300; step++) {
      const jump = random.chance(0.05);
      const by = jump ? random.integer(-3_600_000, 3_600_000) : random.integer(0, 5_000);
      now += by;
      forward_ms += Math.max(0, by);
      bucket = fill(bucket, rate, now);
      assert.ok(bucket.tokens >= 0 && bucket.tokens <= rate, `seed ${seed}: ${bucket.tokens}`);
      const most = Math.floor(bucket.tokens);
      const take = random.integer(0, most);
      taken += take;
      bucket.tokens -= take;
      const allowed = rate + forward_ms * rate / 60_000;
      assert.ok(taken <= allowed + 1e-6, `seed ${seed}: ${taken} of ${allowed}`);
    }
  }
});

Deno.test("rateOf() says when the next request fits, to the millisecond", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const random = seeded(seed);
    const rate = random.integer(1, 10_000);
    const tokens = random.between(0, rate);
    const { left, next_ms, full_ms } = rateOf(tokens, rate);
    const after = (ms: number) => tokens + ms * rate / 60_000;
    assert.ok(Math.floor(tokens) === left, `seed ${seed}`);
    assert.ok(after(next_ms) >= left + 1 - 1e-6 && after(next_ms - 1) < left + 1, `seed ${seed}`);
    assert.ok(after(full_ms) >= rate - 1e-6 && after(full_ms - 1) < rate, `seed ${seed}`);
  }
});
