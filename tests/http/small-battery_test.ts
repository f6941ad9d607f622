/**
 * A mesh whose batteries carry no node through a shadow of more than 13 minutes: a computed node says
 * what it would refuse, and whoever is proposed serves.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, type Mesh, meshTest } from "../support/mesh.ts";

const test = meshTest({
  // Nearly still: what one request says of a node is to be so of the next one.
  PERIGEE_CLOCK: "2026-03-20T12:00:00Z@0.01",
  PERIGEE_PROFILE: JSON.stringify({ battery_wh: 40 }),
});

const PLACES = [
  { lat: 48.8566, lon: 2.3522 },
  { lat: 40.7128, lon: -74.006 },
  { lat: -33.87, lon: 151.21 },
  { lat: 1.35, lon: 103.82 },
  { lat: -1.29, lon: 36.82 },
  { lat: 35.68, lon: 139.69 },
  { lat: -23.55, lon: -46.63 },
  { lat: 64.15, lon: -21.94 },
];
const SMALL = Array.from({ length: 6 * 8 * 8 }, () => 0.25);
// Light alone takes longer to anybody whom only links reach.
const NEAR_MS = 6;
// No caller is told to wait for longer.
const RETRY_AFTER_S_MAX = "30";

const routeFrom = async (mesh: Mesh, origin: object, more: object = {}): Promise<Json> => {
  const body = { model: "scene-indices", origin, ...more };
  const reply = await mesh.call("/v1/route", { body });
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
};

const inferFrom = (mesh: Mesh, { lat, lon }: { lat: number; lon: number }, more: object = {}) =>
  mesh.call("/v2/models/scene-indices/infer", {
    body: {
      parameters: { origin_lat: lat, origin_lon: lon, class: "interactive", ...more },
      inputs: [{ name: "reflectance", datatype: "FP32", shape: [1, 6, 8, 8], data: SMALL }],
    },
  });

const refusingOf = async (mesh: Mesh, id: string): Promise<string | null> => {
  const { modelled } = (await mesh.call(`/v1/nodes/${id}`)).body;
  return modelled.refusing;
};

test("Wherever /v1/route proposes a node of small battery, an inference there is answered by it", async (mesh) => {
  let proposed = 0;
  let passedOver = 0;
  for (const place of PLACES) {
    const where = JSON.stringify(place);
    const { placement, candidates } = await routeFrom(mesh, place);
    const dark = candidates.filter(({ refusal }: Json) => refusal === "dark");
    passedOver += dark.length;
    if (dark.length > 0) assert.equal(await refusingOf(mesh, dark[0].node), "dark", where);
    if (!placement) {
      assert.equal((await inferFrom(mesh, place)).status, 503, where);
      continue;
    }
    proposed++;
    assert.equal(await refusingOf(mesh, placement.node), null, where);
    const only = JSON.stringify({ allow: [{ node: placement.node }] });
    const there = await inferFrom(mesh, place, { policy: only });
    assert.equal(there.status, 200, `${where}: ${there.text}`);
    assert.equal(there.body.parameters.node, placement.node);
    const anywhere = await inferFrom(mesh, place);
    assert.equal(anywhere.status, 200, `${where}: ${anywhere.text}`);
    assert.equal(await refusingOf(mesh, anywhere.body.parameters.node), null, where);
  }
  assert.ok(proposed > 0 && passedOver > 0, `${proposed} proposed, ${passedOver} passed over`);
});

test("Where all who could answer in time are dark, the route, the answer and the nodes say so", async (mesh) => {
  let refused = 0;
  for (const place of PLACES) {
    const where = JSON.stringify(place);
    const { placement, candidates } = await routeFrom(mesh, place, { deadline_ms: NEAR_MS });
    if (placement) continue;
    refused++;
    assert.ok(candidates.length > 0, where);
    for (const { node, refusal } of candidates) {
      assert.equal(refusal, "dark", where);
      assert.equal(await refusingOf(mesh, node), "dark", where);
    }
    const reply = await inferFrom(mesh, place, { deadline_ms: NEAR_MS });
    assert.equal(reply.status, 503, `${where}: ${reply.text}`);
    assert.equal(reply.headers.get("Perigee-Refusal"), "dark", where);
    // By their sunrise, which is minutes away, and not by the 2 s of who knows nothing.
    assert.equal(reply.headers.get("Retry-After"), RETRY_AFTER_S_MAX, where);
  }
  assert.ok(refused >= 3, `${refused} places`);
});

test("The list of nodes says dark of the same nodes as each of them does", async (mesh) => {
  const said = new Set<string | null>();
  for (const shell of ["G1A", "G2D", "G2I"]) {
    const { data } = (await mesh.call(`/v1/nodes?shell=${shell}&limit=1000`)).body;
    for (let i = 0; i < data.length; i += 97) {
      const { id, modelled } = data[i];
      assert.equal(modelled.source, "computed");
      assert.equal(modelled.refusing, await refusingOf(mesh, id), id);
      if (modelled.refusing === null) assert.ok(modelled.state_of_charge >= 0.2, id);
      said.add(modelled.refusing);
    }
  }
  assert.deepEqual([...said].map(String).sort(), ["dark", "null"]);
});
