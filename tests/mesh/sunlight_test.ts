import assert from "node:assert/strict";
import { jday, sgp4, shadowFraction, sunPos } from "satellite.js";
import { type Stretch, type Sunlight, sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { epochMs } from "../../mesh/units.ts";
import { seeded } from "../random.ts";
import { FILED, satrecOf } from "./oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
// The cylinder's edge is half light (docs/accuracy.md); only a grazing pass takes longer over it.
const EDGE_TOLERANCE_MS = 500;

const stretches = (sunlight: Sunlight, from: number, until: number): Stretch[] =>
  sunlight(epochMs(from), epochMs(until));

/** Joins neighbours of one light, as calls that were cut in two leave them. */
function joined(parts: Stretch[]): Stretch[] {
  const whole: Stretch[] = [];
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
    const sunlight = sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)));
    const from = EPOCH + random.between(0, 365) * DAY_MS;
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
  for (let seed = 0; seed < 100; seed++) {
    const random = seeded(seed);
    const sunlight = sunlightOf(FILED.elements(random.integer(0, FILED.count - 1)));
    const from = EPOCH + random.integer(0, 365 * DAY_MS);
    const until = from + random.integer(1, 5 * HOUR_MS);
    const short: Stretch[] = [];
    let t = from;
    while (t < until) {
      const next = Math.min(until, t + random.integer(1, random.pick([10, 5_000, 600_000])));
      // Many steps of a few ms would take for ever to cross hours: leap now and then.
      const leap = random.chance(0.2) ? random.integer(0, HOUR_MS) : 0;
      const end = Math.min(until, next + leap);
      short.push(...stretches(sunlight, t, end));
      t = end;
    }
    assert.deepEqual(joined(short), stretches(sunlight, from, until), `seed ${seed}`);
  }
});

Deno.test("edges lie where satellite.js has half of the Sun hidden", () => {
  let edges = 0;
  for (let seed = 0; seed < 150; seed++) {
    const random = seeded(seed);
    const index = random.integer(0, FILED.count - 1);
    const satrec = satrecOf(FILED, index);
    const from = EPOCH + random.integer(0, 365 * DAY_MS);
    const hidden = (at: number) =>
      shadowFraction(
        sunPos(jday(new Date(at))).rsun,
        sgp4(satrec, (at - EPOCH) / 60_000)!.position,
      );
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
