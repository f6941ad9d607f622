/**
 * Wallets and the book against a plain ledger, under everything that can go wrong between them.
 * @module
 */
import assert from "node:assert/strict";
import { type Faults, HARSH, NONE } from "./faults.ts";
import type { SimulatedIsolate, Told } from "./simulated-isolate.ts";
import { SimulatedWorld } from "./simulated-world.ts";

const SEEDS = 150;
const MINUTES = 4;
// The last replay has come, the last lease is lost, the last receipt is there.
const CALM_MS = 10 * 60_000;
const RUSH = 40;
const TRICKLE = 10;

interface Day {
  seed: number;
  faults: Faults;
  budget: number;
  asks: number;
  price: readonly [number, number];
}

/** What asks were told, by how many. */
type Tally = Record<Told, number>;

/** Asks in bursts while things go wrong; then all that is left must be usable, to the unit. */
async function simulate({ seed, faults, budget, asks, price }: Day): Promise<Tally> {
  const world = new SimulatedWorld({ seed, faults, isolates: 4 });
  const { time, random, tenant, ledger, isolates } = world;
  tenant.setLimits({ budget_microcredits: budget, requests_per_minute: null });
  const tally: Tally = {
    served: 0,
    refused: 0,
    exhausted: 0,
    held: 0,
    rate: 0,
    unavailable: 0,
    died: 0,
  };
  const heard = (told: Told) => {
    tally[told]++;
    assert.ok(ledger.charged <= budget, `${ledger.charged} charged of ${budget}`);
  };
  const ask = (isolate: SimulatedIsolate) => isolate.ask(random.integer(...price), heard);
  const burstAt = () => random.integer(0, MINUTES * 6) * 10_000;
  for (let n = 0; n < asks / 2; n++) {
    time.after(burstAt() + random.integer(0, 1_500), () => ask(random.pick(isolates)));
  }
  // A rush to one isolate that ebbs to a trickle: its leases outlast it, and are given back in parts.
  for (let n = 0; n < asks / 2; n += RUSH + TRICKLE) {
    const [at, isolate] = [burstAt(), random.pick(isolates)];
    for (let i = 0; i < RUSH; i++) time.after(at + i * 10, () => ask(isolate));
    for (let i = 0; i < TRICKLE; i++) time.after(at + 500 + i * 800, () => ask(isolate));
  }
  await time.runUntil(MINUTES * 60_000 + 30_000);
  world.heal();
  await time.runUntil(time.now + CALM_MS);
  assert.ok(isolates.every((isolate) => isolate.isEmpty), "a wallet holds something for ever");
  const { spent, leased } = tenant.balance();
  assert.deepEqual({ spent, leased }, { spent: ledger.charged, leased: 0 });
  assert.equal(Object.values(tally).reduce((sum, n) => sum + n), asks, "somebody was told nothing");

  await useUp(world, budget);
  assert.equal(ledger.charged, budget);
  for (const isolate of isolates) {
    let told: Told | undefined;
    isolate.ask(1, (answer) => told = answer);
    await time.runUntil(time.now + 5_000);
    assert.equal(told, "exhausted");
  }
  return tally;
}

/**
 * Of what is left every unit can be used, by anybody: asks until all of it is charged. Nodes refuse
 * one in ten, and a run of more than a minute is waived, so that it takes some more.
 */
async function useUp(
  { isolates, random, time, ledger }: SimulatedWorld,
  budget: number,
): Promise<void> {
  for (let tries = 0; ledger.charged < budget; tries++) {
    const left = budget - ledger.charged;
    assert.ok(tries < 60, `${left} units are left, and nobody can have them`);
    let told: Told | undefined;
    const units = Math.min(left, random.integer(1, Math.ceil(budget / 5)));
    random.pick(isolates).ask(units, (answer) => told = answer);
    await time.runUntil(time.now + 110_000);
    assert.ok(told === "served" || told === "refused", `${units} of ${left} units: ${told}`);
  }
}

async function simulateAll(days: Iterable<Day>): Promise<Tally> {
  const sum: Partial<Tally> = {};
  for (const day of days) {
    try {
      const tally = await simulate(day);
      for (const [told, n] of Object.entries(tally) as [Told, number][]) {
        sum[told] = (sum[told] ?? 0) + n;
      }
    } catch (error) {
      throw new Error(`seed ${day.seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  return sum as Tally;
}

function* days(faults: Faults, seeds: number): Generator<Day> {
  for (let seed = 0; seed < seeds; seed++) {
    const asks = 400;
    // Sometimes far too little, sometimes enough; asks from tiny to a good part of all.
    const budget = [300, 2_000, 10_000][seed % 3];
    const price = ([[1, 1], [1, 40], [0, 120]] as const)[(seed / 3 | 0) % 3];
    yield { seed, faults, budget, asks, price };
  }
}

Deno.test(`No unit is charged beyond the budget and none is lost, over ${SEEDS} seeds of loss, replay, reordering, crashes, outages and clocks that jump by an hour`, async () => {
  const tally = await simulateAll(days(HARSH, SEEDS));
  // It must have happened, or the guarantee was not tried.
  for (const told of ["served", "refused", "exhausted", "held", "died"] as const) {
    assert.ok(tally[told] > 100, `${told}: ${tally[told]}`);
  }
});

Deno.test("Where nothing goes wrong nobody is cut off, and nobody is refused who need not be", async () => {
  const tally = await simulateAll(days(NONE, 30));
  assert.deepEqual([tally.died, tally.unavailable, tally.rate], [0, 0, 0]);
  const plenty = await simulateAll([
    { seed: 1, faults: NONE, budget: 100_000, asks: 1_000, price: [1, 10] },
  ]);
  assert.equal(plenty.served + plenty.refused, 1_000, JSON.stringify(plenty));
});
