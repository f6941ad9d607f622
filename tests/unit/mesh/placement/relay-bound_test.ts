import assert from "node:assert/strict";
import { KnotAlmanac } from "../../../../mesh/orbit/knot-almanac.ts";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import { computeKnot, knotNumber } from "../../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { neighboursOf } from "../../../../mesh/placement/isl/neighbours.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import { degrees, epochMs, km } from "../../../../mesh/units.ts";
import { anyAsk, PHYSICS } from "../node/any-ask.ts";
import { positionsAt, rankReach, rankSky } from "./naive-ranking.ts";
import { seeded } from "../../../support/random.ts";
import { freeAt, QUIET } from "../node/a-digest.ts";

Deno.test("rank() travels as soon as a node just below the mask could be better, in a dense plane too", () => {
  const constellation = generatedConstellation("dense", [
    { code: "D", altitude_km: 340, inclination_deg: 0.1, planes: 1, per_plane: 999, phasing: 0 },
  ]);
  const propagator = new Propagator(constellation);
  const number = knotNumber(epochMs(Date.UTC(2026, 0, 2)));
  const almanac = new KnotAlmanac(
    constellation,
    computeKnot(constellation, propagator, number),
    computeKnot(constellation, propagator, number + 1),
  );
  const at = epochMs(almanac.from + 30_000);
  for (const alt of [0, 8]) {
    const ask: Ask = {
      ...anyAsk(seeded(1), at),
      origin: { lat: degrees(0), lon: degrees(10), alt: km(alt) },
      operations: 0,
      model: "scene-indices",
      memory_bytes: 0,
      load_bytes: 0,
      bytes_up: 0,
      bytes_down: 0,
      deadline_ms: null,
      elevation_mask: degrees(25),
      policy: null,
    };
    const xyz = positionsAt(almanac, at);
    const above = rankSky({ almanac, ask, hints: new Hints() }, xyz);
    for (let busy_as_km = 690; busy_as_km < 800; busy_as_km += 3) {
      const hints = new Hints();
      above.forEach(({ index, length_km }, k) =>
        hints.note(index, {
          ...QUIET,
          at_ms: at,
          free_ms: freeAt(k === 0 ? at + (2 * busy_as_km - length_km) / 299.792458 : 0),
          refusing: k === 0 ? null : { refusal: "dark", until_ms: at + 1_000 },
        })
      );
      const [best] = rankReach({ almanac, ask, hints }, xyz, neighboursOf(constellation));
      const [first] = new Placer().rank(ask, {
        almanac,
        finder: new GridFinder(almanac, buildGrid(almanac, at)),
        hints,
        physics: PHYSICS,
      });
      assert.ok(
        first.timing.total <= best.total_s + 0.5e-6,
        `busy as ${busy_as_km} km: chose ${first.node} with ${first.timing.total} s, ` +
          `${constellation.id(best.index)} would take ${best.total_s} s`,
      );
    }
  }
});
