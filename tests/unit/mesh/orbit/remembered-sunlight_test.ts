import assert from "node:assert/strict";
import { remembered } from "../../../../mesh/orbit/remembered-sunlight.ts";
import { sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { FILED } from "../placement/oracle.ts";

const HOUR_MS = 3_600_000;

Deno.test("remembered() gives the very stretches that it does not remember, whatever is asked before", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = seeded(seed);
    const elements = FILED.elements(random.integer(0, FILED.count - 1));
    const [plain, kept] = [sunlightOf(elements), remembered(sunlightOf(elements))];
    let at = Date.UTC(2026, 0, 1) + random.integer(0, 300 * 24 * HOUR_MS);
    for (let step = 0; step < 25; step++) {
      at += random.pick([0, 1, 1_000, HOUR_MS, -HOUR_MS, 9 * HOUR_MS]);
      const until = at + random.pick([-1, 0, 1, 2 * HOUR_MS, 30 * HOUR_MS]);
      const [from, to] = [epochMs(at), epochMs(until)];
      assert.deepEqual(kept(from, to), plain(from, to), `seed ${seed}, step ${step}`);
    }
  }
});

Deno.test("remembered() asks anew only for what it has not seen", () => {
  const plain = sunlightOf(FILED.elements(0));
  let asked = 0;
  const kept = remembered((from, until) => {
    asked++;
    return plain(from, until);
  });
  const start = Date.UTC(2026, 2, 20);
  for (let minute = 0; minute < 60; minute++) {
    kept(epochMs(start + minute * 60_000), epochMs(start + minute * 60_000 + 2 * HOUR_MS));
  }
  assert.equal(asked, 1);
});
