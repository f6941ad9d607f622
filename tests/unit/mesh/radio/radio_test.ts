import assert from "node:assert/strict";
import { siteOf } from "../../../../mesh/geo/site.ts";
import { drawAccess, expectedAccess } from "../../../../mesh/radio/access.ts";
import { ratesAmong } from "../../../../mesh/radio/beam-rates.ts";
import { GeostationaryArc } from "../../../../mesh/radio/geostationary.ts";
import { linkShare } from "../../../../mesh/radio/link-share.ts";
import { LIGHT } from "../../../../mesh/radio/profile.ts";
import { rainFade, rainHeightAt } from "../../../../mesh/radio/rain.ts";
import { rainCoefficients } from "../../../../mesh/radio/rain-coefficients.ts";
import { randomOf } from "../../../../mesh/radio/seeded.ts";
import { slotOf } from "../../../../mesh/radio/slot.ts";
import { STARLINK } from "../../../../mesh/radio/starlink.ts";
import { maskAt } from "../../../../mesh/radio/terminal.ts";
import { degrees, epochMs, km, radians } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { arcAngle } from "../placement/naive-radio.ts";

Deno.test("drawAccess() has the mean that expectedAccess() says, and a seed draws the same again", () => {
  const random = randomOf("0193-of-an-execution");
  const draws = Array.from({ length: 40_000 }, () => drawAccess(STARLINK, random));
  const mean = expectedAccess(STARLINK);
  for (const way of ["up", "down"] as const) {
    const sum = draws.reduce((total, draw) => total + draw[way], 0);
    // The stall's spread is 6 ms: the mean of so many is within 0.03 ms, four times of which is taken.
    assert.ok(Math.abs(sum / draws.length - mean[way]) < 0.15e-3, `${way}: ${sum / draws.length}`);
    assert.ok(draws.every((draw) => draw[way] >= STARLINK.processing), way);
  }
  assert.deepEqual(drawAccess(STARLINK, randomOf("a")), drawAccess(STARLINK, randomOf("a")));
  assert.notDeepEqual(drawAccess(STARLINK, randomOf("a")), drawAccess(STARLINK, randomOf("b")));
  assert.deepEqual(drawAccess(LIGHT, randomOf("a")), { up: 0, down: 0 });
  assert.deepEqual(expectedAccess(LIGHT), { up: 0, down: 0 });
});

Deno.test("slotOf() begins slots at 12, 27, 42 and 57 s of a minute", () => {
  const minute = Date.UTC(2026, 4, 1, 10, 30);
  const at = (s: number) => slotOf(STARLINK.slots!, epochMs(minute + s * 1e3)).from - minute;
  assert.deepEqual([12, 26.999, 27, 56, 57, 71.9].map(at), [12e3, 12e3, 27e3, 42e3, 57e3, 57e3]);
});

Deno.test("rainCoefficients() are those of P.838-3's table 5, in the mean of both polarisations", () => {
  // P.838-3, table 5: k and alpha, horizontal and vertical, rounded to four digits.
  const table = [
    { ghz: 12, kH: 0.02386, aH: 1.1825, kV: 0.02455, aV: 1.1216 },
    { ghz: 20, kH: 0.09164, aH: 1.0568, kV: 0.09611, aV: 0.9847 },
    { ghz: 30, kH: 0.2403, aH: 0.9485, kV: 0.2291, aV: 0.9129 },
  ];
  for (const { ghz, kH, aH, kV, aV } of table) {
    const { k, alpha } = rainCoefficients(ghz);
    const mean = (kH + kV) / 2;
    assert.ok(Math.abs(k / mean - 1) < 1e-3, `${ghz} GHz: k ${k}, not ${mean}`);
    assert.ok(Math.abs(alpha - (kH * aH + kV * aV) / (2 * mean)) < 1e-3, `${ghz} GHz: ${alpha}`);
  }
});

Deno.test("rainFade() grows with rain and frequency, falls with how often it is exceeded, and is none above the rain", () => {
  const path = { lat: degrees(48), alt: km(0), elevation: radians(0.6) };
  const at = (mm_h: number, ghz = 12) => rainFade({ mm_h }, ghz, path);
  assert.equal(at(0), 0);
  assert.ok(at(5) < at(20) && at(20) < at(60) && at(20) < at(20, 20));
  const often = (exceeded_percent: number) => rainFade({ exceeded_percent }, 12, path);
  assert.ok(often(5) < often(0.1) && often(0.1) < often(0.001));
  assert.equal(often(0.01), at(32), "the latitude's own rain for 0.01 % of a year");
  assert.equal(rainFade({ mm_h: 50 }, 12, { ...path, alt: km(9) }), 0);
  assert.equal(rainHeightAt(degrees(-80)), 0);
});

Deno.test("linkShare() is the whole rate near by, less far off, and nothing once the link is lost", () => {
  const link = STARLINK.link!;
  assert.equal(linkShare(link, km(300), 0), 1);
  assert.equal(linkShare(link, link.range, 0), 1);
  const far = linkShare(link, km(1_100), 0);
  assert.ok(far > 0.5 && far < 0.7, `${far}`);
  assert.ok(linkShare(link, km(1_100), 3) < far);
  assert.equal(linkShare(link, km(550), 14.4), 0);
});

Deno.test("ratesAmong() shares a beam among its asks, and gives none more than its terminal can", () => {
  const rates = (asks: number) => ratesAmong(STARLINK, asks);
  assert.deepEqual(rates(1), STARLINK.rates);
  assert.equal(rates(48 * 10).down_bps, 50e6);
  assert.equal(rates(48 * 10).up_bps, 12.5e6);
  assert.equal(ratesAmong(LIGHT, 1_000), LIGHT.rates);
});

Deno.test("maskAt() goes straight from point to point, and round by north", () => {
  const mask = [[90, 10], [180, 40], [350, 20]].map(([azimuth, elevation]) => ({
    azimuth: degrees(azimuth),
    elevation: degrees(elevation),
  }));
  assert.deepEqual([90, 135, 180, 350].map((azimuth) => maskAt(mask, azimuth)), [10, 25, 40, 20]);
  assert.ok(Math.abs(maskAt(mask, 40) - 15) < 1e-9 && Math.abs(maskAt(mask, 0) - 19) < 1e-9);
});

Deno.test("GeostationaryArc tells the angle that a look at many of its points tells", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const place = {
      lat: degrees(random.between(-70, 70)),
      lon: degrees(random.between(-180, 180)),
      alt: km(0),
    };
    const { position: p, up, east } = siteOf(place);
    const north = {
      x: up.y * east.z - up.z * east.y,
      y: up.z * east.x - up.x * east.z,
      z: up.x * east.y - up.y * east.x,
    };
    const [azimuth, elevation] = [random.between(0, 6.28), random.between(0.3, 1.5)];
    const flat = Math.cos(elevation);
    const along = (axis: "x" | "y" | "z") =>
      up[axis] * Math.sin(elevation) + flat * Math.sin(azimuth) * east[axis] +
      flat * Math.cos(azimuth) * north[axis];
    const [x, y, z] = [along("x"), along("y"), along("z")];
    const ours = new GeostationaryArc(siteOf(place)).angle(x, y, z);
    const point = { x: p.x + 900 * x, y: p.y + 900 * y, z: p.z + 900 * z };
    const expected = arcAngle(place, point);
    if (expected > 40) assert.ok(ours > 39, `seed ${seed}: ${ours}, not ${expected}`);
    else assert.ok(Math.abs(ours - expected) < 0.01, `seed ${seed}: ${ours}, not ${expected}`);
  }
});
