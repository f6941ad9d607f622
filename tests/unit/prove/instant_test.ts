import assert from "node:assert/strict";
import { ephemerisOf } from "../../../mesh/orbit/ephemeris.ts";
import { FILED } from "../../../mesh/orbit/filed.ts";
import { type EpochMs, epochMs } from "../../../mesh/units.ts";
import { instantWithin } from "../../../prove/instant.ts";
import { seeded } from "../../support/random.ts";

const DAY = Date.UTC(2026, 10, 27);

Deno.test("instantWithin() finds every instant of a millisecond by what lay below a node then", () => {
  const random = seeded(4);
  for (let i = 0; i < 400; i++) {
    const ephemeris = ephemerisOf(FILED.elements(random.integer(0, FILED.count - 1)));
    const valuesAt = (at: EpochMs) => {
      const { lat, lon, alt } = ephemeris(at)!.sub_point;
      return [lat, lon, alt];
    };
    const at = epochMs(DAY + random.between(0, 86_400_000));
    const found: number[] = valuesAt(at);
    const same = (a: number, b: number) => a === b;
    assert.equal(instantWithin(Math.floor(at), { found, valuesAt, same }), at, `case ${i}`);
    // One of the three may be wrong: the other two tell.
    found[i % 3] += 1e-6;
    assert.equal(instantWithin(Math.floor(at), { found, valuesAt, same }), at, `case ${i}`);
  }
});

Deno.test("instantWithin() stays at the whole millisecond where nothing agrees", () => {
  const valuesAt = (at: EpochMs) => [at - DAY, 2 * (at - DAY)];
  const same = (a: number, b: number) => a === b;
  const at = instantWithin(DAY, { found: [0.25, 0.25], valuesAt, same });
  assert.equal(at, DAY);
});
