/**
 * The ground as a candidate of POST /v1/route: its way checked as a customer would, by satellite.js, and
 * where to think.
 */
import assert from "node:assert/strict";
import { CustomerSky, type Place } from "../../support/customer-sky.ts";
import { type Json, type Mesh, sharedMeshTest } from "../../support/mesh.ts";

const test = sharedMeshTest();

const LIGHT_KM_S = 299_792.458;
const BERLIN = { lat: 52.52, lon: 13.405 };
const MID_ATLANTIC = { lat: 30, lon: -40 };

/** An instant within a week of the mesh clock, whatever hour it is there. */
async function soon(mesh: Mesh): Promise<string> {
  const { body } = await mesh.call("/v1/route", {
    body: { model: "scene-indices", origin: BERLIN },
  });
  return body.at;
}

async function route(mesh: Mesh, more: object): Promise<Json> {
  const { status, text, body } = await mesh.call("/v1/route", {
    body: { model: "scene-indices", ground: true, ...more },
  });
  assert.equal(status, 200, text);
  return body;
}

const near = (got: number, want: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(got - want) <= tolerance, `${what} is ${got}, not ${want}`);

function sumOf({ modelled: m }: Json): number {
  return m.light_time_ms + m.access_ms + m.fibre_ms + m.transfer_ms + m.compute_ms;
}

test("A route says nothing of the ground unless it is asked to", async (mesh) => {
  const { body } = await mesh.call("/v1/route", {
    body: { model: "scene-indices", origin: BERLIN },
  });
  assert.equal("ground" in body || "where" in body, false);
});

test("The ground's way is up to the nearest node and down to a gateway that satellite.js has it over", async (mesh) => {
  const sky = new CustomerSky((await mesh.call("/v1/constellation")).body);
  const at = await soon(mesh);
  const { ground, where, candidates, placement } = await route(mesh, { origin: BERLIN, at });
  const instant = Date.parse(at);
  const [nearest] = candidates.filter(({ path }: Json) => path.length === 1)
    .toSorted((a: Json, b: Json) => a.slant_range_km - b.slant_range_km);
  assert.equal(ground.path[0], nearest.node);
  const look = (node: string, place: Place) => sky.look(node, place, instant);
  const down = look(ground.path.at(-1), ground.gateway);
  assert.ok(down.elevation >= 25 - 0.01, `the gateway sees it at ${down.elevation} degrees`);
  assert.equal(ground.path.length, 1, "over Germany a gateway sees the node that a place sees");
  const length = look(ground.path[0], BERLIN).range_km + down.range_km;
  near(ground.path_length_km, length, 2e-3, "the path's length");
  near(ground.modelled.light_time_ms, 2e3 * length / LIGHT_KM_S, 1e-5, "light");
  near(ground.modelled.fibre_ms, 2e3 * ground.fibre_km * 2.1 * 1.468 / LIGHT_KM_S, 1e-9, "fibre");
  near(ground.modelled.total_ms, sumOf(ground), 1e-9, "total");
  assert.equal(ground.modelled.access_ms, 0);
  assert.ok(ground.fibre_km < 500, `${ground.gateway.name} to ${ground.region.city}`);
  // Light alone, as in orbit: the node above is nearer than any region behind it.
  assert.ok(ground.modelled.total_ms > placement.modelled.total_ms);
  assert.equal(where, "orbit");
});

test("From mid-ocean the way to the ground leads over lasers", async (mesh) => {
  const { ground, where } = await route(mesh, { origin: MID_ATLANTIC, at: await soon(mesh) });
  assert.ok(ground.path.length > 1 && ground.path_length_km > 1_500, JSON.stringify(ground));
  near(ground.modelled.total_ms, sumOf(ground), 1e-9, "total");
  assert.equal(where, "orbit");
});

test("Enough operations make the ground the place to think, and a deadline may leave it alone", async (mesh) => {
  const at = await soon(mesh);
  const run = { origin: BERLIN, at, operations: 242e12 };
  const { ground, where, placement } = await route(mesh, run);
  near(ground.modelled.compute_ms, 1_000.02, 1e-9, "compute");
  assert.ok(placement.modelled.npu_ms >= 1_210);
  assert.equal(where, "ground");
  // In time on the ground, and nowhere in orbit.
  const late = await route(mesh, { ...run, deadline_ms: 1_100 });
  assert.equal(late.placement, null);
  assert.equal(late.ground.refusal, undefined);
  assert.equal(late.where, "ground");
  const never = await route(mesh, { ...run, deadline_ms: 900 });
  assert.equal(never.ground.refusal, "too_late");
  assert.equal(never.where, null);
});

test("What lies at a node stays there: down go all of its bytes, at the gateway's rate", async (mesh) => {
  const at = await soon(mesh);
  const bytes = { bytes_up: 200e6, bytes_down: 1_000 };
  const { ground, where } = await route(mesh, { origin: { node: "G2A-017-042" }, at, ...bytes });
  assert.equal(ground.path[0], "G2A-017-042");
  near(ground.modelled.transfer_ms, 8e3 * (200e6 + 1_000) / 10e9, 1e-9, "transfer");
  assert.equal(where, "orbit");
});

test("Wishes that are none are refused", async (mesh) => {
  for (const wish of [{ ground: "yes" }, { ground: 1 }, { operations: -1 }, { operations: 1e19 }]) {
    const { status, body } = await mesh.call("/v1/route", {
      body: { model: "scene-indices", origin: BERLIN, ...wish },
    });
    assert.equal(status, 400, JSON.stringify(wish));
    assert.match(JSON.stringify(body), new RegExp(Object.keys(wish)[0]));
  }
});
