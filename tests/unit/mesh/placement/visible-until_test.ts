import assert from "node:assert/strict";
import { ecfToLookAngles } from "satellite.js";
import { siteOf } from "../../../../mesh/geo/site.ts";
import { visibleUntil } from "../../../../mesh/placement/visible-until.ts";
import { degrees, epochMs, km } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { ecfOf, FILED, filedSatrecs, observerOf, RAD } from "./oracle.ts";

const EPOCH = Date.UTC(2026, 0, 1);
// Bisected to 10 ms; the Julian date's last bit adds 0.04.
const SET_TOLERANCE_MS = 15;

/** A place below a node's path, up to some degrees aside, so that it is up or nearly so. */
function pass(random: Random) {
  const index = random.integer(0, FILED.count - 1);
  const at = EPOCH + random.integer(0, 365 * 86_400_000);
  const { x, y, z } = ecfOf(filedSatrecs()[index], at);
  const lat = Math.atan2(z, Math.hypot(x, y)) / RAD + random.between(-4, 4);
  const lon = Math.atan2(y, x) / RAD + random.between(-4, 4);
  const place = {
    lat: degrees(Math.max(-90, Math.min(90, lat))),
    lon: degrees(lon),
    alt: km(random.between(0, 3)),
  };
  return { index, at, place, mask: degrees(random.pick([0, 10, 25, 40])) };
}

Deno.test("visibleUntil() is when satellite.js has the node sink below the mask", () => {
  let [up, down] = [0, 0];
  for (let seed = 0; seed < 400; seed++) {
    const { index, at, place, mask } = pass(seeded(seed));
    const above = (t: number) =>
      ecfToLookAngles(observerOf(place), ecfOf(filedSatrecs()[index], t)).elevation / RAD - mask;
    const until = visibleUntil({
      elements: FILED.elements(index),
      site: siteOf(place),
      mask,
      at: epochMs(at),
    });
    if (above(at) < 0) {
      assert.equal(until, at, `seed ${seed}: below the mask already`);
      down++;
      continue;
    }
    for (let t = at; t < until - SET_TOLERANCE_MS; t += 1_000) {
      assert.ok(above(t) >= 0, `seed ${seed}: down at ${t - at} ms, said until ${until - at}`);
    }
    assert.ok(
      above(until - SET_TOLERANCE_MS) >= 0 || until - at < SET_TOLERANCE_MS,
      `seed ${seed}`,
    );
    assert.ok(above(until + SET_TOLERANCE_MS) < 0, `seed ${seed}: still up`);
    up++;
  }
  assert.ok(up > 100 && down > 20, `${up} up, ${down} down`);
});
