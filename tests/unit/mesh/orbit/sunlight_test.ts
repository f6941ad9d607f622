import assert from "node:assert/strict";
import { jday, sgp4, shadowFraction, sunPos } from "satellite.js";
import type { Elements } from "../../../../mesh/orbit/elements.ts";
import { isSunlit, POLAR_STRETCH } from "../../../../mesh/orbit/eclipse.ts";
import { flightOf, sunDirectionTeme } from "../../../../mesh/orbit/propagation.ts";
import { type LightStretch, type Sunlight, sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { anyOrbitAtAll } from "./any-orbit.ts";
import { FILED, satrecOf } from "../placement/oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
// The cylinder's edge is half light (docs/accuracy.md); only a grazing pass takes longer over it.
const EDGE_TOLERANCE_MS = 500;

const stretches = (sunlight: Sunlight, from: number, until: number): LightStretch[] =>
  sunlight(epochMs(from), epochMs(until));

const anyNode = (random: Random): Elements =>
  random.chance(0.6) ? FILED.elements(random.integer(0, FILED.count - 1)) : anyOrbitAtAll(random);

/** Joins neighbours of one light, as calls that were cut in two leave them. */
function joined(parts: LightStretch[]): LightStretch[] {
  const whole: LightStretch[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last && last.sunlit === part.sunlit) last.until = part.until;
    else whole.push({ ...part });
  }
  return whole;
}

Deno.test("the stretches tile the interval, in turn light and dark", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const sunlight = sunlightOf(anyNode(random));
    const from = EPOCH + random.between(-2, 365) * DAY_MS;
    const until = from + random.pick([1e-3, 1, 999, 61_000, HOUR_MS, 6.5 * HOUR_MS]);
    const found = stretches(sunlight, from, until);
    assert.equal(found[0].from, from, `seed ${seed}`);
    assert.equal(found.at(-1)!.until, until, `seed ${seed}`);
    found.forEach((stretch, k) => {
      assert.ok(stretch.until > stretch.from, `seed ${seed}: stretch ${k} is empty`);
      if (k === 0) return;
      assert.equal(stretch.from, found[k - 1].until, `seed ${seed}: gap before ${k}`);
      assert.notEqual(stretch.sunlit, found[k - 1].sunlit, `seed ${seed}: ${k}`);
    });
  }
});

Deno.test("an interval that is empty or runs backwards has no stretches", () => {
  const sunlight = sunlightOf(FILED.elements(0));
  assert.deepEqual(stretches(sunlight, EPOCH, EPOCH), []);
  assert.deepEqual(stretches(sunlight, EPOCH, EPOCH - 1), []);
});

Deno.test("one long call finds the same edges as many short ones", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const elements = anyNode(random);
    const sunlight = sunlightOf(elements);
    const from = EPOCH + random.integer(0, 365 * DAY_MS);
    const until = from + random.integer(1, 12 * HOUR_MS);
    const short: LightStretch[] = [];
    let t = from;
    while (t < until) {
      // Many steps of a few ms would take for ever to cross hours: leap now and then.
      const leap = random.chance(0.2) ? random.integer(0, HOUR_MS) : 0;
      const step = random.between(1e-3, random.pick([10, 5_000, 600_000]));
      const next = Math.min(until, t + step + leap);
      short.push(...stretches(sunlight, t, next));
      t = next;
    }
    const long = stretches(sunlightOf(elements), from, until);
    assert.deepEqual(joined(short), long, `seed ${seed}`);
  }
});

Deno.test("a window anywhere has the edges of the window around it, in whatever order they are asked", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const elements = anyNode(random);
    const from = EPOCH + random.integer(0, 365 * DAY_MS);
    const until = from + DAY_MS;
    const whole = stretches(sunlightOf(elements), from, until);
    const sunlight = sunlightOf(elements);
    for (let n = 0; n < 20; n++) {
      const edge = random.pick(whole).from;
      const a = random.pick([edge, edge + 1, edge - 1, random.between(from, until)]);
      const b = random.pick([edge, edge + 1, a + random.between(0, 6 * HOUR_MS)]);
      const [low, high] = [Math.max(from, a), Math.min(until, b)];
      const expected = whole
        .map((stretch) => ({
          ...stretch,
          from: Math.max(low, stretch.from),
          until: Math.min(high, stretch.until),
        }))
        .filter((stretch) => stretch.until > stretch.from);
      assert.deepEqual(stretches(sunlight, low, high), expected, `seed ${seed}, window ${n}`);
    }
  }
});

