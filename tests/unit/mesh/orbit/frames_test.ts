import assert from "node:assert/strict";
import {
  ecfToLookAngles,
  eciToEcf,
  eciToGeodetic,
  geodeticToEcf as theirGeodeticToEcf,
} from "satellite.js";
import { EARTH_ROTATION_RAD_S } from "../../../../mesh/orbit/earth.ts";
import {
  ecefToGeodetic,
  type Geodetic,
  geodeticToEcef,
  temeToEcef,
  zenith,
} from "../../../../mesh/orbit/frames.ts";
import { lookAngles, siteOf } from "../../../../mesh/geo/site.ts";
import { degrees, km, radians } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { gmstAt, observerOf, RAD } from "../placement/oracle.ts";

const ROUND_TRIP_TOLERANCE_M = 1e-3;
const ROUND_TRIP_TOLERANCE_DEG = 1e-8;
// satellite.js takes the polar radius to 0.1 mm.
const ELLIPSOID_TOLERANCE_M = 1e-3;
const ANGLE_TOLERANCE_DEG = 1e-7;
const RANGE_TOLERANCE_M = 1e-3;

/** Where conversions go wrong first: poles, date line, equator, Greenwich. */
const CORNERS: readonly (readonly [number, number])[] = [
  [90, 0],
  [90, 123],
  [-90, 0],
  [-90, -77],
  [89.9999999, 45],
  [-89.9999999, -135],
  [0, 0],
  [0, 180],
  [0, -180],
  [51.5, 180],
  [-17.8, -180],
  [-17.8, 179.9999999],
  [0, 90],
  [0, -90],
  [1e-12, 1e-12],
];

function anyPlace(seed: number, random: Random): Geodetic {
  const [lat, lon] = seed < CORNERS.length
    ? CORNERS[seed]
    : [random.between(-90, 90), random.between(-180, 180)];
  return {
    lat: degrees(lat),
    lon: degrees(lon),
    alt: km(random.pick([0, -0.43, 8.8, 550, 36_000])),
  };
}

Deno.test("geodetic to Earth-fixed and back is the same place, poles and date line included", () => {
  for (let seed = 0; seed < 5_000; seed++) {
    const place = anyPlace(seed, seeded(seed));
    const there = geodeticToEcef(place);
    const back = ecefToGeodetic(there);
    const again = geodeticToEcef(back);
    const off_m = 1e3 * Math.hypot(there.x - again.x, there.y - again.y, there.z - again.z);
    assert.ok(off_m <= ROUND_TRIP_TOLERANCE_M, `seed ${seed}: ${off_m} m`);
    assert.ok(Math.abs(back.lat - place.lat) <= ROUND_TRIP_TOLERANCE_DEG, `seed ${seed}`);
    assert.ok(Math.abs(back.alt - place.alt) * 1e3 <= ROUND_TRIP_TOLERANCE_M, `seed ${seed}`);
    assert.ok(Math.abs(back.lat) <= 90 && Math.abs(back.lon) <= 180, `seed ${seed}`);
  }
});

Deno.test("geodeticToEcef() equals satellite.js", () => {
  for (let seed = 0; seed < 5_000; seed++) {
    const place = anyPlace(seed, seeded(seed));
    const ours = geodeticToEcef(place);
    const theirs = theirGeodeticToEcf(observerOf(place));
    const off_m = 1e3 * Math.hypot(ours.x - theirs.x, ours.y - theirs.y, ours.z - theirs.z);
    assert.ok(off_m <= ELLIPSOID_TOLERANCE_M, `seed ${seed}: ${off_m} m`);
  }
});

Deno.test("ecefToGeodetic() equals satellite.js at the altitudes that nodes fly", () => {
  for (let seed = 0; seed < 5_000; seed++) {
    const random = seeded(seed);
    // Away from the poles, where satellite.js divides by the cosine of the latitude.
    const lat = degrees(random.between(-85, 85));
    const lon = degrees(random.between(-180, 180));
    const ecef = geodeticToEcef({ lat, lon, alt: km(random.between(300, 1_200)) });
    const ours = ecefToGeodetic(ecef);
    const theirs = eciToGeodetic(ecef, 0);
    assert.ok(
      Math.abs(ours.lat - theirs.latitude / RAD) < ROUND_TRIP_TOLERANCE_DEG,
      `seed ${seed}`,
    );
    assert.ok(
      Math.abs(ours.lon - theirs.longitude / RAD) < ROUND_TRIP_TOLERANCE_DEG,
      `seed ${seed}`,
    );
    assert.ok(Math.abs(ours.alt - theirs.height) * 1e3 < ELLIPSOID_TOLERANCE_M, `seed ${seed}`);
  }
});

