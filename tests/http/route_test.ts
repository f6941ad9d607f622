/**
 * A placement, explained, and checked as a customer would check it: from the published elements,
 * with satellite.js. Nothing is run here, so no node has a queue, and distance alone decides.
 * @module
 */
import assert from "node:assert/strict";
import { seeded } from "../support/random.ts";
import { CustomerSky, type Place } from "../support/customer-sky.ts";
import { type Json, type Mesh, meshTest } from "../support/mesh.ts";

const NOW = Date.parse("2026-03-20T12:00:00Z");
const test = meshTest({ PERIGEE_CLOCK: new Date(NOW).toISOString() });

const NODES = 41_914;
const MASK_DEG = 25;
const LIGHT_KM_S = 299_792.458;
// The almanac's interpolation errs by 0.4 m at most.
const RANGE_KM = 1e-3;
const ANGLE_DEG = 0.01;
const VISIBLE_MS = 500;

const HOUR_MS = 3_600_000;
// Today, so that the mesh's own window serves them, and up to a week away.
const INSTANTS = [0, 17_500, 59_999, -HOUR_MS, 31 * HOUR_MS, -6.9 * 24 * HOUR_MS].map((ms) =>
  NOW + ms
);

const PLACES: Record<string, Place> = {
  Paris: { lat: 48.8566, lon: 2.3522 },
  "the North Pole": { lat: 90, lon: 0 },
  "the North Pole from another longitude": { lat: 90, lon: -120 },
  "the South Pole": { lat: -90, lon: 180 },
  "the date line from the west": { lat: -16.5, lon: 179.9999 },
  "the date line from the east": { lat: -16.5, lon: -179.9999 },
  "the date line itself": { lat: 52.9, lon: 180 },
  "the same, as -180": { lat: 52.9, lon: -180 },
  "0, 0": { lat: 0, lon: 0 },
  Longyearbyen: { lat: 78.22, lon: 15.65 },
  McMurdo: { lat: -77.85, lon: 166.67 },
  "La Paz, high up": { lat: -16.5, lon: -68.15, alt_m: 3_640 },
  "the Dead Sea, low down": { lat: 31.5, lon: 35.5, alt_m: -430 },
};
const random = seeded(25);
for (let i = 0; i < 12; i++) {
  PLACES[`place ${i}`] = { lat: random.between(-90, 90), lon: random.between(-180, 180) };
}

async function route(mesh: Mesh, origin: Place, at: number, more: object = {}): Promise<Json> {
  const { status, text, body } = await mesh.call("/v1/route", {
    body: { model: "scene-indices", origin, at: new Date(at).toISOString(), ...more },
  });
  assert.equal(status, 200, text);
  assert.equal(body.at, new Date(at).toISOString());
  assert.deepEqual(body.origin, { alt_m: 0, ...origin });
  return body;
}

let published: CustomerSky | undefined;

async function customerSky(mesh: Mesh): Promise<CustomerSky> {
  if (!published) {
    const { status, body } = await mesh.call("/v1/constellation");
    assert.equal(status, 200);
    published = new CustomerSky(body);
  }
  return published;
}

const near = (got: number, want: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(got - want) <= tolerance, `${what} is ${got}, satellite.js says ${want}`);

/** The difference of two azimuths as it is in the sky: at the zenith they all meet. */
function azimuthApart(a: number, b: number, elevation: number): number {
  const apart = Math.abs((a - b + 540) % 360 - 180);
  return apart * Math.cos(elevation * Math.PI / 180);
}

test(`GET /v1/constellation is OMM JSON of ${NODES} nodes, each with an id and a number of its own`, async (mesh) => {
  const { headers, body } = await mesh.call("/v1/constellation");
  assert.equal(headers.get("content-type"), "application/json");
  assert.equal(body.length, NODES);
  assert.equal(new Set(body.map((omm: Json) => omm.OBJECT_NAME)).size, NODES);
  assert.equal(new Set(body.map((omm: Json) => omm.NORAD_CAT_ID)).size, NODES);
  assert.equal((await customerSky(mesh)).size, NODES);
  for (let i = 0; i < 20; i++) {
    const id = random.pick<Json>(body).OBJECT_NAME;
    assert.equal((await mesh.call(`/v1/nodes/${id}`)).body.id, id);
  }
});

