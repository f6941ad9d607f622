/**
 * Round trips over a network like Starlink, drawn, beside what has been published of them: what
 * docs/explanation/ground.md claims.
 */
import assert from "node:assert/strict";
import { epochMs } from "../../../mesh/units.ts";
import { accessTime, drawChance } from "../../../tools/radio/access.ts";
import { Places } from "../../../tools/radio/places.ts";
import { RoundTrips } from "../../../tools/radio/round-trips.ts";
import { Sample } from "../../../tools/radio/sample.ts";
import { SETTINGS } from "../../../tools/radio/settings.ts";
import { figureOf, percentile } from "../../../tools/radio/statistics.ts";
import { seeded } from "../../support/random.ts";

const SEED = 2;
const COUNT = 8_000;
const WITHIN = 0.15;

Deno.test(`Round trips agree with each published figure that is claimed, within ${100 * WITHIN} %`, () => {
  const rounds = new RoundTrips();
  for (const { name, countries, within, published, access } of SETTINGS) {
    const sample = new Sample(rounds, new Places(countries, within), COUNT, SEED);
    // Everybody is served, everywhere and at any hour.
    assert.equal(sample.trips.length, COUNT);
    const sorted = sample.times(access).sort();
    for (const { of, value, isBound } of published) {
      const ours = figureOf(sorted, of);
      const what = `seed ${SEED}, ${name}: ${JSON.stringify(of)} is ${ours}, published ${value}`;
      if (isBound) assert.ok(ours < value, what);
      else assert.ok(Math.abs(ours / value - 1) <= WITHIN, what);
    }
    // Light over 550 km up and down twice is 7.3 ms: no trip is quicker, and most of the rest is access.
    const light = Float64Array.from(sample.trips, (trip) => 1e3 * (trip.light + trip.fibre)).sort();
    assert.ok(percentile(light, 0) > 6.9 && percentile(light, 0.5) < 10, name);
  }
});

Deno.test("The two settings differ in nothing but how long the queues are", () => {
  const [us, europe] = SETTINGS.map(({ access }) => access);
  assert.deepEqual({ ...us, queue: us.queue.spread }, { ...europe, queue: europe.queue.spread });
  assert.ok(us.queue.median_ms < europe.queue.median_ms);
});

Deno.test("Access is the floor, a part of the grant, the queue's median where chance is even, and the rest of a gap", () => {
  const { access } = SETTINGS[0];
  const { floor_ms, grant_ms, queue, slot_at_ms, gap_ms } = access;
  const slot = Date.UTC(2026, 2, 20, 12) + slot_at_ms;
  const even = { grant: 0.5, queue: 0 };
  const usual = floor_ms + grant_ms / 2 + queue.median_ms;
  const take = (at: number) => accessTime(access, epochMs(at), even);
  assert.ok(Math.abs(take(slot + 7_000) - usual) < 1e-9);
  assert.ok(Math.abs(take(slot) - usual - gap_ms) < 1e-9);
  assert.ok(Math.abs(take(slot + 20) - usual - gap_ms + 20) < 1e-9);
  assert.ok(Math.abs(take(slot - 1) - usual) < 1e-9);
  assert.ok(Math.abs(take(slot + 45_000) - usual - gap_ms) < 1e-9);
});

Deno.test("Chance is even between 0 and 1 for grants, and normal for queues", () => {
  const random = seeded(SEED);
  const drawn = Array.from({ length: 20_000 }, () => drawChance(random.next));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean(drawn.map(({ grant }) => grant)) - 0.5) < 0.01);
  assert.ok(Math.abs(mean(drawn.map(({ queue }) => queue))) < 0.03);
  assert.ok(Math.abs(mean(drawn.map(({ queue }) => queue ** 2)) - 1) < 0.04);
  const beyond = drawn.filter(({ queue }) => queue > 1.645).length / drawn.length;
  assert.ok(Math.abs(beyond - 0.05) < 0.006);
});

Deno.test("Places are around cities of the countries asked for, the large ones more often", () => {
  const { countries, within } = SETTINGS[1];
  const places = new Places(countries, within);
  const random = seeded(SEED);
  let london = 0;
  for (let i = 0; i < 5_000; i++) {
    const { lat, lon } = places.draw(random.next);
    assert.ok(lat > 33 && lat < 72 && lon > -13 && lon < 35, `${lat}, ${lon}`);
    if (Math.hypot(lat - 51.5, (lon + 0.13) * 0.62) < 0.6) london++;
  }
  // Some 2 % of these countries' people live there, and neighbours reach in.
  assert.ok(london > 75 && london < 400, `${london} around London`);
});
