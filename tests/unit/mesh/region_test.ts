import assert from "node:assert/strict";
import { geodeticToEcef } from "../../../mesh/orbit/frames.ts";
import { anchorBelow, ANCHORS, type Region, regionBelow, REGIONS } from "../../../mesh/region.ts";
import { degrees, km } from "../../../mesh/units.ts";
import { seeded } from "../../support/random.ts";

const above = (lat: number, lon: number, alt = 550) =>
  geodeticToEcef({ lat: degrees(lat), lon: degrees(lon), alt: km(alt) });

Deno.test("regionBelow() gives known cities the region of their own data centres", () => {
  const cities: readonly [string, number, number, Region][] = [
    ["Los Angeles", 34.05, -118.24, "wnam"],
    ["Vancouver", 49.28, -123.12, "wnam"],
    ["Phoenix", 33.45, -112.07, "wnam"],
    ["New York", 40.71, -74.01, "enam"],
    ["Toronto", 43.65, -79.38, "enam"],
    ["Houston", 29.76, -95.37, "enam"],
    ["Buenos Aires", -34.6, -58.38, "sam"],
    ["Lima", -12.05, -77.04, "sam"],
    ["Rio de Janeiro", -22.91, -43.17, "sam"],
    ["Dublin", 53.35, -6.26, "weur"],
    ["Lisbon", 38.72, -9.14, "weur"],
    ["Milan", 45.46, 9.19, "weur"],
    ["Kyiv", 50.45, 30.52, "eeur"],
    ["Stockholm", 59.33, 18.07, "eeur"],
    ["Delhi", 28.61, 77.21, "apac"],
    ["Seoul", 37.57, 126.98, "apac"],
    ["Manila", 14.6, 120.98, "apac"],
    ["Brisbane", -27.47, 153.03, "oc"],
    ["Wellington", -41.29, 174.78, "oc"],
    ["Cape Town", -33.92, 18.42, "afr"],
    ["Accra", 5.56, -0.2, "afr"],
    ["Riyadh", 24.71, 46.68, "me"],
    ["Cairo", 30.04, 31.24, "me"],
  ];
  for (const [name, lat, lon, region] of cities) {
    assert.equal(regionBelow(above(lat, lon)), region, name);
  }
});

Deno.test("regionBelow() answers for every point, always the same, whatever the height", () => {
  const met = new Set<Region>();
  for (let seed = 0; seed < 10_000; seed++) {
    const random = seeded(seed);
    const [lat, lon] = [random.between(-90, 90), random.between(-180, 180)];
    const region = regionBelow(above(lat, lon));
    assert.ok(REGIONS.includes(region), `seed ${seed}`);
    assert.equal(regionBelow(above(lat, lon)), region, `seed ${seed}: not twice the same`);
    const { x, y, z } = above(lat, lon);
    assert.equal(regionBelow({ x: 3 * x, y: 3 * y, z: 3 * z }), region, `seed ${seed}: by height`);
    met.add(region);
  }
  assert.equal(met.size, REGIONS.length, "a region that owns no ground owns no node");
});

Deno.test("regionBelow() answers at the poles, the date line and the Earth's centre", () => {
  for (const point of [above(90, 0), above(-90, 0), above(0, 180), { x: 0, y: 0, z: 0 }]) {
    assert.ok(REGIONS.includes(regionBelow(point)));
  }
  assert.equal(regionBelow(above(10, 180)), regionBelow(above(10, -180)));
});

Deno.test("anchorBelow() is each data centre above itself, and nobody nearer anywhere", () => {
  const { acos, max, min } = Math;
  const unit = (lat: number, lon: number) => {
    const { x, y, z } = above(lat, lon);
    const length = Math.hypot(x, y, z);
    return { x: x / length, y: y / length, z: z / length };
  };
  const angle = (a: ReturnType<typeof unit>, b: ReturnType<typeof unit>) =>
    acos(max(-1, min(1, a.x * b.x + a.y * b.y + a.z * b.z)));
  for (const anchor of ANCHORS) {
    assert.equal(anchorBelow(above(anchor.lat, anchor.lon)), anchor);
  }
  for (let seed = 0; seed < 500; seed++) {
    const random = seeded(seed);
    const here = unit(random.between(-90, 90), random.between(-180, 180));
    const { lat, lon } = anchorBelow(here);
    const nearest = min(...ANCHORS.map((anchor) => angle(here, unit(anchor.lat, anchor.lon))));
    // Geodetic latitudes on the ellipsoid against those of a sphere: a fifth of a degree.
    assert.ok(angle(here, unit(lat, lon)) <= nearest + 0.007, `seed ${seed}`);
  }
});
