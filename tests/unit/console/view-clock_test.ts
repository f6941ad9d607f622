import assert from "node:assert/strict";
import { ViewClock } from "../../../console/sky/view-clock.ts";
import { epochMs } from "../../../mesh/units.ts";

const NOW = epochMs(Date.UTC(2026, 2, 20, 12));
const WEEK_MS = 7 * 86_400_000;

const clock = (rate = 1) => new ViewClock(NOW, rate, performance.now());
/** What passes while a test runs is far below it. */
const assertNear = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 60_000, `${found - wanted} ms off`);

Deno.test("a ViewClock shows the mesh clock, at the mesh's own rate, until somebody says otherwise", () => {
  const live = clock(60);
  const read = performance.now();
  assert.equal(live.now(read + 1_000) - live.now(read), 60_000);
  assert.deepEqual(live.pace, { speed: 60, isLive: true });
});

Deno.test("run() goes on from what is shown, and 0 holds it", () => {
  const paused = clock();
  paused.run(0);
  const read = performance.now();
  assert.equal(paused.now(read), paused.now(read + 5_000));
  paused.run(600);
  const again = performance.now();
  assert.equal(Math.round(paused.now(again + 1_000) - paused.now(again)), 600_000);
  paused.goLive();
  assertNear(paused.now(), NOW);
});

Deno.test("jump() shows another instant at the same pace, and none beyond a week", () => {
  const jumped = clock();
  jumped.jump(epochMs(NOW - 3_600_000));
  assertNear(jumped.now(), NOW - 3_600_000);
  assert.equal(jumped.pace.speed, 1);
  jumped.jump(epochMs(NOW + 100 * WEEK_MS));
  assertNear(jumped.now(), NOW + WEEK_MS);
  jumped.jump(epochMs(0));
  assertNear(jumped.now(), NOW - WEEK_MS);
});

Deno.test("a ViewClock of what is held shows nothing else, live or not", () => {
  const from = epochMs(NOW - 120_000);
  const until = epochMs(NOW - 60_000);
  const held = new ViewClock(NOW, 1, performance.now(), () => ({ from, until }));
  assert.deepEqual(held.held, { from, until });
  assert.equal(held.now(), until);
  assertNear(held.mesh(), NOW);
  held.jump(epochMs(NOW - 3_600_000));
  assert.equal(held.now(), from);
  held.run(0);
  held.jump(epochMs(NOW - 90_000));
  assert.equal(held.now(), NOW - 90_000);
});

Deno.test("onChange() tells of each change until it is ended", () => {
  const told = clock();
  let heard = 0;
  const end = told.onChange(() => heard++);
  told.run(10);
  told.jump(NOW);
  told.goLive();
  assert.equal(heard, 3);
  end();
  told.run(1);
  assert.equal(heard, 3);
});
