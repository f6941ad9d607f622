import assert from "node:assert/strict";
import type { Elements } from "../../../mesh/orbit/elements.ts";
import { FILED } from "../../../mesh/orbit/filed.ts";
import { temeToEcef } from "../../../mesh/orbit/frames.ts";
import { KNOT_SPACING_MS } from "../../../mesh/orbit/knot.ts";
import { propagatorOf, siderealTime } from "../../../mesh/orbit/propagation.ts";
import { type Region, regionBelow, REGIONS } from "../../../mesh/region.ts";
import { SLOT_MS, slotInstant, slotNumber, tenuresOf } from "../../../mesh/tenure.ts";
import { type EpochMs, epochMs, radians } from "../../../mesh/units.ts";
import { seeded } from "../../support/random.ts";
import { almanacAt } from "./orbit/almanac-at.ts";

const NOON = epochMs(Date.UTC(2026, 10, 23, 12));
const HOUR_MS = 3_600_000;
const GEOSTATIONARY: Elements = {
  ...FILED.elements(0),
  epoch: NOON,
  mean_motion: 2 * Math.PI / 1436.07,
  inclination: radians(0.001),
};

/** The region below, by hand: no slots, no memory. */
function below(elements: Elements, at: EpochMs): Region {
  const state = new Float64Array(6);
  assert.ok(propagatorOf(elements)(at, state));
  temeToEcef(state, siderealTime(at), state);
  return regionBelow({ x: state[0], y: state[1], z: state[2] });
}

Deno.test("tenureAt() is the unbroken run of slots around an instant that a plain search finds", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const filed = FILED.elements(random.integer(0, FILED.count - 1));
    // Some on ellipses, above and below what counts as a circle.
    const eccentricity = random.chance(0.3) ? random.between(0, 0.02) : filed.eccentricity;
    const elements = { ...filed, eccentricity };
    const at = epochMs(NOON + random.between(-30, 30) * 24 * HOUR_MS);
    const ownerOf = (slot: number) => below(elements, slotInstant(slot));
    const here = slotNumber(at);
    let [first, next] = [here, here + 1];
    while (ownerOf(first - 1) === ownerOf(here)) first--;
    while (ownerOf(next) === ownerOf(here)) next++;
    const expected = { region: ownerOf(here), epoch: first, until: slotInstant(next) };
    assert.deepEqual(tenuresOf(elements).tenureAt(at), expected, `seed ${seed}`);
    assert.equal(tenuresOf(elements).ownerAt(at), expected.region, `seed ${seed}`);
  }
});

Deno.test("tenures follow one another without a gap, each with another region and a higher epoch", () => {
  const { tenureAt } = tenuresOf(FILED.elements(20_000));
  let tenure = tenureAt(NOON);
  while (tenure.until < NOON + 24 * HOUR_MS) {
    const next = tenureAt(tenure.until);
    assert.equal(slotInstant(next.epoch), tenure.until);
    assert.notEqual(next.region, tenure.region);
    assert.deepEqual(tenuresOf(FILED.elements(20_000)).tenureAt(epochMs(next.until - 1)), next);
    tenure = next;
  }
});

Deno.test("tenureAt() says the same whatever it was asked before", () => {
  for (const elements of [FILED.elements(3_000), GEOSTATIONARY]) {
    const { tenureAt } = tenuresOf(elements);
    const random = seeded(5);
    for (let n = 0; n < 40; n++) {
      const at = epochMs(NOON + random.between(-3, 3) * HOUR_MS);
      assert.deepEqual(tenureAt(at), tenuresOf(elements).tenureAt(at), `ask ${n}`);
    }
  }
});

Deno.test("tenureAt() bounds a node that never moves on; its epoch never falls", () => {
  const { tenureAt } = tenuresOf(GEOSTATIONARY);
  let { region, epoch, until } = tenureAt(NOON);
  for (let at: number = NOON; at < NOON + 6 * HOUR_MS; at += 7 * 60_000) {
    const tenure = tenureAt(epochMs(at));
    assert.equal(tenure.region, region);
    assert.ok(tenure.epoch >= epoch && tenure.epoch <= slotNumber(epochMs(at)));
    assert.ok(tenure.until > at && tenure.until <= at + 2 * HOUR_MS);
    assert.ok(at < until ? tenure.epoch === epoch : tenure.epoch > epoch, "it ends when it says");
    ({ epoch, until } = tenure);
  }
});

Deno.test("tenureAt() holds before 1970, and for a node that has decayed", () => {
  const early = epochMs(Date.UTC(1955, 0, 1, 0, 0, 5));
  const { epoch, until } = tenuresOf({ ...FILED.elements(0), epoch: early }).tenureAt(early);
  assert.ok(slotInstant(epoch) <= early && early < until);
  const decayed = tenuresOf({ ...FILED.elements(0), mean_motion: 0.08 });
  assert.equal(decayed.ownerAt(NOON), REGIONS[0]);
  assert.ok(decayed.tenureAt(NOON).until > NOON);
});

Deno.test("the almanac, at a slot's start, names the owner that the node's own object does", () => {
  assert.equal(KNOT_SPACING_MS % SLOT_MS, 0);
  let differ = 0;
  const xyz = new Float64Array(3);
  for (const minutes of [0, 100, 1_000]) {
    const at = epochMs(NOON + minutes * 60_000 + 30_000);
    const almanac = almanacAt(at);
    const positions = almanac.at(slotInstant(slotNumber(at)));
    for (let index = 0; index < FILED.count; index += 5) {
      positions.position(index, xyz);
      const owner = regionBelow({ x: xyz[0], y: xyz[1], z: xyz[2] });
      if (owner !== tenuresOf(FILED.elements(index)).ownerAt(at)) differ++;
    }
  }
  // Half a metre of interpolation on a border: the object then names the owner itself.
  assert.ok(differ <= 1, `${differ} differ`);
});
