import assert from "node:assert/strict";
import {
  type Constellation,
  generatedConstellation,
} from "../../../../mesh/orbit/constellation.ts";
import { DATA_CENTRE, FILED } from "../../../../mesh/orbit/filed.ts";
import { temeToEcef } from "../../../../mesh/orbit/frames.ts";
import {
  Propagator,
  propagatorOf,
  siderealTime,
  withSlope,
} from "../../../../mesh/orbit/propagation.ts";
import { hasTables, ShellAlmanac } from "../../../../mesh/orbit/shell-almanac.ts";
import { siteOf } from "../../../../mesh/geo/site.ts";
import { Best } from "../../../../mesh/placement/best.ts";
import { SIN_SWAY_MAX } from "../../../../mesh/placement/shells/near.ts";
import { ShellFinder } from "../../../../mesh/placement/shells/shell-finder.ts";
import { epochMs, MS_PER_DAY } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { anyPlace } from "../node/any-ask.ts";

const YEAR_FROM = Date.UTC(2026, 0, 1);
// Of docs/accuracy.md: what is measured there is half of it.
const ACCURACY_M = 0.02;
const VELOCITY_M_S = 0.05;

/** Seeded shells of all shapes: one plane, one node a plane, stars, both ways round, up to the highest. */
function anyShells(seed: number): Constellation {
  const random = seeded(seed);
  const shells = Array.from({ length: 4 }, (_, s) => {
    const planes = random.pick([1, 2, random.integer(3, 60)]);
    return {
      code: `S${s}`,
      altitude_km: random.pick([150, 550, 2_000, 5_800, random.between(150, 5_800)]),
      inclination_deg: random.pick([0, 90, 180, random.between(0, 180)]),
      planes,
      per_plane: random.pick([1, 2, random.integer(3, 60)]),
      phasing: random.integer(0, planes - 1),
      raan_span_deg: random.pick([360, 360, 180, random.between(1, 360)]),
    };
  });
  return generatedConstellation(`any ${seed}`, shells);
}

/** Checks the nodes that `pick` names at an instant against SGP4 with a record of each. */
function assertTrue(almanac: ShellAlmanac, at: number, indices: Iterable<number>, label: string) {
  const instant = epochMs(at);
  const positions = almanac.at(instant);
  const gmst = siderealTime(instant);
  const [state, xyz] = [new Float64Array(6), new Float64Array(3)];
  for (const index of indices) {
    // SGP4's own velocity is not quite the rate of its positions.
    const propagate = propagatorOf(almanac.constellation.elements(index));
    assert.ok(withSlope(propagate, instant, state));
    temeToEcef(state, gmst, state);
    positions.position(index, xyz);
    const off_m = 1e3 * Math.hypot(xyz[0] - state[0], xyz[1] - state[1], xyz[2] - state[2]);
    assert.ok(off_m <= ACCURACY_M, `${label}, node ${index}: ${off_m} m off`);
    const { x, y, z } = positions.velocity(index);
    const slow_m_s = 1e3 * Math.hypot(x - state[3], y - state[4], z - state[5]);
    assert.ok(slow_m_s <= VELOCITY_M_S, `${label}, node ${index}: ${slow_m_s} m/s off`);
  }
}

const WEEK_HOURS = [0, 1, 24, 61, 168];

for (const constellation of [FILED, DATA_CENTRE]) {
  Deno.test(`tables of ${constellation.name} are within 2 cm of SGP4 over a week, in every shell`, () => {
    const almanac = new ShellAlmanac(constellation);
    const random = seeded(7);
    const from = YEAR_FROM + 329 * MS_PER_DAY;
    for (const hours of WEEK_HOURS) {
      const indices = almanac.shells.flatMap(({ start, shell: { planes, per_plane } }) =>
        Array.from({ length: 40 }, () => start + random.integer(0, planes * per_plane - 1))
      );
      assertTrue(almanac, from + hours * 3_600_000, indices, `${hours} h`);
    }
  });
}

Deno.test("tables of any shells are within 2 cm of SGP4, years from their epoch too", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(1_000 + seed);
    const constellation = anyShells(seed);
    assert.ok(hasTables(constellation));
    const almanac = new ShellAlmanac(constellation);
    const indices = Array.from({ length: 40 }, () => random.integer(0, constellation.count - 1));
    assertTrue(
      almanac,
      YEAR_FROM + random.between(-300, 2_000) * MS_PER_DAY,
      indices,
      `seed ${seed}`,
    );
  }
});

