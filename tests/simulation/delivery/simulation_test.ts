/**
 * Delivery and budgets as a whole, under everything that can go wrong between an ask and its charge.
 * `deno task simulate` runs many more seeds.
 * @module
 */
import assert from "node:assert/strict";
import { byMacrotask } from "../custody/virtual-time.ts";
import { simulateDays } from "./days.ts";
import { NONE } from "./faults.ts";
import { simulateMany } from "./many.ts";
import { simulate } from "./day.ts";
import type { Bug } from "./surroundings.ts";

const SEEDS = 1_000;
const TWICE = 100;
const REAL_EVERY = 10;
// The rarest of them shows within twenty.
const PLANTED_SEEDS = 40;

Deno.test(`Over ${SEEDS} seeds of loss, replay, reordering, partitions, crashes, outages and clocks that jump by an hour no execution that a client heard of is lost, none is charged twice or told of another node than is charged, and no budget is overrun or cannot be used up`, async () => {
  const { sum, failures } = await simulateMany({ from: 0, to: SEEDS, real_every: REAL_EVERY });
  assert.deepEqual(failures, []);
  const { told, repeated, hedged, poison, waived, hashes } = sum;
  // It must have happened, or the guarantee was not tried.
  for (const what of ["served", "refused", "exhausted", "held", "unavailable", "died"] as const) {
    assert.ok(told[what]! > SEEDS, `${what}: ${told[what]}`);
  }
  assert.ok(repeated > SEEDS && poison > SEEDS / 20 && waived > SEEDS, `${repeated} ${poison}`);
  assert.ok(hedged > SEEDS, `${hedged}`);
  assert.equal(new Set(hashes).size, SEEDS, "two seeds had the same day");

  const again = await simulateMany({ from: 0, to: TWICE, real_every: REAL_EVERY });
  assert.deepEqual(again.sum.hashes, hashes.slice(0, TWICE), "a seed must give the same day again");
  // And the same where every event waits for its last promise: none is cut short.
  const slowly = await simulateDays({ from: 0, to: 10, real_every: 1 }, { drain: byMacrotask });
  assert.deepEqual(slowly.hashes, hashes.slice(0, 10));
});

Deno.test("Where nothing goes wrong nobody is cut off, and everybody is served while the budget lasts", async () => {
  const { told, waived, poison } = await simulateDays({ from: 0, to: 20, real_every: 1 }, {
    faults: NONE,
  });
  assert.deepEqual([told.died, told.unavailable, told.rate, waived, poison], [0, 0, 0, 0, 0]);
  assert.ok(told.served! > 1_000 && told.exhausted! > 100, JSON.stringify(told));
});

Deno.test("A ledger that is away, for long or now and then, makes no run free: what was cut off meanwhile is charged once it is back", async () => {
  for (const outage of [1, 0.7]) {
    const { told, waived } = await simulateDays({ from: 0, to: 25, real_every: 5 }, {
      faults: { ...NONE, outage, cut_off: 0.2 },
    });
    assert.ok(told.served! > 500 && told.died! > 250, JSON.stringify(told));
    assert.equal(waived, 0, `the ledger fails in ${outage} of its calls`);
  }
});

Deno.test("What would charge another node than the one that is told, or nobody, is found", async () => {
  const bugs: readonly Bug[] = [
    "no commit",
    "own receipt",
    "forgetful collector",
    "blind collector",
  ];
  const isFound = /is lost|told .*, charged by/;
  for (const bug of bugs) await assert.rejects(manyDays(bug), isFound, bug);
  // It takes a collector that dies between two others' crashes, with the ledger away: one day of 500.
  await assert.rejects(manyDays("forgetful disk", 500), isFound, "forgetful disk");
});

/** Rejects as the first of them that fails. */
async function manyDays(bug: Bug, from = 0): Promise<void> {
  for (let seed = from; seed < from + PLANTED_SEEDS; seed++) await simulate({ seed, bug });
}
