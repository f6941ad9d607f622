import assert from "node:assert/strict";
import {
  holds,
  launched,
  loaded,
  type Resident,
  RESIDENTS_MAX,
} from "../../../../mesh/node/residency.ts";
import { seeded } from "../../../support/random.ts";

const MEMORY = 100;
const sum = (models: readonly Resident[]) => models.reduce((all, { bytes }) => all + bytes, 0);

/** Least recently used, as anybody would write it: throw out the oldest until there is room. */
function naive(
  resident: readonly Resident[],
  wanted: Resident,
  memory: number,
  needed: ReadonlySet<string>,
): Resident[] {
  const list = resident.filter(({ model }) => model !== wanted.model);
  list.push(wanted);
  while (sum(list) > memory) {
    const oldest = list.findIndex((one) => one !== wanted && !needed.has(one.model));
    list.splice(oldest, 1);
  }
  return list;
}

Deno.test("loaded() equals a naive least recently used memory, models that are needed spared", () => {
  let [evictions, spared] = [0, 0];
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const sizes = Array.from({ length: 12 }, () => random.integer(1, 40));
    let ours: Resident[] = [];
    for (let use = 0; use < 40; use++) {
      const k = random.integer(0, sizes.length - 1);
      const wanted = { model: `m${k}`, bytes: sizes[k] };
      const needed = new Set<string>();
      for (const one of ours) {
        const together = sum(ours.filter(({ model }) => needed.has(model))) + one.bytes;
        if (random.chance(0.3) && together + wanted.bytes <= MEMORY) needed.add(one.model);
      }
      const expected = naive(ours, wanted, MEMORY, needed);
      const next = loaded(ours, wanted, MEMORY, needed);
      assert.deepEqual(next, expected, `seed ${seed}, use ${use}`);
      assert.ok(sum(next) <= MEMORY && holds(next, wanted.model), `seed ${seed}`);
      for (const model of needed) assert.ok(holds(next, model), `seed ${seed}: ${model} left`);
      evictions += Number(next.length < ours.length);
      spared += needed.size;
      ours = next;
    }
  }
  assert.ok(evictions > 5_000 && spared > 5_000, `${evictions} evictions, ${spared} spared`);
});

Deno.test("loaded() throws for a model that is larger than the memory, and leaves its argument alone", () => {
  const held = Object.freeze([{ model: "a", bytes: 60 }, { model: "b", bytes: 40 }]);
  assert.throws(() => loaded(held, { model: "c", bytes: 101 }, MEMORY), RangeError);
  assert.deepEqual(loaded(held, { model: "c", bytes: 50 }, MEMORY), [held[1], {
    model: "c",
    bytes: 50,
  }]);
  assert.deepEqual(loaded(held, held[0], MEMORY), [held[1], held[0]]);
});

Deno.test("launched() takes the catalogue in its order, as much as fits", () => {
  const catalogue = [60, 50, 30, 20, 10].map((bytes, k) => ({ model: `m${k}`, bytes }));
  assert.deepEqual(launched(catalogue, MEMORY).map(({ bytes }) => bytes), [60, 30, 10]);
  assert.deepEqual(launched(catalogue, 5), []);
  assert.deepEqual(launched(catalogue, 1_000), catalogue);
});

Deno.test("loaded() holds no more than so many models, however small, and spares the needed ones first", () => {
  const needed = new Set(["m0", "m3"]);
  let held: Resident[] = [];
  for (let i = 0; i < 3 * RESIDENTS_MAX; i++) {
    held = loaded(held, { model: `m${i}`, bytes: 1 }, 1e9, needed);
    assert.ok(held.length <= RESIDENTS_MAX);
  }
  assert.equal(held.length, RESIDENTS_MAX);
  const newest = Array.from(
    { length: RESIDENTS_MAX - 2 },
    (_, i) => `m${2 * RESIDENTS_MAX + 2 + i}`,
  );
  assert.deepEqual(held.map(({ model }) => model), ["m0", "m3", ...newest]);
});
