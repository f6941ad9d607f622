/**
 * The fleet from outside: `GET /v1/nodes` wakes nobody, and a node that an operator takes out of
 * service gets no ask from the next one on.
 * @module
 */
import assert from "node:assert/strict";
import { FILED } from "../unit/mesh/placement/oracle.ts";
import { type Json, type Mesh, meshTest } from "../support/mesh.ts";

const test = meshTest();

const infer = (mesh: Mesh, parameters: object, key?: string) =>
  mesh.call("/v2/models/drive-rss/infer", {
    key,
    body: {
      parameters: { origin_lat: 48.86, origin_lon: 2.35, ...parameters },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
    },
  });

async function pages(mesh: Mesh, query: string): Promise<Json[]> {
  const nodes: Json[] = [];
  let cursor = "";
  for (;;) {
    const { status, text, body } = await mesh.call(`/v1/nodes?limit=1000${query}${cursor}`);
    assert.equal(status, 200, text);
    nodes.push(...body.data);
    if (body.next === null) return nodes;
    cursor = `&cursor=${body.next}`;
  }
}

test("GET /v1/nodes lists every node of the constellation once and wakes no object", async (mesh) => {
  const before = await mesh.nodeObjects();
  const nodes = await pages(mesh, "");
  assert.equal(nodes.length, FILED.count);
  assert.equal(new Set(nodes.map(({ id }) => id)).size, FILED.count);
  assert.deepEqual(await mesh.nodeObjects(), before);
});

test("GET /v1/nodes filters by shell, region, sunlight and charge", async (mesh) => {
  const some = await pages(mesh, "&shell=G1A&sunlit=true&state_of_charge_min=0.5");
  assert.ok(some.length > 0);
  for (const node of some) {
    assert.equal(node.shell, "G1A");

    assert.equal(node.sunlit, true);
    assert.ok(node.modelled.state_of_charge >= 0.5);
    assert.equal(node.modelled.source, "computed");
  }
  const above = await pages(mesh, "&region=weur");
  assert.ok(above.length > 0 && above.every(({ region }) => region === "weur"));
  assert.deepEqual(await pages(mesh, "&state_of_charge_max=0.01"), []);
});

test("GET /v1/nodes says what is wrong with a query", async (mesh) => {
  for (
    const query of [
      "shell=NOPE",
      "region=mars",
      "sunlit=perhaps",
      "state_of_charge_min=2",
      "limit=0",
      "limit=1001",
      "cursor=G1A-999-999",
      "service=gone",
      "source=guess",
      "board=maybe",
    ]
  ) {
    const { status, text } = await mesh.call(`/v1/nodes?${query}`);
    assert.equal(status, 400, `${query}: ${text}`);
  }
});

test("A touched node's own word is laid over what is computed", async (mesh) => {
  const { body, text } = await infer(mesh, {});
  const { node } = body.parameters;
  assert.ok(node, text);
  const one = await mesh.call(`/v1/nodes/${node}`);
  assert.equal(one.body.modelled.source, "node", one.text);
  assert.ok(one.body.modelled.resident.includes("drive-rss"), one.text);
  const listed = (await pages(mesh, `&shell=${node.split("-")[0]}`)).find(({ id }) => id === node);
  assert.equal(listed.modelled.source, "node");
  const touched = await pages(mesh, "&source=node");
  assert.ok(touched.some(({ id }) => id === node));
  assert.ok(touched.length < 10 && touched.every(({ modelled }) => modelled.source === "node"));
  assert.deepEqual(await pages(mesh, "&board=true"), []);
  assert.equal(listed.modelled.temperature_k, one.body.modelled.temperature_k);
  assert.ok(Date.parse(listed.modelled.free_at) > 0);
});

test("What another tenant's runs did to a node is shown to an operator, and to nobody else", async (mesh) => {
  const [user, stranger] = [await mesh.tenant("user"), await mesh.tenant("stranger")];
  // Over the Pacific, where no other test of this file has run anything.
  const place = { lat: -20, lon: -140 };
  const ran = await infer(mesh, { origin_lat: place.lat, origin_lon: place.lon }, user);
  assert.equal(ran.status, 200, ran.text);
  const { node } = ran.body.parameters;
  const views = async (key: string) => {
    const { body } = await mesh.call(`/v1/nodes/${node}`, { key });
    const listed = await mesh.call(`/v1/nodes?shell=${node.split("-")[0]}&cursor=${node}&limit=1`, {
      key,
    });
    assert.equal(listed.body.data[0].id, node, listed.text);
    return { one: body, listed: listed.body.data[0].modelled };
  };
  for (const key of [user, mesh.emulator.secrets.admin_token]) {
    const { one, listed } = await views(key);
    assert.deepEqual([one.modelled.source, listed.source], ["node", "node"]);
    assert.equal(one.modelled.as_of, listed.as_of);
  }
  assert.deepEqual((await mesh.call("/v1/nodes?source=node", { key: stranger })).body.data, []);
  const { one, listed } = await views(stranger);
  assert.deepEqual([listed.temperature_k, listed.free_at], [null, null]);
  assert.deepEqual([one.modelled.source, listed.source], ["computed", "computed"]);
  // As an untouched node stands at this very instant: cold, free, and with what was launched with it.
  assert.equal(one.modelled.as_of, one.at);
  for (const free of Object.values(one.modelled.free_at)) assert.equal(free, one.at);
  const untouched = await mesh.call("/v1/nodes/G1A-000-000", { key: stranger });
  for (const what of ["resident", "npu_speed"]) {
    assert.deepEqual(one.modelled[what], untouched.body.modelled[what], what);
  }
});

test("A failed node gets no ask from the next one on, and serves again once repaired", async (mesh) => {
  const first = (await infer(mesh, {})).body.parameters.node;
  // Only this node may think: so it is this node that is asked, or nobody.
  const only = { policy: JSON.stringify({ allow: [{ node: first }] }) };
  assert.equal((await infer(mesh, only)).status, 200);
  for (const [action, service] of [["fail", "failed"], ["drain", "drained"]]) {
    const taken = await mesh.admin(`/v1/nodes/${first}/${action}`, { method: "POST" });
    assert.deepEqual([taken.status, taken.body], [200, { id: first, service }], taken.text);
    const { status, headers, text } = await infer(mesh, only);
    assert.equal(status, 503, text);
    assert.match(headers.get("Perigee-Refusal") ?? "", /\bgone\b/);
    const elsewhere = await infer(mesh, {});
    assert.equal(elsewhere.status, 200, elsewhere.text);
    assert.notEqual(elsewhere.body.parameters.node, first);
    // Nobody knocked at its door first.
    assert.equal(elsewhere.body.parameters.attempts, 1, elsewhere.text);
    const listed = await pages(mesh, `&service=${service}`);
    assert.deepEqual(listed.map(({ id }) => id), [first]);
  }
  const repaired = await mesh.admin(`/v1/nodes/${first}/repair`, { method: "POST" });
  assert.equal(repaired.body.service, "up", repaired.text);
  assert.equal((await infer(mesh, only)).status, 200);
});

test("Only an operator takes nodes out of service, and only nodes that there are", async (mesh) => {
  const asTenant = await mesh.call("/v1/nodes/G1A-000-000/fail", { method: "POST" });
  assert.equal(asTenant.status, 403, asTenant.text);
  const unknown = await mesh.admin("/v1/nodes/G1A-999-000/fail", { method: "POST" });
  assert.equal(unknown.status, 404, unknown.text);
});