Deno.test("temeToEcef() turns a position as satellite.js does, in place too", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const random = seeded(seed);
    const gmst = gmstAt(random.integer(Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)));
    const teme = Float64Array.from({ length: 6 }, () => random.between(-7_000, 7_000));
    const theirs = eciToEcf({ x: teme[0], y: teme[1], z: teme[2] }, gmst);
    const apart = new Float64Array(6);
    temeToEcef(teme, radians(gmst), apart);
    temeToEcef(teme, radians(gmst), teme);
    assert.deepEqual(apart, teme, `seed ${seed}`);
    const off = Math.hypot(teme[0] - theirs.x, teme[1] - theirs.y, teme[2] - theirs.z);
    assert.ok(off < 1e-9, `seed ${seed}: ${off} km`);
  }
});

Deno.test("temeToEcef() gives the velocity that the turning Earth sees", () => {
  // A point that stands still in TEME runs westward over the ground at the speed of the equator.
  const still = new Float64Array([7_000, 0, 0, 0, 0, 0]);
  temeToEcef(still, radians(0), still);
  assert.deepEqual([...still.slice(3)], [0, -7_000 * EARTH_ROTATION_RAD_S, 0]);
  // The rate is the derivative of GMST (IAU 1982), which satellite.js has as an angle.
  const day_s = 86_400;
  const from = Date.UTC(2026, 6, 1);
  const turn = gmstAt(from + day_s * 1e3) - gmstAt(from) + 2 * Math.PI;
  assert.ok(Math.abs(turn / day_s - EARTH_ROTATION_RAD_S) < 1e-12);
});

Deno.test("zenith() is the unit normal of the ellipsoid", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const place = anyPlace(seed, seeded(seed));
    const low = geodeticToEcef({ ...place, alt: km(0) });
    const high = geodeticToEcef({ ...place, alt: km(1) });
    const up = zenith(place);
    const off = Math.hypot(high.x - low.x - up.x, high.y - low.y - up.y, high.z - low.z - up.z);
    assert.ok(off < 1e-9, `seed ${seed}: ${off}`);
  }
});

Deno.test("lookAngles() equals satellite.js from anywhere on Earth to anywhere in orbit", () => {
  for (let seed = 0; seed < 10_000; seed++) {
    const random = seeded(seed);
    const place = { ...anyPlace(seed, random), alt: km(random.between(-0.4, 8.8)) };
    const node = geodeticToEcef({
      lat: degrees(random.between(-90, 90)),
      lon: degrees(random.between(-180, 180)),
      alt: km(random.between(300, 1_200)),
    });
    const ours = lookAngles(siteOf(place), node);
    const theirs = ecfToLookAngles(observerOf(place), node);
    const range_m = 1e3 * Math.abs(ours.slant_range - theirs.rangeSat);
    assert.ok(range_m <= RANGE_TOLERANCE_M, `seed ${seed}: range ${range_m} m off`);
    const elevation = Math.abs(ours.elevation - theirs.elevation / RAD);
    assert.ok(elevation <= ANGLE_TOLERANCE_DEG, `seed ${seed}: elevation ${elevation} off`);
    const turn = Math.abs(ours.azimuth - theirs.azimuth / RAD) % 360;
    // Straight up, azimuth says little: weigh it by how far from the zenith the node stands.
    const azimuth = Math.min(turn, 360 - turn) * Math.cos(ours.elevation * RAD);
    assert.ok(azimuth <= ANGLE_TOLERANCE_DEG, `seed ${seed}: azimuth ${azimuth} off`);
    assert.ok(ours.azimuth >= 0 && ours.azimuth < 360, `seed ${seed}: azimuth ${ours.azimuth}`);
  }
});

Deno.test("lookAngles() has north at 0, east at 90 and the zenith at 90 degrees", () => {
  const site = siteOf({ lat: degrees(10), lon: degrees(20), alt: km(0) });
  const look = (lat: number, lon: number) =>
    lookAngles(site, geodeticToEcef({ lat: degrees(lat), lon: degrees(lon), alt: km(550) }));
  const fromNorth = look(12, 20).azimuth;
  assert.ok(Math.min(fromNorth, 360 - fromNorth) < 1e-6);
  assert.ok(Math.abs(look(10, 22).azimuth - 90) < 0.5);
  assert.ok(Math.abs(look(8, 20).azimuth - 180) < 1e-6);
  assert.ok(Math.abs(look(10, 18).azimuth - 270) < 0.5);
  assert.ok(Math.abs(look(10, 20).elevation - 90) < 1e-5);
});
