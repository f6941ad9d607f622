/**
 * How many made-up keys reach the ledger, and that no made one is kept out.
 * @module
 */
import assert from "node:assert/strict";
import { UnknownKeys } from "../../../../durable-objects/ledger-cache/unknown-keys.ts";

const NOW = 1_795_500_000_000;

Deno.test("has() holds for two seconds what the ledger does not know, and through no jump of the clock", () => {
  const keys = new UnknownKeys();
  keys.note("a", NOW);
  assert.deepEqual([0, 1_999, 2_000, -1].map((ms) => keys.has("a", NOW + ms)), [
    true,
    true,
    false,
    false,
  ]);
  assert.equal(keys.has("b", NOW), false);
});

Deno.test("admits() lets through as many new keys as a minute allows, evenly, and every one that was announced", () => {
  const keys = new UnknownKeys();
  let admitted = 0;
  // Ten minutes of 400 made-up keys a second.
  for (let ms = 0; ms < 600_000; ms += 2.5) admitted += Number(keys.admits(`${ms}`, NOW + ms));
  assert.ok(admitted >= 3_000 && admitted <= 3_300, `${admitted}`);
  assert.equal(keys.admits("made", NOW + 600_000), false);
  keys.announce("made");
  assert.equal(keys.admits("made", NOW + 600_000), true);
});

Deno.test("announce() undoes a no, also one that was asked for before and comes after", () => {
  const keys = new UnknownKeys();
  keys.note("a", NOW);
  keys.announce("a");
  assert.equal(keys.has("a", NOW), false);
  keys.note("a", NOW);
  assert.equal(keys.has("a", NOW), false);
});

Deno.test("A flood fills no memory: the oldest are forgotten", () => {
  const keys = new UnknownKeys();
  for (let i = 0; i < 10_000; i++) keys.note(`${i}`, NOW);
  assert.ok(keys.has("0", NOW));
  keys.note("one more", NOW);
  assert.deepEqual([keys.has("0", NOW), keys.has("one more", NOW)], [false, true]);
  for (let i = 0; i <= 1_000; i++) keys.announce(`${i}`);
  keys.note("0", NOW);
  keys.note("1000", NOW);
  assert.deepEqual([keys.has("0", NOW), keys.has("1000", NOW)], [true, false]);
});
