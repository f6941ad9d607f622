import assert from "node:assert/strict";
import { noFlows } from "../../../../mesh/node/energy.ts";
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { advance, busyUntil, untouched } from "../../../../mesh/node/state.ts";
import { type Sunlight, sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import {
  ALWAYS_LIT,
  anyProfile,
  anyState,
  anySunlight,
  anyWork,
  DAY_MS,
  EPOCH,
  HOUR_MS,
  NEVER_LIT,
} from "./any-node.ts";
import { FILED } from "../placement/oracle.ts";

const TOLERANCE = 1e-9;
const MEMORY_MS = 1.5 * DAY_MS;

/** A sunlight that counts the time it was asked about. */
function counted(sunlight: Sunlight): { sunlight: Sunlight; asked_ms: () => number } {
  let asked_ms = 0;
  return {
    sunlight: (from, until) => {
      asked_ms += until - from;
      return sunlight(from, until);
    },
    asked_ms: () => asked_ms,
  };
}

Deno.test("what advance() forgets of weeks has left no trace: it equals the way walked", () => {
  let [forgotten, walked] = [0, 0];
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const profile = random.chance(0.2) ? DEFAULT_PROFILE : anyProfile(random);
    const light = anySunlight(random);
    const at = EPOCH + random.integer(0, 3e10);
    const lasts_ms = random.between(1, 21) * DAY_MS;
    const work = anyWork(random, { at, lasts_ms: lasts_ms / random.pick([1, 10]) }, profile);
    const start = anyState(random, at, profile, work);
    const to = epochMs(at + lasts_ms);
    const { sunlight, asked_ms } = counted(light);
    const ours = advance(start, to, profile, sunlight);
    const naive = advance(start, to, profile, light, noFlows());
    const apart = Math.abs(ours.battery - naive.battery);
    assert.ok(apart <= TOLERANCE * profile.battery, `seed ${seed}: ${apart} J apart`);
    const body = Math.abs(ours.temperature - naive.temperature);
    assert.ok(body <= TOLERANCE * naive.temperature, `seed ${seed}: ${body} K apart`);
    const rise = Math.abs(ours.npu_rise - naive.npu_rise);
    assert.ok(rise <= TOLERANCE * naive.temperature, `seed ${seed}: NPUs ${rise} K apart`);
    assert.deepEqual([ours.at, ours.work], [naive.at, naive.work], `seed ${seed}`);
    if (asked_ms() <= MEMORY_MS) forgotten++;
    else walked++;
  }
  assert.ok(forgotten > 500 && walked > 500, `${forgotten} forgotten, ${walked} walked`);
});

Deno.test("a default node of ours untouched for weeks costs a look at a day and a half of sunlight", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = seeded(seed);
    const light = sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)));
    const at = EPOCH + random.integer(0, 3e10);
    const work = anyWork(random, { at, lasts_ms: HOUR_MS }, DEFAULT_PROFILE);
    const start = anyState(random, at, DEFAULT_PROFILE, work);
    const { sunlight, asked_ms } = counted(light);
    const to = epochMs(busyUntil(start) + random.between(3.1, 60) * DAY_MS);
    advance(start, to, DEFAULT_PROFILE, sunlight);
    assert.equal(asked_ms(), MEMORY_MS, `seed ${seed}`);
  }
});

Deno.test("a node that charges too slowly to forget is walked all the way", () => {
  const profile = { ...DEFAULT_PROFILE, charge_max: DEFAULT_PROFILE.npu_idle };
  const empty = { ...anyState(seeded(1), EPOCH, profile), battery: 0 as typeof profile.battery };
  const { sunlight, asked_ms } = counted(ALWAYS_LIT);
  const { battery } = advance(empty, epochMs(EPOCH + 7 * DAY_MS), profile, sunlight);
  assert.ok(Math.abs(battery - 2 * 0.95 * 7 * 86_400) < 1e-3, `${battery} J`);
  assert.ok(asked_ms() >= 7 * DAY_MS);
});

Deno.test("an untouched node is the same whenever it is first looked at, and full in no shadow", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const sunlight = sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)));
    const early = epochMs(EPOCH + random.integer(0, 3e10));
    const late = epochMs(early + random.integer(0, 12 * HOUR_MS));
    const models = [{ model: "drive-rss", bytes: 1e6 }];
    const before = untouched(early, DEFAULT_PROFILE, sunlight, models);
    const then = advance(before, late, DEFAULT_PROFILE, sunlight);
    const anew = untouched(late, DEFAULT_PROFILE, sunlight, models);
    assert.ok(Math.abs(anew.battery - then.battery) <= TOLERANCE * 1.8e7, `seed ${seed}`);
    assert.ok(Math.abs(anew.temperature - then.temperature) <= TOLERANCE * 300, `seed ${seed}`);
    assert.ok(Math.abs(anew.npu_rise - then.npu_rise) <= TOLERANCE * 10, `seed ${seed}`);
    assert.deepEqual(anew.resident, models, `seed ${seed}`);
    assert.ok(anew.battery > 0.95 * 1.8e7, `seed ${seed}: ${anew.battery} J: a shadow takes 5 %`);
  }
  assert.equal(untouched(epochMs(EPOCH), DEFAULT_PROFILE, ALWAYS_LIT, []).battery, 1.8e7);
  const dark = untouched(epochMs(EPOCH), DEFAULT_PROFILE, NEVER_LIT, []);
  assert.equal(dark.battery, 0, "who flies in the dark for ever has nothing left");
});
