import assert from "node:assert/strict";
import { lookAngles, siteOf } from "../../../../mesh/geo/site.ts";
import { ecefToGeodetic, geodeticToEcef } from "../../../../mesh/orbit/frames.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { visibleUntil } from "../../../../mesh/placement/visible-until.ts";
import { PassView } from "../../../../mesh/passes/view.ts";
import { degrees, epochMs, km } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { anyAsk, PHYSICS } from "../node/any-ask.ts";
import { almanacAt } from "../orbit/almanac-at.ts";
import { FILED } from "./oracle.ts";

Deno.test("lookAngles() of a node straight above, or straight below, is a number at any place", () => {
  let zeniths = 0;
  for (let seed = 0; seed < 20_000; seed++) {
    const random = seeded(seed);
    const place = {
      lat: degrees(random.pick([90, -90, 0, random.between(-90, 90)])),
      lon: degrees(random.pick([0, 180, random.between(-180, 180)])),
      alt: km(random.between(-0.4, 9)),
    };
    const above = geodeticToEcef({ ...place, alt: km(random.between(200, 60_000)) });
    const { elevation, azimuth, slant_range } = lookAngles(siteOf(place), above);
    assert.ok(Math.abs(elevation - 90) < 1e-5, `seed ${seed}: ${elevation}`);
    assert.ok(azimuth >= 0 && azimuth < 360 && slant_range > 190, `seed ${seed}`);
    const below = lookAngles(siteOf({ ...place, alt: km(700) }), geodeticToEcef(place));
    assert.ok(Math.abs(below.elevation + 90) < 1e-5, `seed ${seed}: ${below.elevation}`);
    const { position, up } = siteOf(place);
    const [dx, dy, dz] = [above.x - position.x, above.y - position.y, above.z - position.z];
    if ((dx * up.x + dy * up.y + dz * up.z) / Math.hypot(dx, dy, dz) > 1) zeniths++;
  }
  assert.ok(zeniths > 1_000, `only ${zeniths} sines beyond 1: this proves little`);
});

Deno.test("asks from the sub-points of 3,000 nodes are placed, with no figure that is no number", () => {
  const placer = new Placer();
  const hints = new Hints();
  const almanac = almanacAt(Date.UTC(2026, 7, 21, 22));
  const at = epochMs(almanac.from + 12_345);
  const grid = buildGrid(almanac, at);
  const sky = { almanac, finder: new GridFinder(almanac, grid), hints, physics: PHYSICS };
  const positions = almanac.at(at);
  const xyz = new Float64Array(3);
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const index = random.integer(0, FILED.count - 1);
    positions.position(index, xyz);
    const { lat, lon } = ecefToGeodetic({ x: xyz[0], y: xyz[1], z: xyz[2] });
    const origin = { lat, lon, alt: km(0) };
    const ask = {
      ...anyAsk(random, at),
      origin,
      memory_bytes: 0,
      deadline_ms: null,
      policy: null,
      elevation_mask: degrees(25),
    };
    const [best] = placer.rank(ask, sky);
    assert.ok(best?.look, `seed ${seed}: nobody`);
    if (best.path.length === 1) {
      const straight = placer.straight(best.index, ask, sky);
      assert.deepEqual([straight?.node, straight?.refusal], [best.node, best.refusal]);
      assert.ok(Math.abs(straight!.length - best.length) < 1e-9, `seed ${seed}`);
    }
    const antipodes = { ...origin, lat: degrees(-lat), lon: degrees(lon - 180 * Math.sign(lon)) };
    assert.equal(placer.straight(best.index, { ...ask, origin: antipodes }, sky), null);
    const figures = [...Object.values(best.look), ...Object.values(best.timing), best.length];
    assert.ok(figures.every(Number.isFinite), `seed ${seed}: ${figures}`);
    const until = visibleUntil({
      elements: FILED.elements(index),
      site: siteOf(origin),
      mask: degrees(89.9),
      at,
    });
    assert.ok(until !== null && until > at, `seed ${seed}: up until ${until}`);
    const view = new PassView({ site: siteOf(origin), mask: degrees(25) });
    view.look(new Float64Array([...xyz, 7, 1, 1]));
    assert.ok([view.height, view.climb, view.recede].every(Number.isFinite), `seed ${seed}`);
  }
});