Deno.test("an edge is the first whole millisecond of its light", () => {
  let edges = 0;
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const elements = anyNode(random);
    const propagate = flightOf(elements);
    const state = new Float64Array(6);
    const isLit = (at: number): boolean => {
      if (!propagate(epochMs(at), state)) return false;
      const [x, y, z] = sunDirectionTeme(epochMs(at));
      return isSunlit({ x: state[0], y: state[1], z: state[2] }, { x, y, z });
    };
    const from = EPOCH + random.between(0, 365) * DAY_MS;
    for (const { from: edge, sunlit } of stretches(sunlightOf(elements), from, from + DAY_MS)) {
      if (edge === from) continue;
      assert.ok(Number.isInteger(edge), `seed ${seed}: ${edge}`);
      assert.equal(isLit(edge), sunlit, `seed ${seed}: at ${edge}`);
      assert.equal(isLit(edge - 1), !sunlit, `seed ${seed}: before ${edge}`);
      edges++;
    }
  }
  assert.ok(edges > 2_000, `${edges} edges`);
});

Deno.test("edges lie where satellite.js has half of the Sun hidden behind a flattened Earth", () => {
  let edges = 0;
  for (let seed = 0; seed < 150; seed++) {
    const random = seeded(seed);
    const index = random.integer(0, FILED.count - 1);
    const satrec = satrecOf(FILED, index);
    const from = EPOCH + random.integer(0, 365 * DAY_MS);
    const hidden = (at: number) => {
      const { rsun } = sunPos(jday(new Date(at)));
      const { x, y, z } = sgp4(satrec, (at - EPOCH) / 60_000)!.position;
      return shadowFraction({ ...rsun, z: rsun.z * POLAR_STRETCH }, { x, y, z: z * POLAR_STRETCH });
    };
    for (
      const { until, sunlit } of stretches(
        sunlightOf(FILED.elements(index)),
        from,
        from + 3 * HOUR_MS,
      ).slice(0, -1)
    ) {
      const [before, after] = [
        hidden(until - EDGE_TOLERANCE_MS),
        hidden(until + EDGE_TOLERANCE_MS),
      ];
      // A grazing pass lingers at the edge: there the half light is no instant.
      if (Math.abs(after - before) < 0.05) continue;
      assert.equal(before < 0.5, sunlit, `seed ${seed}: ${before} hidden before ${until}`);
      assert.equal(after < 0.5, !sunlit, `seed ${seed}: ${after} hidden after ${until}`);
      edges++;
    }
  }
  assert.ok(edges > 300, `${edges} edges`);
});

Deno.test("a node is in the light for no less than 55 % of a day and no eclipse lasts 40 minutes", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const sunlight = sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)));
    const from = EPOCH + random.integer(0, 365 * DAY_MS);
    let lit_ms = 0;
    for (const { from: a, until: b, sunlit } of stretches(sunlight, from, from + DAY_MS)) {
      if (sunlit) lit_ms += b - a;
      else assert.ok(b - a < 40 * 60_000, `seed ${seed}: an eclipse of ${(b - a) / 60_000} min`);
    }
    assert.ok(lit_ms > 0.55 * DAY_MS, `seed ${seed}: ${lit_ms / DAY_MS} of the day lit`);
  }
});

Deno.test("a node that has decayed counts as dark", () => {
  const sunlight = sunlightOf({ ...FILED.elements(0), bstar: 0.1 });
  const from = EPOCH + 2_000 * DAY_MS;
  const until = from + HOUR_MS;
  assert.deepEqual(stretches(sunlight, from, until), [{ from, until, sunlit: false }]);
});
