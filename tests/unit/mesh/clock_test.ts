import assert from "node:assert/strict";
import { formatClock, meshNow, parseClock, REAL_CLOCK, realDelay } from "../../../mesh/clock.ts";
import { seeded } from "../../support/random.ts";

const ANCHOR = Date.UTC(2026, 10, 23, 12);
// The last bit of real milliseconds in this century; the rate stretches it.
const REAL_TICK_MS = 2 ** -12;

Deno.test("the real clock is real time", () => {
  for (const text of ["", "real"]) {
    const clock = parseClock(text, ANCHOR);
    assert.equal(clock, REAL_CLOCK);
    assert.equal(meshNow(clock, ANCHOR), ANCHOR);
    assert.equal(realDelay(clock, 1_000), 1_000);
    assert.equal(formatClock(clock), "real");
  }
});

Deno.test("a set clock is at its instant when it is set, and runs at its rate from there", () => {
  const clock = parseClock("2026-03-20T12:00:00Z@60", ANCHOR);
  assert.equal(meshNow(clock, ANCHOR), Date.UTC(2026, 2, 20, 12));
  assert.equal(meshNow(clock, ANCHOR + 1_000), Date.UTC(2026, 2, 20, 12, 1));
  assert.equal(meshNow(clock, ANCHOR - 1_000), Date.UTC(2026, 2, 20, 11, 59));
  assert.equal(realDelay(clock, 60_000), 1_000);
  assert.equal(parseClock("2026-03-20T12:00:00Z", ANCHOR).rate, 1);
  assert.equal(parseClock("2026-03-20T12:00:00.250Z", ANCHOR).mesh_ms % 1_000, 250);
});

Deno.test("formatClock() writes what parseClock() reads back as the same clock, at any other anchor", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const random = seeded(seed);
    const instant = random.integer(Date.UTC(1950, 0, 1), Date.UTC(2050, 0, 1) - 1);
    const rate = random.pick([1, 0.001, 60, 1_000, random.between(1e-6, 1_000)]);
    const anchor = random.integer(0, Date.UTC(2100, 0, 1));
    const clock = parseClock(`${new Date(instant).toISOString()}@${rate}`, anchor);
    assert.deepEqual(clock, { mesh_ms: instant, real_ms: anchor, rate }, `seed ${seed}`);
    assert.deepEqual(parseClock(formatClock(clock), 0), clock, `seed ${seed}`);
  }
});

Deno.test("realDelay() is how long the clock needs to go on so far", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const random = seeded(seed);
    const clock = parseClock(`2026-06-01T00:00:00Z@${random.between(1e-3, 1_000)}`, ANCHOR);
    const mesh_ms = random.between(0, 86_400_000);
    const after = meshNow(clock, ANCHOR + realDelay(clock, mesh_ms));
    assert.ok(
      Math.abs(after - meshNow(clock, ANCHOR) - mesh_ms) <= REAL_TICK_MS * (1 + clock.rate),
      `seed ${seed}`,
    );
  }
});

Deno.test("parseClock() throws a RangeError that says what is wrong", () => {
  const wrong: readonly [string, RegExp][] = [
    ["now", /instant in UTC/],
    ["2026-03-20", /instant in UTC/],
    ["2026-03-20T12:00:00", /instant in UTC/],
    ["2026-03-20T12:00:00+01:00", /instant in UTC/],
    ["2026-13-20T12:00:00Z", /instant in UTC/],
    ["2026-03-32T12:00:00Z", /instant in UTC/],
    ["2026-03-20T25:00:00Z", /instant in UTC/],
    ["1949-12-31T23:59:59Z", /1950 to 2050/],
    ["2050-01-01T00:00:00Z", /1950 to 2050/],
    ["@60", /instant in UTC/],
    [" 2026-03-20T12:00:00Z", /instant in UTC/],
    ["2026-03-20T12:00:00Z@1@2@3", /instant in UTC/],
    ["2026-03-20T12:00:00Z@", /rate ""/],
    ["2026-03-20T12:00:00Z@0", /rate "0"/],
    ["2026-03-20T12:00:00Z@-1", /rate "-1"/],
    ["2026-03-20T12:00:00Z@1001", /rate "1001"/],
    ["2026-03-20T12:00:00Z@NaN", /rate "NaN"/],
    ["2026-03-20T12:00:00Z@fast", /rate "fast"/],
    ["2026-03-20T12:00:00Z@60@soon", /anchor "soon"/],
    ["2026-03-20T12:00:00Z@60@Infinity", /anchor "Infinity"/],
  ];
  for (const [text, says] of wrong) {
    assert.throws(() => parseClock(text, ANCHOR), { name: "RangeError", message: says }, text);
  }
});
