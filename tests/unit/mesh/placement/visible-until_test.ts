import assert from "node:assert/strict";
import { ecfToLookAngles, eciToEcf, gstime, jday, sgp4, twoline2satrec } from "satellite.js";
import { packCatalogue } from "../../../../mesh/orbit/catalogue.ts";
import { importedConstellation } from "../../../../mesh/orbit/imported-constellation.ts";
import { tleReader } from "../../../../mesh/orbit/import/tle.ts";
import { siteOf } from "../../../../mesh/geo/site.ts";
import { visibleUntil } from "../../../../mesh/placement/visible-until.ts";
import { degrees, epochMs, km } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { caseText } from "../orbit/cases.ts";
import { readAll } from "../orbit/read-all.ts";
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
    assert.ok(until !== null, `seed ${seed}: no node so low stays up for a day`);
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

Deno.test("visibleUntil() of high orbits is hours away, or null for a node that never sets", () => {
  const text = caseText("92-geo-meo-heo.tle");
  const { records } = readAll(tleReader(), text);
  const constellation = importedConstellation(packCatalogue({ label: "high", records }));
  const lines = text.trim().split("\n");
  const satrecs = new Map(records.map(({ number }, i) => [
    number,
    twoline2satrec(lines[3 * i + 1], lines[3 * i + 2]),
  ]));
  const mask = degrees(25);
  let [never, long, short] = [0, 0, 0];
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const place = {
      lat: degrees(random.between(-70, 70)),
      lon: degrees(random.between(-180, 180)),
      alt: km(0),
    };
    const at = Date.UTC(2026, 7, 21, 12) + random.integer(0, 86_400_000);
    for (let index = 0; index < constellation.count; index++) {
      const satrec = satrecs.get(constellation.number(index))!;
      const above = (t: number) => {
        const minutes = (t - constellation.elements(index).epoch) / 60_000;
        const node = eciToEcf(sgp4(satrec, minutes)!.position, gstime(jday(new Date(t))));
        return ecfToLookAngles(observerOf(place), node).elevation / RAD - mask;
      };
      const elements = constellation.elements(index);
      const until = visibleUntil({ elements, site: siteOf(place), mask, at: epochMs(at) });
      const label = `seed ${seed}, ${constellation.id(index)}`;
      if (above(at) < -1e-3) {
        assert.equal(until, at, label);
        continue;
      }
      const checked = until ?? at + 86_400_000;
      for (let t = at; t < checked - 20; t += 120_000) assert.ok(above(t) > -1e-3, label);
      if (until === null) {
        never++;
        continue;
      }
      // A node this high sinks by a hundredth of a degree in some seconds.
      assert.ok(above(until - 20) > -1e-4 && above(until + 20) < 1e-4, `${label}: ${above(until)}`);
      if (until - at > 3_600_000) long++;
      else short++;
    }
  }
  assert.ok(never > 50 && long > 100 && short > 20, `${never} never, ${long} long, ${short} short`);
});
