import assert from "node:assert/strict";
import { lastSight } from "../../../functions/route/last-sight.ts";
import { siteOf } from "../../../mesh/geo/site.ts";
import { FILED } from "../../../mesh/orbit/filed.ts";
import { ephemerisOf } from "../../../mesh/orbit/ephemeris.ts";
import { ELEVATION_MASK } from "../../../mesh/placement/place.ts";
import { visibleUntil } from "../../../mesh/placement/visible-until.ts";
import { degrees, epochMs, km } from "../../../mesh/units.ts";
import { seeded } from "../../support/random.ts";

const NOON = epochMs(Date.UTC(2026, 10, 26, 12));

Deno.test("lastSight() says what visibleUntil() does, whatever it was asked before", () => {
  let up = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { between, integer } = seeded(seed);
    const index = integer(0, FILED.count - 1);
    const below = ephemerisOf(FILED.elements(index))(epochMs(NOON + 30_000))!.sub_point;
    const place = { lat: degrees(below.lat + between(-5, 5)), lon: below.lon, alt: km(0) };
    const site = siteOf(place);
    // In no order, some an hour apart: before, during and after passes.
    for (let n = 0; n < 25; n++) {
      const at = epochMs(NOON + between(0, n % 2 === 0 ? 60_000 : 7_200_000));
      const asked = { site, mask: ELEVATION_MASK, at };
      const direct = visibleUntil({ ...asked, elements: FILED.elements(index) });
      const last = lastSight({ ...asked, constellation: FILED, node: FILED.id(index), place });
      if (direct !== null && direct > at) up++;
      assert.equal(last === null, direct === null, `seed ${seed}`);
      assert.ok(Math.abs((last ?? 0) - (direct ?? 0)) < 10, `seed ${seed}: ${last}, not ${direct}`);
    }
  }
  assert.ok(up > 100, `${up} were up`);
});
