import assert from "node:assert/strict";
import { siteOf } from "../../../../mesh/geo/site.ts";
import {
  type Constellation,
  generatedConstellation,
} from "../../../../mesh/orbit/constellation.ts";
import { ShellAlmanac } from "../../../../mesh/orbit/shell-almanac.ts";
import { Best } from "../../../../mesh/placement/best.ts";
import type { View } from "../../../../mesh/placement/finder.ts";
import type { Scores } from "../../../../mesh/placement/scores.ts";
import { latticeOf } from "../../../../mesh/placement/shells/lattice.ts";
import { quickAsin, quickAtan2 } from "../../../../mesh/placement/shells/quick-angles.ts";
import { ShellFinder } from "../../../../mesh/placement/shells/shell-finder.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { anyPlace } from "../node/any-ask.ts";

// Neither of the scores looks at where a node is.
const NOWHERE = new Float64Array(3);
const YEAR_FROM = Date.UTC(2026, 0, 1);
const byRange: Scores = { at: (km) => km, longest: (km) => km, of: (_index, km) => km };

/** By range, and by how many km the shells' hardware is slower than the fastest. */
function byShell({ group, groups }: Constellation, random: Random): Scores {
  const later = groups.map(() => random.pick([0, 0, 100, 1_000, 5_000, Infinity]));
  const least = Math.min(...later);
  for (const g of later.keys()) later[g] = least === Infinity ? 0 : later[g] - least;
  return {
    isMixed: true,
    at: (km, shell) => km + (shell === undefined ? 0 : later[shell]),
    longest: (score, shell) =>
      shell === undefined ? score : later[shell] === Infinity ? -Infinity : score - later[shell],
    of: (index, km) => km + later[group(index)],
  };
}

/** Deltas and stars of all shapes, one node a plane and one plane a shell among them. */
function anyConstellation(random: Random, seed: number): Constellation {
  const shells = Array.from({ length: random.integer(1, 4) }, (_, s) => {
    const planes = random.pick([1, 2, 7, 97, 400, random.integer(1, 60)]);
    return {
      code: `S${s}`,
      altitude_km: random.pick([200, 340, 550, 1_200, random.between(150, 5_800)]),
      inclination_deg: random.pick([0, 53, 90, 97.6, 180, random.between(0, 180)]),
      planes,
      per_plane: random.pick([1, 1, 2, 3, random.integer(1, 60)]),
      phasing: random.integer(0, planes - 1),
      raan_span_deg: random.pick([360, 360, 180, random.between(1, 359)]),
    };
  });
  return generatedConstellation(`any ${seed}`, shells);
}

/** Every node above the mask by its range: a look at each. */
function scanned(almanac: ShellAlmanac, { at, site, sin_mask }: View): Map<number, number> {
  const positions = almanac.at(at);
  const xyz = new Float64Array(3);
  const found = new Map<number, number>();
  for (let index = 0; index < almanac.constellation.count; index++) {
    positions.position(index, xyz);
    const [dx, dy, dz] = [
      xyz[0] - site.position.x,
      xyz[1] - site.position.y,
      xyz[2] - site.position.z,
    ];
    const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const rise = dx * site.up.x + dy * site.up.y + dz * site.up.z;
    if (rise >= sin_mask * range) found.set(index, range);
  }
  return found;
}

Deno.test("above() and each() find what a look at every node finds, over shells of all shapes", () => {
  let [seen, empty] = [0, 0];
  for (let seed = 0; seed < 400; seed++) {
    const random = seeded(seed);
    const almanac = new ShellAlmanac(anyConstellation(random, seed));
    const finder = new ShellFinder(almanac);
    for (let round = 0; round < 3; round++) {
      const view = {
        at: epochMs(YEAR_FROM + random.between(0, 1e11)),
        site: siteOf(anyPlace(random)),
        sin_mask: Math.sin(random.pick([-5, 0, 5, 25, 25, 60, 85]) * Math.PI / 180),
      };
      const label = `seed ${seed}.${round}`;
      const expected = scanned(almanac, view);
      const found = new Map<number, number>();
      finder.each(view, (index, range) => {
        assert.ok(!found.has(index), `${label}: ${index} comes twice`);
        found.set(index, range);
      });
      assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort(), label);
      const best = new Best(random.pick([1, 3, 8]));
      for (const scores of [byRange, byShell(almanac.constellation, random)]) {
        finder.above(view, scores, best);
        const ranked = [...expected]
          .map(([index, range]) => scores.of(index, range, NOWHERE, 0))
          .filter((score) => score < Infinity)
          .sort((a, b) => a - b).slice(0, best.k);
        assert.equal(best.size, ranked.length, label);
        ranked.forEach((score, place) => {
          // Nodes that mirror each other are equally far, to rounding: who stands first is open.
          assert.ok(Math.abs(best.scores[place] - score) < 1e-9, `${label}: place ${place}`);
        });
        seen += ranked.length;
      }
      if (expected.size === 0) empty++;
    }
  }
  assert.ok(seen > 1_000 && empty > 50, `${seen} seen, ${empty} empty skies`);
});

Deno.test("a lattice's rows hold every node once, and its steps are the shortest where planes are sparse", () => {
  const filed = generatedConstellation("sparse", [{
    code: "V",
    altitude_km: 345.6,
    inclination_deg: 53,
    planes: 2_547,
    per_plane: 1,
    phasing: 201,
  }]);
  const [placed] = new ShellAlmanac(filed).shells;
  const { a, b, c, d, step_w } = latticeOf(placed);
  assert.equal(Math.abs(a * d - b * c), 1);
  assert.ok(a !== 0 && Math.abs(step_w) < 0.2, `${a}, ${b}: ${step_w} rad`);
  const dense = generatedConstellation("dense", [{ ...placed.shell, per_plane: 50 }]);
  const rows = latticeOf(new ShellAlmanac(dense).shells[0]);
  assert.deepEqual([Math.abs(rows.a * rows.d - rows.b * rows.c)], [1]);
});

Deno.test("quickAsin() and quickAtan2() are within 1e-7 of the real ones", () => {
  for (let seed = 0; seed < 20_000; seed++) {
    const random = seeded(seed);
    const [x, y] = [random.between(-1, 1), random.between(-1, 1)];
    assert.ok(Math.abs(quickAsin(x) - Math.asin(x)) < 1e-7, `asin ${x}`);
    assert.ok(Math.abs(quickAtan2(y, x) - Math.atan2(y, x)) < 1e-7, `atan2 ${y}, ${x}`);
  }
  for (const x of [-1, 0, 1]) assert.ok(Math.abs(quickAsin(x) - Math.asin(x)) < 1e-7);
  for (const [y, x] of [[0, 1], [0, -1], [1, 0], [-1, 0]]) {
    assert.ok(Math.abs(quickAtan2(y, x) - Math.atan2(y, x)) < 1e-7, `${y}, ${x}`);
  }
});
