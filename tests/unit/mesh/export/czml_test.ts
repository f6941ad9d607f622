/**
 * CZML is read back by Cesium itself.
 */
import assert from "node:assert/strict";
import { ephemerisCzml } from "../../../../mesh/export/ephemeris-czml.ts";
import type { Flight } from "../../../../mesh/export/flown.ts";
import { type DrawnPlacement, placementArcs } from "../../../../mesh/export/placement-arcs.ts";
import { instantCount, instantOf } from "../../../../mesh/export/span.ts";
import { FILED } from "../../../../mesh/orbit/filed.ts";
import { geodeticToEcef } from "../../../../mesh/orbit/frames.ts";
import { degrees, epochMs, km, seconds } from "../../../../mesh/units.ts";
import { loadCzml, type Xyz } from "../../../support/cesium.ts";
import { catalogued, cataloguedFlight, filedFlight, satelliteJs, written } from "./cases.ts";

// Each of three axes is off by half a millimetre at most.
const ROUNDING_M = 1e-3;
// Between samples a minute apart, in low orbit.
const BETWEEN_M = 2;

const apart = (a: Xyz | null, [x, y, z]: readonly number[]): number =>
  a ? Math.hypot(a.x - x * 1e3, a.y - y * 1e3, a.z - z * 1e3) : Infinity;
const loaded = (flight: Flight) => loadCzml(JSON.parse(written(ephemerisCzml(flight))));

Deno.test("ephemerisCzml() read by Cesium has SGP4's positions, and few metres between them", async () => {
  const flight = filedFlight(8);
  const { constellation, nodes, span } = flight;
  const read = await loaded(flight);
  assert.deepEqual(read.clock, { from: span.from, until: span.until });
  assert.deepEqual(read.entities.map(({ id }) => id), nodes.map((node) => constellation.id(node)));
  let worst = 0;
  for (const [n, node] of nodes.entries()) {
    const { id, isThere } = read.entities[n];
    const placed = (at: number) =>
      apart(read.positionOf(id, at), satelliteJs(constellation, node, at).fixed);
    for (let k = 0; k < instantCount(span); k++) {
      assert.ok(placed(instantOf(span, k)) <= ROUNDING_M, `${id} ${k}`);
    }
    for (let at = span.from + 30_000; at < span.until; at += 60_000) {
      worst = Math.max(worst, placed(at));
    }
    assert.deepEqual(
      [span.from - 1, span.from, span.until, span.until + 1].map(isThere),
      [false, true, true, false],
    );
  }
  assert.ok(worst > 0 && worst <= BETWEEN_M, `${worst} m between samples`);
});

Deno.test("ephemerisCzml() has a node where it is at the last instant too, whatever the time of day", async () => {
  const { constellation, nodes } = filedFlight(1);
  for (let k = 0; k < 240; k++) {
    // Of a Julian day, which begins at noon, the last hour has the coarsest seconds.
    const from = epochMs(Date.UTC(2026, 10, 27, 11) + k * 14_983);
    const until = epochMs(from + 600_500);
    const read = await loaded({ constellation, nodes, span: { from, until, step: seconds(300) } });
    assert.deepEqual(read.clock, { from, until });
    for (const at of [from, until]) {
      const off = apart(
        read.positionOf(constellation.id(nodes[0]), at),
        satelliteJs(constellation, nodes[0], at).fixed,
      );
      assert.ok(off <= ROUNDING_M, `${new Date(at).toISOString()}: ${off} m`);
    }
  }
});

Deno.test("ephemerisCzml() takes catalogued orbits, high and eccentric, under their names", async () => {
  const flight = cataloguedFlight(await catalogued());
  const { constellation, nodes, span } = flight;
  const read = await loaded(flight);
  assert.equal(read.entities.length, nodes.length);
  for (const [n, node] of nodes.entries()) {
    const { id, name } = read.entities[n];
    assert.equal(name, constellation.facts!(node).name);
    for (let k = 0; k < instantCount(span); k++) {
      const at = instantOf(span, k);
      assert.ok(
        apart(read.positionOf(id, at), satelliteJs(constellation, node, at).fixed) <= ROUNDING_M,
      );
    }
  }
});

const PLACED = epochMs(Date.UTC(2026, 2, 20, 12, 0, 0, 123));
const SHOWN = seconds(30);
const PARIS = { lat: 48.8566, lon: 2.3522 };
const placement = (more: Partial<DrawnPlacement>): DrawnPlacement => ({
  id: "0190.a#b",
  placed_at: PLACED,
  model: "scene-indices",
  class: "interactive",
  origin: PARIS,
  path: ["G1A-000-000", "G1A-000-001", "G1A-001-001"],
  total_ms: 12.5,
  ...more,
});
const drawn = async (placements: DrawnPlacement[]) =>
  await loadCzml(JSON.parse(written(
    placementArcs({ constellation: FILED, placements, shown: SHOWN }),
  )));

Deno.test("placementArcs() read by Cesium draws a line from the origin by the path's nodes, as they move", async () => {
  const one = placement({});
  const read = await drawn([one]);
  assert.match(read.name, /1 of 1 drawn/);
  assert.deepEqual(read.clock, { from: PLACED, until: PLACED + 30_000 });
  for (const at of [PLACED + 1, PLACED + 15_000, PLACED + 29_999]) {
    const line = read.lineOf(one.id, at)!;
    assert.equal(line.length, 4);
    const ground = geodeticToEcef({ lat: degrees(PARIS.lat), lon: degrees(PARIS.lon), alt: km(0) });
    assert.ok(apart(line[0], [ground.x, ground.y, ground.z]) <= ROUNDING_M);
    one.path.forEach((id, n) => {
      const { fixed } = satelliteJs(FILED, FILED.indexOf(id), at);
      assert.ok(apart(line[n + 1], fixed) <= BETWEEN_M, `${id} at ${at - PLACED}`);
    });
  }
  const arc = read.entities.find(({ id }) => id === one.id)!;
  assert.deepEqual(
    [PLACED - 1, PLACED, PLACED + 30_000, PLACED + 30_001].map(arc.isThere),
    [false, true, true, false],
  );
});

Deno.test("placementArcs() begins at the node that held the data, and draws no line from nowhere", async () => {
  const read = await drawn([
    placement({ id: "node", origin: { node: "G1A-005-005" } }),
    placement({ id: "nowhere", origin: null, path: ["G1A-000-000"] }),
    placement({ id: "later", placed_at: epochMs(PLACED + 90_000) }),
  ]);
  const { fixed } = satelliteJs(FILED, FILED.indexOf("G1A-005-005"), PLACED);
  assert.ok(apart(read.lineOf("node", PLACED)![0], fixed) <= ROUNDING_M);
  assert.equal(read.lineOf("nowhere", PLACED), null);
  assert.ok(read.positionOf("nowhere/0", PLACED));
  assert.deepEqual(read.clock, { from: PLACED, until: PLACED + 120_000 });
});

Deno.test("placementArcs() leaves out a placement on a node that it does not know, and says so", async () => {
  const read = await drawn([placement({}), placement({ id: "gone", path: ["norad-7"] })]);
  assert.match(read.name, /1 of 2 drawn/);
  assert.ok(read.entities.every(({ id }) => !id.startsWith("gone")));
  const none = await drawn([]);
  assert.deepEqual([none.clock, none.entities], [null, []]);
});