test("Everywhere, poles and date line too, /v1/route places on the nearest node that the published elements put above 25 degrees", async (mesh) => {
  const sky = await customerSky(mesh);
  const places = Object.entries(PLACES);
  let served = 0;
  for (const at of INSTANTS) {
    const ranges = sky.rangesAbove(places.map(([, place]) => place), MASK_DEG, at);
    for (const [p, [name, place]] of places.entries()) {
      const answer = await route(mesh, place, at);
      const where = `${name} at ${answer.at}`;
      const direct = answer.candidates.filter(({ path }: Json) => path.length === 1);
      if (ranges[p].length === 0) {
        assert.deepEqual([answer.placement, answer.candidates], [null, []], where);
        continue;
      }
      served++;
      assert.equal(answer.placement.node, direct[0].node, where);
      direct.forEach(({ node, slant_range_km }: Json, i: number) => {
        // Of all nodes above the mask the i-th nearest, and as far away as it says.
        near(slant_range_km, ranges[p][i], RANGE_KM, `${where}: range of candidate ${i}`);
        near(slant_range_km, sky.look(node, place, at).range_km, RANGE_KM, `${where}: ${node}`);
      });
    }
  }
  assert.ok(served >= 0.8 * INSTANTS.length * places.length, `only ${served} placed`);
});

test("The same instant and place give the same placement, however often and from whatever window it is asked", async (mesh) => {
  for (const at of INSTANTS) {
    const [first, second] = [
      await route(mesh, PLACES.Paris, at),
      await route(mesh, PLACES.Paris, at),
    ];
    assert.deepEqual(first.placement, second.placement);
    assert.deepEqual(first.candidates, second.candidates);
  }
});

test("Elevation and azimuth agree with ecfToLookAngles within 0.01 degrees, the sub-point with eciToGeodetic", async (mesh) => {
  const sky = await customerSky(mesh);
  for (const [name, place] of Object.entries(PLACES)) {
    for (const at of INSTANTS.slice(1, 4)) {
      const { candidates } = await route(mesh, place, at);
      for (const { node, path, elevation_deg, azimuth_deg, sub_point } of candidates) {
        const { elevation, azimuth } = sky.look(path[0], place, at);
        near(elevation_deg, elevation, ANGLE_DEG, `${name}: elevation of ${path[0]}`);
        assert.ok(elevation_deg >= MASK_DEG - ANGLE_DEG);
        assert.ok(azimuth_deg >= 0 && azimuth_deg < 360);
        const apart = azimuthApart(azimuth_deg, azimuth, elevation);
        assert.ok(apart <= ANGLE_DEG, `${name}: azimuth ${azimuth_deg}, not ${azimuth}`);
        const { lat, lon, alt_km } = sky.subPoint(node, at);
        near(sub_point.lat, lat, ANGLE_DEG, `${name}: latitude below ${node}`);
        assert.ok(azimuthApart(sub_point.lon, lon, lat) <= ANGLE_DEG);
        near(sub_point.alt_km, alt_km, 0.01, `${name}: height of ${node}`);
      }
    }
  }
});

