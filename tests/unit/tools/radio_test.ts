/**
 * Round trips over a network like Starlink, drawn, beside what has been published of them: what
 * docs/explanation/ground.md claims.
 */
import assert from "node:assert/strict";
import { Places } from "../../../tools/radio/places.ts";
import { RoundTrips } from "../../../tools/radio/round-trips.ts";
import { Sample } from "../../../tools/radio/sample.ts";
import { SETTINGS } from "../../../tools/radio/settings.ts";
import { figureOf, jitterOf, percentile } from "../../../tools/radio/statistics.ts";
import { seeded } from "../../support/random.ts";

const SEED = 2;
const COUNT = 8_000;
const WITHIN = 0.15;

Deno.test(`Round trips agree with each published figure that is claimed, within ${100 * WITHIN} %`, () => {
  const rounds = new RoundTrips();
  for (const { name, countries, within, published, profile } of SETTINGS) {
    const sample = new Sample(rounds, new Places(countries, within), COUNT, SEED);
    // Everybody is served, everywhere and at any hour.
    assert.equal(sample.trips.length, COUNT);
    const sorted = sample.times(profile).sort();
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

Deno.test("The two settings differ in nothing but how often ways stall, and seldom do they in the calm one", () => {
  const [us, europe] = SETTINGS.map(({ profile }) => profile);
  const { share } = europe.stall;
  assert.deepEqual({ ...us, name: "", stall: { ...us.stall, share } }, { ...europe, name: "" });
  assert.ok(us.stall.share < share);
});

Deno.test("From one trip to the next the calm profile differs as one line was measured to, which is not fitted", () => {
  const { countries, within, profile } = SETTINGS[0];
  const sample = new Sample(new RoundTrips(), new Places(countries, within), COUNT / 2, SEED);
  // 6.7 ms: Huston, APNIC 2024.
  const ratio = jitterOf(sample.times(profile)) / 6.7;
  assert.ok(Math.abs(ratio - 1) <= WITHIN, `seed ${SEED}: ${ratio}`);
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
