import assert from "node:assert/strict";
import { CollectorMarks } from "../../../../functions/infer/collector-marks.ts";
import { HedgeBudget, Lateness } from "../../../../functions/infer/hedging.ts";
import { seeded } from "../../../support/random.ts";

Deno.test("allowance() follows the median of what answers took, and a slow node in twenty does not move it", () => {
  const random = seeded(1);
  const lateness = new Lateness();
  const unknown = lateness.allowance("m");
  for (let i = 0; i < 7; i++) lateness.note("m", 10);
  assert.equal(lateness.allowance("m"), unknown, "a few say little");
  for (let i = 0; i < 200; i++) lateness.note("m", i % 20 === 0 ? 5_000 : random.between(9, 11));
  assert.ok(lateness.allowance("m") >= 27 && lateness.allowance("m") <= 33);
  assert.equal(lateness.allowance("another"), unknown);
  // Where everything takes long, nothing is late.
  for (let i = 0; i < 40; i++) lateness.note("m", 300);
  assert.equal(lateness.allowance("m"), 900);
  for (let i = 0; i < 40; i++) lateness.note("m", 0);
  assert.equal(lateness.allowance("m"), 20, "timers are no finer");
});

Deno.test("take() hedges no more than the share of asks, whatever pauses there were", () => {
  const random = seeded(2);
  for (const share of [0.05, 0.1, 1]) {
    const budget = new HedgeBudget();
    let asks = 0;
    let hedges = 0;
    for (let i = 0; i < 5_000; i++) {
      asks++;
      budget.ask(share);
      if (i > 2_000 && random.chance(0.8) && budget.take()) hedges++;
      assert.ok(hedges <= 1 + asks * share, `${hedges} of ${asks}`);
    }
    // A pause saves up ten at most.
    assert.ok(hedges <= 11 + 3_000 * share, `${hedges}`);
    assert.ok(hedges >= 3_000 * share * 0.7, `${hedges}`);
  }
});

Deno.test("of() gives a mark to asks alone that began after it was learned", () => {
  const marks = new CollectorMarks();
  const before = marks.now;
  marks.learn("c", "x/0");
  assert.equal(marks.of("c", before), null);
  const after = marks.now;
  assert.equal(marks.of("c", after), "x/0");
  marks.learn("c", "x/0");
  assert.equal(marks.of("c", after), "x/0", "nothing new was learned");
  marks.learn("c", "x/1");
  assert.equal(marks.of("c", after), null);
  assert.equal(marks.of("c", null), null);
  assert.equal(marks.of("d", marks.now), null);
});