test("The candidates stand in order of their modelled total, which is the sum of terms that physics gives", async (mesh) => {
  const bytes = { bytes_up: 6_291_456, bytes_down: 1_048_576 };
  for (const place of [PLACES.Paris, PLACES["0, 0"], PLACES.Longyearbyen]) {
    const answer = await route(mesh, place, NOW, bytes);
    assert.ok(answer.candidates.length > 1 && answer.candidates.length <= 16);
    const { visible_until: _, ...placement } = answer.placement;
    assert.deepEqual(placement, answer.candidates[0]);
    const totals = answer.candidates.map(({ modelled }: Json) => modelled.total_ms);
    assert.deepEqual(totals, totals.toSorted((a: number, b: number) => a - b));
    for (const { modelled: m, path, slant_range_km, ...candidate } of answer.candidates) {
      assert.equal(candidate.refusal, undefined);
      assert.equal(path.at(-1), candidate.node);
      const sum = m.light_time_ms + m.transfer_ms + m.wait_ms + m.npu_ms;
      near(m.total_ms, sum, 1e-9, "total");
      assert.ok(m.transfer_ms > 0 && m.energy_mj >= 0);
      assert.equal(m.wait_ms, 0);
      if (path.length > 1) continue;
      near(m.light_time_ms, 2 * slant_range_km / LIGHT_KM_S * 1e3, 1e-9, "light time");
    }
    const half = await route(mesh, place, NOW, {
      bytes_up: bytes.bytes_up / 2,
      bytes_down: 2 ** 19,
    });
    near(half.placement.modelled.transfer_ms, placement.modelled.transfer_ms / 2, 1e-6, "transfer");
    const us = answer.measured.place_us;
    assert.ok(us === null || us > 0);
  }
});

test("visible_until is when satellite.js has the node sink below 25 degrees, within 0.5 s", async (mesh) => {
  const sky = await customerSky(mesh);
  for (const [name, place] of Object.entries(PLACES)) {
    for (const at of INSTANTS.slice(0, 4)) {
      const { placement } = await route(mesh, place, at);
      if (!placement) continue;
      const until = Date.parse(placement.visible_until);
      const [first] = placement.path;
      const elevation = (ms: number) => sky.look(first, place, ms).elevation;
      const where = `${first} over ${name}`;
      assert.ok(until > at && until < at + 10 * 60_000, where);
      for (let ms = at; ms < until - VISIBLE_MS; ms += 5_000) {
        assert.ok(elevation(ms) >= MASK_DEG - 1e-3, `${where} is down at ${new Date(ms)}`);
      }
      assert.ok(elevation(until - VISIBLE_MS) >= MASK_DEG, `${where} sinks earlier`);
      assert.ok(elevation(until + VISIBLE_MS) < MASK_DEG, `${where} sinks later`);
    }
  }
});

test("A deadline that light alone exceeds leaves no placement, and every candidate says too_late", async (mesh) => {
  const answer = await route(mesh, PLACES.Paris, NOW, { deadline_ms: 1 });
  assert.equal(answer.placement, null);
  assert.ok(answer.candidates.length > 0);
  for (const { refusal } of answer.candidates) assert.equal(refusal, "too_late");
});

test("The header Perigee-Origin stands in for an origin in the body, which wins over it", async (mesh) => {
  const headers = { "Perigee-Origin": "-33.87, 151.21" };
  const ask = async (body: object) =>
    (await mesh.call("/v1/route", { headers, body: { model: "drive-rss", ...body } })).body.origin;
  assert.deepEqual(await ask({}), { lat: -33.87, lon: 151.21, alt_m: 0 });
  assert.deepEqual(await ask({ origin: PLACES.Paris }), { ...PLACES.Paris, alt_m: 0 });
});

test("GET /v1/nodes/{id} has a node where the published elements have it at the instant it names", async (mesh) => {
  const sky = await customerSky(mesh);
  for (const id of ["G1A-000-000", "G2A-017-042", "G2H-011-011"]) {
    const { status, text, body } = await mesh.call(`/v1/nodes/${id}`);
    assert.equal(status, 200, text);
    const { lat, lon, alt_km } = sky.subPoint(id, Date.parse(body.at));
    near(body.sub_point.lat, lat, 1e-3, `latitude of ${id}`);
    assert.ok(azimuthApart(body.sub_point.lon, lon, lat) <= 1e-3, `longitude of ${id}`);
    near(body.sub_point.alt_km, alt_km, 1e-3, `height of ${id}`);
    assert.equal(body.modelled.source, "computed");
    assert.ok(body.modelled.state_of_charge > 0.2 && body.modelled.state_of_charge <= 1);
  }
});

