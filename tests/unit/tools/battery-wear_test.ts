import assert from "node:assert/strict";
import { npuDraw } from "../../../mesh/node/profile.ts";
import { sunlightOf } from "../../../mesh/orbit/sunlight.ts";
import { leastEnergy, type Piece, wearBound } from "../../../tools/battery-wear/wear-bound.ts";
import { wearCase } from "../../../tools/battery-wear/wear-case.ts";
import { type Outcome, outcomeOf, SMALL_CASE } from "../../../tools/battery-wear.ts";
import { seeded } from "../../support/random.ts";

// A thousandth of a joule in kilojoules: sums of thousands of megajoules, less one another.
const ROUNDING_J = 1e-3;

/** Of the case: what its runs drew in the shadow beside idling, run by run. */
function darkEnergy({ day, served }: Outcome): number {
  const { constellation, profile } = SMALL_CASE;
  const watts = npuDraw(1, profile) - npuDraw(0, profile);
  return served.reduce((sum, ask) => {
    const { node, starts, ends } = day.ran[ask]!;
    let from: number = starts;
    for (const { until, sunlit } of sunlightOf(constellation.elements(node))(starts, ends)) {
      if (!sunlit) sum += watts * (until - from) / 1e3;
      from = until;
    }
    return sum;
  }, 0);
}

Deno.test("Least wear takes less of the batteries than nearest first at the same load, and no less than the linear programme's bound", async () => {
  let [spared_j, nearest_j, bound_j] = [0, 0, 0];
  for (const seed of [1, 2]) {
    const asked = wearCase({ ...SMALL_CASE, asks: 240, hours: 1, seed });
    const nearest = outcomeOf(asked, "nearest_available");
    const spared = outcomeOf(asked, "least_battery_wear");
    for (const one of [nearest, spared]) {
      assert.deepEqual(one.met, one.served.length, `seed ${seed}: an answer was late`);
      assert.ok(
        one.served.length >= 0.95 * asked.asks.length,
        `seed ${seed}: ${one.served.length}`,
      );
      assert.ok(Math.abs(one.drawn.for_runs - darkEnergy(one)) < ROUNDING_J, `seed ${seed}`);
      const { energy, columns } = await wearBound(asked, one.served);
      assert.ok(energy <= one.drawn.for_runs + ROUNDING_J, `seed ${seed}: a bound of ${energy} J`);
      assert.ok(columns > 1_000, `seed ${seed}: ${columns} columns`);
      if (one === spared) bound_j += energy;
    }
    spared_j += spared.drawn.for_runs;
    nearest_j += nearest.drawn.for_runs;
  }
  assert.ok(spared_j < 0.5 * nearest_j, `${spared_j} J, and nearest first ${nearest_j} J`);
  // A bound far below would show nothing.
  assert.ok(bound_j > 0.8 * spared_j && bound_j > 0, `${bound_j} J below ${spared_j} J`);
});

Deno.test("leastEnergy() fills what is lit first, and no node with more than its time", async () => {
  const lit: Piece[] = [{ from: 0, until: 10_000, lit: true }];
  const dark: Piece[] = [{ from: 0, until: 10_000, lit: false }];
  const dusk: Piece[] = [{ from: 0, until: 4_000, lit: true }, {
    from: 4_000,
    until: 10_000,
    lit: false,
  }];
  const anywhere = [0, 1].map((node) => ({ node, from: 0, until: 10_000 }));
  const need = { npu_s: 8, nodes: anywhere };
  const energyOf = async (...args: Parameters<typeof leastEnergy>) =>
    (await leastEnergy(...args)).energy;
  assert.equal(await energyOf([need], [lit, dark], 18), 0);
  // 16 s are wanted, 10 are lit.
  assert.ok(Math.abs(await energyOf([need, need], [lit, dark], 18) - 6 * 18) < 1e-6);
  assert.ok(Math.abs(await energyOf([need, need], [dusk, dark], 18) - 12 * 18) < 1e-6);
  // Nobody else can take it after its fourth second.
  const soon = { npu_s: 4, nodes: [{ node: 0, from: 0, until: 4_000 }] };
  assert.ok(Math.abs(await energyOf([soon, need], [dusk, dark], 18) - 8 * 18) < 1e-6);
  await assert.rejects(energyOf([need, need, need], [lit, dark], 18), /no optimum/);
});

Deno.test("leastEnergy() is no more than any plan that keeps to windows and capacities", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = seeded(seed);
    const pieces = Array.from({ length: 4 }, () =>
      Array.from({ length: 6 }, (_, p): Piece => ({
        from: 10_000 * p,
        until: 10_000 * (p + 1),
        lit: random.chance(0.4),
      })));
    // A plan by chance, one ask after the other into whole pieces that are free.
    const free = new Set(pieces.flatMap((own, node) => own.map((_, p) => `${node}.${p}`)));
    let planned_j = 0;
    const needs = Array.from({ length: random.integer(1, 12) }, () => {
      const slot = random.pick([...free]);
      free.delete(slot);
      const [node, p] = slot.split(".").map(Number);
      const npu_s = random.between(1, 10);
      if (!pieces[node][p].lit) planned_j += 18 * npu_s;
      const from = 10_000 * random.integer(0, p);
      const until = 10_000 * random.integer(p + 1, 6);
      return { npu_s, nodes: [0, 1, 2, 3].map((node) => ({ node, from, until })) };
    });
    const { energy } = await leastEnergy(needs, pieces, 18);
    assert.ok(energy <= planned_j + 1e-6, `seed ${seed}: ${energy} J, planned ${planned_j} J`);
  }
});

Deno.test("wearBound() refuses asks without a deadline: nothing would bound how long they may wait", async () => {
  const asked = wearCase({ ...SMALL_CASE, asks: 1, slacks_ms: [null] });
  await assert.rejects(wearBound(asked, [0]), RangeError);
});
