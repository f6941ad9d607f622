import assert from "node:assert/strict";
import { Camera } from "../../../console/globe/camera.ts";
import { ecefToGeodetic, geodeticToEcef } from "../../../mesh/orbit/frames.ts";
import { degrees, km } from "../../../mesh/units.ts";
import { mulberry32 } from "../../../mesh/mulberry32.ts";

const place = (lat: number, lon: number, alt = 0) =>
  geodeticToEcef({ lat: degrees(lat), lon: degrees(lon), alt: km(alt) });

function camera(seed: number): { camera: Camera; random: () => number } {
  const random = mulberry32(seed);
  const made = new Camera();
  made.width = 400 + Math.round(1_200 * random());
  made.height = 400 + Math.round(600 * random());
  made.lat = 170 * random() - 85;
  made.lon = 360 * random() - 180;
  made.distance = 1.25 + 6 * random();
  made.tilt = random() < 0.5 ? 0 : 50 * random();
  made.update();
  return { camera: made, random };
}

Deno.test("ground() finds the place that project() puts at a pixel, from any side", () => {
  let seen = 0;
  for (let seed = 1; seed <= 500; seed++) {
    const { camera: eye, random } = camera(seed);
    const there = place(eye.lat + 30 * random() - 15, eye.lon + 30 * random() - 15);
    const pixel = eye.project(1.000001 * there.x, 1.000001 * there.y, 1.000001 * there.z);
    if (!pixel) continue;
    const found = eye.ground(pixel.x, pixel.y);
    assert.ok(found, `seed ${seed}`);
    const off = Math.hypot(found.x - there.x, found.y - there.y, found.z - there.z);
    assert.ok(off < 1, `seed ${seed}: ${off} km`);
    seen++;
  }
  assert.ok(seen > 300);
});

Deno.test("project() hides what is behind the Earth, and shows what is before it", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { camera: eye } = camera(seed);
    eye.tilt = 0;
    eye.update();
    const below = place(eye.lat, eye.lon, 500);
    if (eye.distance > 1.1) assert.ok(eye.project(below.x, below.y, below.z), `seed ${seed}`);
    assert.equal(eye.project(-below.x, -below.y, -below.z), null, `seed ${seed}`);
  }
});

Deno.test("what it looks at is in the middle, to a third of a degree, whatever the tilt", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { camera: eye } = camera(seed);
    const found = eye.ground(eye.width / 2, eye.height / 2);
    assert.ok(found, `seed ${seed}`);
    const { lat } = ecefToGeodetic(found);
    // It looks by geocentric latitude, which is up to 0.2 degrees off.
    assert.ok(Math.abs(lat - eye.lat) < 0.35, `seed ${seed}: ${lat} and not ${eye.lat}`);
  }
});