test("serve_rank says what it would have cost to be served by another candidate, and null where there are fewer", async (mesh) => {
  const ask = (rest: Json) =>
    mesh.call("/v1/route", {
      body: { model: "scene-indices", origin: { lat: 48.8566, lon: 2.3522 }, ...rest },
    });
  const { body: { served, candidates, placement, radio } } = await ask({ serve_rank: 3 });
  assert.equal(radio, "light");
  assert.equal(placement.modelled.access_ms, 0);
  const { node, modelled } = candidates[2];
  assert.deepEqual([served.rank, served.node, served.modelled], [3, node, modelled]);
  near(served.later_ms, modelled.total_ms - placement.modelled.total_ms, 1e-9, "later_ms");
  const { body: none } = await ask({ serve_rank: 8, deadline_ms: 1e-3 });
  assert.deepEqual([none.served, none.placement], [null, null]);
  const { status, body } = await ask({ serve_rank: 9 });
  assert.equal(status, 400);
  assert.match(JSON.stringify(body), /serve_rank/);
});

test("Asking where leaves no row in the ledger and makes no object", async (mesh) => {
  for (const table of ["placements", "receipts"]) {
    assert.deepEqual(await mesh.rows(`SELECT id FROM ${table}`), []);
  }
  assert.deepEqual(await mesh.nodeObjects(), []);
});

test("An ask for the least wear runs on sunlight: by day where the quickest does, by night as far away as its deadline lets it", async (mesh) => {
  const energy = { objective: "energy" };
  const noon = { lat: 10, lon: 0 };
  const quickest = await route(mesh, noon, NOW);
  const byDay = await route(mesh, noon, NOW, energy);
  assert.deepEqual(
    [byDay.objective, byDay.placement.node, byDay.placement.battery],
    ["energy", quickest.placement.node, { use: "none", state_of_charge: 1 }],
  );
  assert.match(byDay.why, /takes nothing from its battery/);
  assert.ok(!("objective" in quickest || "why" in quickest || "battery" in quickest.placement));
  const named = await route(mesh, noon, NOW, { objective: "latency" });
  assert.deepEqual(named.placement, quickest.placement);

  const midnight = { lat: 10, lon: 180 };
  const above = await route(mesh, midnight, NOW, energy);
  const charges = above.candidates.map(({ battery, path, sunlit }: Json) => {
    assert.deepEqual([battery.use, path.length, sunlit], ["draws", 1, false]);
    return battery.state_of_charge;
  });
  assert.equal(above.placement.battery.state_of_charge, Math.max(...charges));
  // The default battery holds 5 kWh, and a shadow takes less than 0.1 of them.
  assert.ok(charges.every((charge: number) => charge > 0.98 && charge < 1), `${charges}`);
  assert.match(above.why, /No node above can run it without its battery: .* 9\d\.\d % charged/);

  const far = await route(mesh, midnight, NOW, { ...energy, deadline_ms: 300 });
  assert.deepEqual([far.placement.sunlit, far.placement.battery.use], [true, "none"]);
  assert.ok(far.placement.path.length > 1 && far.placement.modelled.total_ms <= 300);
  assert.match(far.why, /takes nothing from its battery/);
  const near = await route(mesh, midnight, NOW, { ...energy, deadline_ms: 10 });
  assert.equal(near.placement.node, above.placement.node);

  const wrong = await mesh.call("/v1/route", {
    body: { model: "scene-indices", origin: noon, objective: "speed" },
  });
  assert.deepEqual([wrong.status, wrong.body.errors[0].pointer], [400, "#/objective"]);
});
