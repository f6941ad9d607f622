import assert from "node:assert/strict";
import { temeToEme2000 } from "../../../../mesh/orbit/eme2000.ts";
import { epochMs } from "../../../../mesh/units.ts";

/** Vallado, Fundamentals of Astrodynamics, 4th ed.: TEME and J2000 of one state, km and km/s. */
const PUBLISHED = [
  {
    what: "the example of TEME, pages 233 and 234: satellite 00005, three days after its epoch",
    at: Date.UTC(2000, 5, 30, 18, 50, 19, 733) + 0.571,
    teme: [-9060.47373569, 4658.70952502, 813.68673153, -2.232832783, -4.110453490, -3.157345433],
    j2000: [-9059.9413786, 4659.6972, 813.9588875, -2.233348094, -4.110136162, -3.157394074],
    // Its corrections to the nutation are the observed ones: some 0.05 arcseconds.
    tolerance_km: 1.5e-3,
  },
  {
    what: "example 3-15, pages 230 to 233",
    at: Date.UTC(2004, 3, 6, 7, 51, 28, 386) + 0.009,
    teme: [5094.1801621, 6127.6446595, 6380.3445327, -4.746131487, 0.785818041, 5.531931288],
    j2000: [5102.5096, 6123.01152, 6378.1363, -4.7432196, 0.7905366, 5.53375619],
    tolerance_km: 2e-4,
  },
];
const VELOCITY_TOLERANCE_KM_S = 5e-7;

const apart = (a: Float64Array, b: readonly number[], from: number) =>
  Math.hypot(...[0, 1, 2].map((axis) => a[from + axis] - b[from + axis]));

for (const { what, at, teme, j2000, tolerance_km } of PUBLISHED) {
  Deno.test(`temeToEme2000() agrees with ${what}`, () => {
    const out = new Float64Array(teme);
    temeToEme2000(out, epochMs(at), out);
    assert.ok(apart(out, j2000, 0) <= tolerance_km, `${out}`);
    assert.ok(apart(out, j2000, 3) <= VELOCITY_TOLERANCE_KM_S, `${out}`);
  });
}

Deno.test("temeToEme2000() turns: no length changes, and half a century moves a node by its precession", () => {
  const state = Float64Array.of(7_000, 0, 0, 0, 7.5, 0);
  const out = new Float64Array(6);
  temeToEme2000(state, epochMs(Date.UTC(2050, 0, 1, 12)), out);
  assert.ok(Math.abs(Math.hypot(out[0], out[1], out[2]) - 7_000) < 1e-9);
  assert.ok(Math.abs(Math.hypot(out[3], out[4], out[5]) - 7.5) < 1e-12);
  // The equinox goes back by 50.3 arcseconds a year along the ecliptic.
  const turned = Math.acos(out[0] / 7_000) * 180 / Math.PI * 3_600;
  assert.ok(Math.abs(turned - 50 * 50.29) < 25, `${turned} arcseconds`);
});
