/**
 * Placement where shells differ in their hardware: the same choice and figures as a plain look at every
 * node that links lead to, each with its own shell's.
 */
import assert from "node:assert/strict";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { neighboursOf } from "../../../../mesh/placement/isl/neighbours.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import { degrees, epochMs, km } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { anyAsk, anyHints } from "../node/any-ask.ts";
import { anyHardware } from "./any-hardware.ts";
import { positionsAt, rankReach, rankSky } from "./naive-ranking.ts";
import { SKIES } from "./skies.ts";
import { WAIT_TIE_S } from "./same-ranking.ts";

const YEAR_FROM = Date.UTC(2026, 0, 1);
const PLACER = new Placer();
const SHELLS = [["FAR", 1_200, 5, 9], ["NEAR", 550, 8, 9], ["MID", 800, 6, 7]] as const;
const SKY = generatedConstellation(
  "three shells",
  SHELLS.map(([code, altitude_km, planes, per_plane]) => ({
    code,
    altitude_km,
    inclination_deg: 60,
    planes,
    per_plane,
    phasing: 1,
  })),
);

for (const { name, make } of SKIES) {
  Deno.test(`rank() over ${name} with hardware by shell puts first what a look at every node would, with its own figures`, () => {
    const neighbours = neighboursOf(SKY);
    const seen = { travelled: 0, passed_over: 0, no_memory: 0, served: new Set<string>() };
    for (let seed = 0; seed < 150; seed++) {
      const random = seeded(seed);
      const at = epochMs(YEAR_FROM + random.integer(0, 20) * 3_600_000);
      const { physics, made } = anyHardware(random, SKY);
      const ask = {
        ...anyAsk(random, at),
        origin: {
          lat: degrees(random.between(-60, 60)),
          lon: degrees(random.between(-180, 180)),
          alt: km(0),
        },
        elevation_mask: degrees(5),
        operations: random.pick([1e11, 5e12, 5e12]),
        memory_bytes: random.pick([0, 1e6]),
      };
      const whereabouts = make(SKY, at);
      const crowd = Array.from({ length: SKY.count }, (_, index) => index);
      const hints = random.chance(0.5)
        ? new Hints()
        : anyHints(random, ask, crowd.filter(() => random.chance(0.5)), SKY.count);
      const question = { ...whereabouts, ask, hints, made };
      const xyz = positionsAt(whereabouts.almanac, at);
      const reach = rankReach(question, xyz, neighbours);
      const ranked = PLACER.rank(ask, { ...whereabouts, hints, physics }, true);
      const label = `seed ${seed}`;

      const [best] = reach;
      const serves = best?.refusal === null;
      assert.equal(ranked[0]?.refusal === null, serves, label);
      if (serves) {
        const { total } = ranked[0].timing;
        assert.ok(total <= best.total_s + WAIT_TIE_S, `${label}: ${total}, not ${best.total_s} s`);
        const [nearest] = rankSky(question, xyz).toSorted((a, b) => a.length_km - b.length_km);
        if (nearest?.refusal === null && nearest.index !== ranked[0].index) seen.passed_over++;
        seen.served.add(SKY.groups[SKY.group(ranked[0].index)]);
      }
      const byIndex = new Map(reach.map((one) => [one.index, one]));
      for (const { index, refusal, path, timing, length } of ranked) {
        const same = byIndex.get(index)!;
        assert.equal(refusal, same.refusal, `${label}: ${index}`);
        assert.ok(Math.abs(length - same.length_km) < 1e-6, `${label}: ${index}`);
        assert.ok(Math.abs(timing.npu - same.npu_s) < 1e-12, `${label}: NPU of ${index}`);
        assert.ok(Math.abs(timing.wait - same.wait_s) < WAIT_TIE_S, `${label}: wait of ${index}`);
        assert.ok(Math.abs(timing.total - same.total_s) < WAIT_TIE_S, `${label}: ${index}`);
        assert.ok(Math.abs(timing.energy - same.energy_j) < 1e-9, `${label}: energy of ${index}`);
        if (path.length > 1) seen.travelled++;
        if (refusal === "no_memory") seen.no_memory++;
      }
    }
    // The cases must have met all of it, or they showed less than the name says.
    const { travelled, passed_over, no_memory, served } = seen;
    assert.ok(
      travelled > 20 && passed_over > 10 && no_memory > 20,
      `${[travelled, passed_over, no_memory]}`,
    );
    assert.equal(served.size, SHELLS.length);
  });
}
