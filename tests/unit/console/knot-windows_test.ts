import assert from "node:assert/strict";
import { KnotWindows } from "../../../console/sky/knot-windows.ts";
import { generatedConstellation } from "../../../mesh/orbit/constellation.ts";
import { computeKnot, type Knot, KNOT_SPACING_MS, knotInstant } from "../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../mesh/orbit/propagation.ts";
import { epochMs } from "../../../mesh/units.ts";

const FEW = generatedConstellation("few", [
  { code: "A", altitude_km: 550, inclination_deg: 53, planes: 3, per_plane: 4, phasing: 1 },
]);
const propagator = new Propagator(FEW);
const FIRST = 29_577_600;
const knot = (i: number): Knot => computeKnot(FEW, propagator, FIRST + i);
const instant = (minutes: number) => epochMs(knotInstant(FIRST) + minutes * KNOT_SPACING_MS);

Deno.test("KnotWindows give places in every window that they hold, from the first knot to the last", () => {
  const windows = new KnotWindows(FEW, [knot(0), knot(1)]);
  windows.add([knot(2)]);
  windows.add([knot(3), knot(4)]);
  assert.deepEqual(windows.span, { from: instant(0), until: instant(4) });
  const [found, wanted] = [new Float64Array(3), new Float64Array(6)];
  for (const minutes of [0, 0.5, 1, 3.99, 4, 2.25, 0.75]) {
    const at = instant(minutes);
    assert.ok(windows.covers(at));
    windows.at(at).position(7, found);
    assert.ok(windows.flies(7));
    propagator.state(7, at, wanted);
    const radius = (xyz: Float64Array) => Math.hypot(xyz[0], xyz[1], xyz[2]);
    assert.ok(Math.abs(radius(found) - radius(wanted)) < 1e-3, `${minutes} min`);
    assert.ok(Math.abs(found[2] - wanted[2]) < 1e-3, `${minutes} min`);
  }
  for (const minutes of [-0.01, 4.01]) {
    assert.ok(!windows.covers(instant(minutes)));
    assert.throws(() => windows.at(instant(minutes)), RangeError);
  }
});

Deno.test("After a gap KnotWindows begin anew, once two knots make a window", () => {
  const windows = new KnotWindows(FEW, [knot(0), knot(1)]);
  windows.add([knot(7)]);
  windows.add([]);
  assert.deepEqual(windows.span, { from: instant(0), until: instant(1) });
  windows.add([knot(8), knot(9)]);
  assert.deepEqual(windows.span, { from: instant(8), until: instant(9) });
  assert.ok(!windows.has(FIRST + 1) && windows.has(FIRST + 8) && !windows.has(FIRST + 10));
});

Deno.test("KnotWindows forget the oldest knots before they are too much for a page", () => {
  // As large as 300,000 nodes' of 7 MB: only its length counts here.
  const heavy = (i: number): Knot => ({ ...knot(i), bytes: new ArrayBuffer(7_200_032) });
  const windows = new KnotWindows(FEW, [heavy(0), heavy(1)]);
  for (let i = 2; i < 20; i++) windows.add([heavy(i)]);
  const { from, until } = windows.span;
  assert.equal(until, instant(19));
  assert.ok(from >= instant(13) && from <= instant(16), `${(until - from) / KNOT_SPACING_MS}`);
});
