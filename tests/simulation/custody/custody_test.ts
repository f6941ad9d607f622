/**
 * Custody under a day of real crossings and under storms of them, with messages lost, doubled and
 * late, objects and registers that crash at any await, askers who go to the wrong region, and clocks
 * that jump. The run itself checks each write to a disk and each answer (battery.ts).
 * @module
 */
import assert from "node:assert/strict";
import type { Crossing } from "../../../durable-objects/custody/custody-record.ts";
import { DATA_CENTRE } from "../../../mesh/orbit/filed.ts";
import { CustodyStore } from "../../../durable-objects/custody/custody-store.ts";
import { NODE_MIGRATIONS } from "../../../durable-objects/node/migrations.ts";
import type { Battery } from "./battery.ts";
import { HARSH, NONE, STORMY } from "./faults.ts";
import { flightsOf, stormOf } from "./flights.ts";
import { memorySql } from "../../support/memory-sql.ts";
import { type Day, simulate } from "./simulate.ts";
import { byMacrotask } from "./virtual-time.ts";

const DAY: Omit<Day, "seed" | "flights"> = { faults: HARSH, hours: 24, bursts: 6 };
const STORM = { faults: STORMY, hours: 2, bursts: 30, recharge_ms: 3 * 60_000 };
const STORMS = 16;

/** A failure names the seed that repeats it. */
async function run(what: string, day: Day) {
  try {
    return await simulate(day);
  } catch (error) {
    throw new Error(`${what}, seed ${day.seed}: ${(error as Error).message}`, { cause: error });
  }
}

Deno.test("no battery forks or leaks: 1,000 nodes, a day of real crossings, every kind of fault", async () => {
  const seed = 1;
  const { counts } = await run("day", { ...DAY, seed, flights: flightsOf(seed, 1_000, 24) });
  // What never went wrong was not tested.
  const kinds = ["lost", "replays", "late", "undelivered", "crashes", "outages", "jumps"];
  const met = ["served", "moved", "unavailable", "silent", "sealed", "received", "released"];
  for (const kind of [...kinds, ...met]) assert.ok(counts[kind] > 0, `seed ${seed}: no ${kind}`);
  assert.ok(counts.served > 5_000 && counts.received > 5_000, JSON.stringify(counts));
});

Deno.test("no battery forks or leaks: 1,000 of a million nodes, six hours of real crossings", async () => {
  const seed = 2;
  const flights = flightsOf(seed, 1_000, 6, DATA_CENTRE);
  assert.ok(flights.length === 1_000);
  const { counts } = await run("million", { ...DAY, hours: 6, seed, flights });
  assert.ok(counts.served > 1_000 && counts.received > 1_000, JSON.stringify(counts));
});

Deno.test("no battery forks or leaks: storms of crossings seconds apart, by two catalogues at once", async () => {
  for (let seed = 1; seed <= STORMS; seed++) {
    await run("storm", { ...STORM, seed, flights: stormOf(seed, 20, STORM.hours).flat() });
  }
});

Deno.test("without faults every ask is served by the first object or the one that it names", async () => {
  const seed = 3;
  const flights = flightsOf(seed, 40, 24);
  const { counts } = await run("calm", { ...DAY, faults: NONE, seed, flights });
  assert.deepEqual([counts.silent, counts.lost, counts.crashes], [undefined, undefined, undefined]);
  assert.ok(!counts.unavailable, JSON.stringify(counts));
  // Those that were on their way during a crossing.
  assert.ok((counts.moved ?? 0) < 0.05 * counts.served, JSON.stringify(counts));
});

Deno.test("the same seed is the same run, to the last event", async () => {
  const day = { ...STORM, hours: 1, bursts: 12, seed: 7, flights: stormOf(7, 6, 1).flat() };
  const runs = [
    await simulate(day),
    await simulate(day),
    // Nothing of an event is left over for the next one.
    await simulate({ ...day, drain: byMacrotask }),
    await simulate({ ...day, seed: 8 }),
  ];
  const [first, second, drained, other] = runs.map(({ time }) =>
    `${time.events} ${time.traceHash}`
  );
  assert.equal(second, first);
  assert.equal(drained, first);
  assert.notEqual(other, first);
});

Deno.test("what one object's SQLite says it sealed is what another's says it received", async () => {
  const seed = 5;
  const stores = new Map<string, CustodyStore<Battery>>();
  await run("SQLite", {
    ...DAY,
    seed,
    flights: flightsOf(seed, 20, 24),
    recordsOf: (key) => {
      const store = new CustodyStore<Battery>(memorySql(NODE_MIGRATIONS));
      stores.set(key, store);
      return store;
    },
  });
  let pairs = 0;
  for (const [key, store] of stores) {
    const [node] = key.split("@");
    for (const { of, peer, state } of store.crossings().filter(isReceived)) {
      const log = stores.get(`${node}@${peer}`)!.crossings();
      const twin = log.find((one) => one.kind === "sealed" && one.of === of);
      // Only what has fallen off the end of a full log may be missing.
      assert.ok(twin || (log.length === 16 && of < log[0].epoch), `${key}: ${of} of ${peer}`);
      if (!twin) continue;
      assert.equal(JSON.stringify(state), JSON.stringify(twin.state), `${key}: ${of} of ${peer}`);
      pairs++;
    }
  }
  assert.ok(pairs > 100, `${pairs} pairs`);
});

const isReceived = ({ kind }: Crossing<Battery>): boolean => kind === "received";