Deno.test("every node of the filed constellation is where SGP4 has it, whatever dates were asked before", () => {
  const almanac = new ShellAlmanac(FILED);
  const propagator = new Propagator(FILED);
  const [state, xyz] = [new Float64Array(6), new Float64Array(3)];
  for (const day of [329.3, 3, 329.3001]) {
    const at = epochMs(YEAR_FROM + day * MS_PER_DAY);
    const gmst = siderealTime(at);
    const positions = almanac.at(at);
    // Another date in between, with its own lean.
    const elsewhen = almanac.at(epochMs(at + 100 * MS_PER_DAY));
    for (let index = 0; index < FILED.count; index++) {
      if (index % 1_000 === 0) elsewhen.position(index, xyz);
      assert.ok(propagator.state(index, at, state));
      temeToEcef(state, gmst, state);
      positions.position(index, xyz);
      const off = Math.hypot(xyz[0] - state[0], xyz[1] - state[1], xyz[2] - state[2]);
      assert.ok(1e3 * off <= ACCURACY_M, `${FILED.id(index)}: ${1e3 * off} m off`);
    }
  }
});

Deno.test("a node's place at an instant is the same to the last bit, whatever was asked before", () => {
  const [quiet, busy] = [new ShellAlmanac(FILED), new ShellAlmanac(FILED)];
  const [finder, other] = [new ShellFinder(quiet), new ShellFinder(busy)];
  const [a, b] = [new Best(8), new Best(8)];
  const byRange = {
    at: (km: number) => km,
    longest: (km: number) => km,
    of: (_: number, km: number) => km,
  };
  const [xyz, same] = [new Float64Array(3), new Float64Array(3)];
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const at = epochMs(YEAR_FROM + random.between(0, 1_000) * MS_PER_DAY);
    const site = siteOf(anyPlace(random));
    for (const ms of [1_000, 600_000, 1e9]) {
      const view = { at: epochMs(at + random.between(-ms, ms)), site, sin_mask: 0.4 };
      other.above(view, byRange, b);
    }
    finder.above({ at, site, sin_mask: 0.4 }, byRange, a);
    other.above({ at, site, sin_mask: 0.4 }, byRange, b);
    assert.deepEqual([...a.found, ...a.scores], [...b.found, ...b.scores], `seed ${seed}`);
    const index = random.integer(0, FILED.count - 1);
    quiet.at(at).position(index, xyz);
    busy.at(at).position(index, same);
    assert.deepEqual(xyz, same, `seed ${seed}`);
  }
});

Deno.test("a table's bounds hold: radii, and the sway off an even motion on the mean plane", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = seeded(seed);
    const almanac = new ShellAlmanac(anyShells(seed));
    const xyz = new Float64Array(3);
    for (const placed of almanac.shells) {
      const table = placed.table();
      assert.ok(placed.radius_floor_km <= table.radius_min_km, `seed ${seed}`);
      assert.ok(placed.radius_ceiling_km >= table.radius_max_km, `seed ${seed}`);
      assert.ok(table.sin_sway < SIN_SWAY_MAX, `seed ${seed}: ${table.sway_rad} rad`);
      table.turn(random.between(0, 1e6));
      for (let k = 0; k < 300; k++) {
        const u = random.next();
        table.at(u, xyz);
        const r = Math.hypot(...xyz);
        assert.ok(r >= table.radius_min_km && r <= table.radius_max_km, `seed ${seed}: ${r} km`);
        const [cos, sin] = [Math.cos(2 * Math.PI * u), Math.sin(2 * Math.PI * u)];
        const along = xyz[0] * cos + xyz[1] * sin * placed.cos_i + xyz[2] * sin * placed.sin_i;
        assert.ok(along / r >= table.cos_sway, `seed ${seed}: sways ${Math.acos(along / r)} rad`);
      }
    }
  }
});

Deno.test("shells that fly too high for tables are told, and imported constellations", () => {
  const high = { code: "H", inclination_deg: 55, planes: 6, per_plane: 4, phasing: 1 };
  const of = (altitude_km: number) => generatedConstellation("h", [{ ...high, altitude_km }]);
  assert.equal(hasTables(of(5_800)), true);
  assert.equal(hasTables(of(6_000)), false);
  assert.throws(() => new ShellAlmanac(of(20_180)).shells[0].table(), RangeError);
  assert.equal(hasTables({ ...FILED, shells: null }), false);
  assert.throws(() => new ShellAlmanac({ ...FILED, shells: null }), RangeError);
});
