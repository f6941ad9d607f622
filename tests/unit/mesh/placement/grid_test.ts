import assert from "node:assert/strict";
import { SPEED_MAX_KM_S } from "../../../../mesh/orbit/earth.ts";
import {
  buildGrid,
  cellOf,
  columnOf,
  gapTo,
  type Grid,
  GridBuilder,
} from "../../../../mesh/placement/grid.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { almanacAt } from "../orbit/almanac-at.ts";
import { FILED, wholeSky } from "./oracle.ts";

const ALMANAC = almanacAt(Date.UTC(2026, 7, 12, 17, 45));
const AT = epochMs(ALMANAC.from + 21_000);

Deno.test("a grid built in slices of any size is the grid built at once", () => {
  const whole = buildGrid(ALMANAC, AT);
  for (let seed = 0; seed < 6; seed++) {
    const random = seeded(seed);
    const builder = new GridBuilder(ALMANAC, AT);
    let grid: Grid | null = null;
    while (!grid) grid = builder.step(random.integer(1, random.pick([500, 5_000, 50_000])));
    assert.deepEqual(grid, whole, `seed ${seed}`);
  }
});

Deno.test("every node lies in exactly one cell, the one that its position is in", () => {
  const { starts, ids, near } = buildGrid(ALMANAC, AT);
  assert.deepEqual(
    [...ids].sort((a, b) => a - b),
    Array.from({ length: FILED.count }, (_, i) => i),
  );
  assert.equal(starts.at(-1), FILED.count);
  const xyz = new Float64Array(3);
  const positions = ALMANAC.at(AT);
  for (let cell = 0; cell + 1 < starts.length; cell++) {
    for (let slot = starts[cell]; slot < starts[cell + 1]; slot++) {
      positions.position(ids[slot], xyz);
      assert.equal(columnOf(cellOf(xyz[0]), cellOf(xyz[1])) + cellOf(xyz[2]), cell);
      for (let axis = 0; axis < 3; axis++) {
        assert.equal(near[3 * slot + axis], Math.fround(xyz[axis]));
      }
    }
  }
});

Deno.test("gapTo() is never more than the distance to what a cell holds, beyond the rim too", () => {
  for (let seed = 0; seed < 20_000; seed++) {
    const random = seeded(seed);
    const reach = random.pick([1_000, 7_300, 50_000]);
    const [inside, from] = [random.between(-reach, reach), random.between(-reach, reach)];
    const gap = gapTo(cellOf(inside), from);
    assert.ok(gap >= 0 && gap <= Math.abs(inside - from) + 1e-9, `seed ${seed}: ${gap}`);
  }
});

Deno.test("no node moves faster over the turning Earth than the grid allows for", () => {
  const [one, other] = [wholeSky(AT), wholeSky(AT + 1_000)];
  let fastest_km_s = 0;
  for (let i = 0; i < one.length; i += 3) {
    const moved = Math.hypot(
      other[i] - one[i],
      other[i + 1] - one[i + 1],
      other[i + 2] - one[i + 2],
    );
    fastest_km_s = Math.max(fastest_km_s, moved);
  }
  assert.ok(fastest_km_s < SPEED_MAX_KM_S, `${fastest_km_s} km/s`);
});
