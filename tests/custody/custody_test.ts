/**
 * Custody under a day of real crossings, with messages lost, doubled and late, objects and registers
 * that crash at any await, askers who go to the wrong region, and clocks that jump. The mesh's own
 * checks (simulated-mesh.ts) fail a run: no fork of a battery, no two objects that serve one node in
 * one epoch, what was sealed is what was received, and every node serves again once faults have stopped.
 * @module
 */
import assert from "node:assert/strict";
import { HARSH } from "./faults.ts";
import { flightsOf } from "./flights.ts";
import { simulate } from "./simulate.ts";

const DAY_H = 24;
const flights = flightsOf(1, 250, DAY_H + 2);

Deno.test("a node's battery is never forked nor lost, whatever befalls messages, objects and clocks", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const day = { seed, flights, faults: HARSH, hours: DAY_H, bursts: 6 };
    const { counts } = await simulate(day).catch((error) => {
      throw new Error(`seed ${seed}: ${error.message}`, { cause: error });
    });
    // A day on which nothing went wrong would prove nothing.
    for (const fault of ["lost", "replays", "crashes", "jumps", "sealed", "received", "moved"]) {
      assert.ok(counts[fault as keyof typeof counts] > 0, `seed ${seed}: no ${fault}`);
    }
  }
});

Deno.test("a seed replays exactly", async () => {
  const few = flights.slice(0, 40);
  const day = { seed: 77, flights: few, faults: HARSH, hours: DAY_H, bursts: 6 };
  const hashes = [await simulate(day), await simulate(day)].map(({ time }) => time.traceHash);
  assert.equal(hashes[0], hashes[1]);
  const other = await simulate({ ...day, seed: 78 });
  assert.notEqual(other.time.traceHash, hashes[0]);
});
