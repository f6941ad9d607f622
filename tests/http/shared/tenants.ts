/**
 * What is a tenant's own stays its own, and a key that ends stops working.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, type Mesh, sharedMeshTest, within } from "../../support/mesh.ts";
import { assertError } from "../../support/refusals.ts";
import { past, patience } from "../../support/within.ts";

const test = sharedMeshTest();

const BODY = {
  parameters: { origin_lat: -33.87, origin_lon: 151.21 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};
const INFER = "/v2/models/drive-rss/infer";

/** One run for a tenant, once it is in the ledger. @returns its id */
async function runOnce(mesh: Mesh, key: string): Promise<string> {
  const { status, text, body } = await mesh.call(INFER, { key, body: BODY });
  assert.equal(status, 200, text);
  const id = body.parameters.execution_id;
  await within(5_000, `placement ${id}`, async () => {
    const { status } = await mesh.call(`/v1/placements/${id}`, { key });
    return status === 200 || null;
  });
  return id;
}

test("A tenant's placement is 404 to another tenant, and its usage is none of the other's", async (mesh) => {
  const [mine, theirs] = [await mesh.tenant("mine"), await mesh.tenant("theirs")];
  const id = await runOnce(mesh, mine);

  const path = `/v1/placements/${id}`;
  const reply = await mesh.call(path, { key: theirs });
  assertError(reply, { what: "another tenant", path, status: 404, says: /no such placement/ });
  const unknown = await mesh.call("/v1/placements/unknown", { key: theirs });
  assert.equal(reply.body.detail, unknown.body.detail);

  const { body: list } = await mesh.call("/v1/placements", { key: theirs });
  assert.deepEqual(list, { data: [], next: null });
  const named = await mesh.call("/v1/usage?tenant=mine", { key: theirs });
  assertError(named, {
    what: "another tenant by name",
    path: "/v1/usage",
    status: 404,
    says: /no tenant "mine"/,
  });
  for (const query of ["", "?tenant_id=mine", "?tenant=theirs", "?bucket_width=1m"]) {
    const { body: { total, buckets = [] } } = await mesh.call(`/v1/usage${query}`, { key: theirs });
    for (const [quantity, value] of Object.entries(total)) assert.equal(value, 0, quantity);
    assert.deepEqual(buckets, []);
  }
  const { body: { total, buckets: [bucket, ...more] } } = await mesh.call(
    "/v1/usage?bucket_width=1m&group_by=region",
    { key: mine },
  );
  assert.equal(total.executions, 1);
  const { body: placement } = await mesh.call(path, { key: mine });
  const { start, group, modelled_total_ms, ...sums } = bucket;
  assert.deepEqual([sums, more], [total, []]);
  assert.equal(group, placement.region);
  assert.ok(Math.abs(Date.parse(placement.placed_at) - Date.parse(start)) <= 60_000);
  const { total_ms } = placement.modelled;
  assert.deepEqual(modelled_total_ms, { p50: total_ms, p95: total_ms, p99: total_ms });
});

test("A page of one tenant goes on only among its own placements, whoever's cursor it shows", async (mesh) => {
  const [mine, theirs] = [await mesh.tenant("mine"), await mesh.tenant("theirs")];
  for (let run = 0; run < 2; run++) await runOnce(mesh, mine);
  const { body: { next } } = await mesh.call("/v1/placements?limit=1", { key: mine });
  assert.ok(next);
  const { status, body } = await mesh.call(`/v1/placements?cursor=${next}`, { key: theirs });
  assert.equal(status, 200);
  assert.deepEqual(body, { data: [], next: null });
});

test("A revoked key and one past its time stop working within 10 s; other keys of the tenant go on", async (mesh) => {
  const [revoked, other] = [await mesh.tenant("ending"), await mesh.tenant("ending")];
  // Time enough to see that it works.
  const expires_at_ms = Date.now() + 3_000 * patience();
  const expires_at = new Date(expires_at_ms).toISOString();
  const keys = { expiring: await mesh.tenant("ending", { expires_at }), revoked, other };
  const statusOf = async (key: string) => (await mesh.call("/v1/usage", { key })).status;
  for (const key of Object.values(keys)) assert.equal(await statusOf(key), 200);

  const { body: { data } } = await mesh.admin("/v1/tenants/ending/keys");
  const { id } = data.find(({ last4 }: Json) => last4 === keys.revoked.slice(-4));
  const path = `/v1/tenants/ending/keys/${id}`;
  assert.equal((await mesh.admin(path, { method: "DELETE" })).status, 204);
  const isRevoked = async () => await statusOf(keys.revoked) === 401 || null;
  await Promise.all([
    within(10_000, "401 for the revoked key", isRevoked),
    past(expires_at_ms).then(async () => assert.equal(await statusOf(keys.expiring), 401)),
  ]);
  assert.equal(await statusOf(keys.other), 200);

  // Another tenant's path does not reach it, and revoking again changes nothing.
  await mesh.tenant("mine");
  const elsewhere = await mesh.admin(path.replace("ending", "mine"), { method: "DELETE" });
  assert.equal(elsewhere.status, 404);
  const before = await mesh.rows("SELECT revoked_at_ms FROM api_keys WHERE id = ?", [id]);
  assert.equal((await mesh.admin(path, { method: "DELETE" })).status, 204);
  assert.deepEqual(
    await mesh.rows("SELECT revoked_at_ms FROM api_keys WHERE id = ?", [id]),
    before,
  );
});

test("A key is shown once and stored hashed: neither the ledger nor a list holds it", async (mesh) => {
  const key = await mesh.tenant("hashed");
  const rows = await mesh.rows("SELECT * FROM api_keys WHERE tenant_id = 'hashed'");
  assert.equal(rows.length, 1);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  assert.equal(rows[0].hash, new Uint8Array(digest).toHex());
  assert.ok(!JSON.stringify(rows).includes(key.slice(4, -4)));
  const { text, body } = await mesh.admin("/v1/tenants/hashed/keys");
  assert.ok(!text.includes(key.slice(4, -4)) && !text.includes(rows[0].hash));
  assert.deepEqual([body.data[0].prefix, body.data[0].last4], [key.slice(0, 4), key.slice(-4)]);
});

test("A rotated key works beside its successor for the overlap and ends with it; what has ended or was rotated cannot be rotated", async (mesh) => {
  const old = await mesh.tenant("rotating", { scopes: ["read"] });
  const { body: { data: [{ id }] } } = await mesh.admin("/v1/tenants/rotating/keys");
  const pathOf = (id: string) => `/v1/tenants/rotating/keys/${id}/rotate`;
  const path = pathOf(id);
  const read = async (key: string) => (await mesh.call("/v1/usage", { key })).status;
  const endOf = async (id: string) => {
    const { body: { data: keys } } = await mesh.admin("/v1/tenants/rotating/keys");
    return Date.parse(keys.find((key: Json) => key.id === id).expires_at);
  };
  const asked = await Promise.all(
    Array.from({ length: 8 }, () => mesh.admin(path, { body: {} })),
  );
  const [first, ...none] = asked.filter(({ status }) => status === 201);
  assert.equal(none.length, 0, `${none.length + 1} successors`);
  assert.deepEqual(first.body.scopes, ["read"]);
  assert.equal(first.body.expires_at, null);
  assert.deepEqual([await read(old), await read(first.body.key)], [200, 200]);
  const ends = await endOf(id);
  assert.ok(Math.abs(ends - Date.now() - 86_400_000) < 60_000, "the overlap is to be a day");
  const conflict = { path, status: 409, says: new RegExp(`has a successor, "${first.body.id}"`) };
  for (const reply of asked.filter((reply) => reply !== first)) {
    assertError(reply, { what: "one of many at once", ...conflict });
  }
  const again = await mesh.admin(path, { body: { overlap_s: 0 } });
  assertError(again, { what: "a shorter overlap", ...conflict });
  assert.equal(await endOf(id), ends, "the end is the one that was set first");

  const second = await mesh.admin(pathOf(first.body.id), { body: { overlap_s: 0 } });
  assert.equal(second.status, 201, second.text);
  await within(
    11_000,
    "the end of the first successor",
    async () => await read(first.body.key) === 401 || null,
  );
  assert.deepEqual([await read(old), await read(second.body.key)], [200, 200]);
  const endedPath = pathOf(first.body.id);
  assertError(await mesh.admin(endedPath, { body: {} }), {
    what: "a key that has ended",
    path: endedPath,
    status: 409,
    says: /has ended/,
  });
  await mesh.tenant("bystander");
  const strange = path.replace("rotating", "bystander");
  assertError(await mesh.admin(strange, { body: {} }), {
    what: "another tenant's key",
    path: strange,
    status: 404,
    says: /no such key/,
  });
  for (const overlap_s of [-1, 0.5, 604_801, "1"]) {
    assert.equal((await mesh.admin(path, { body: { overlap_s } })).status, 400, `${overlap_s}`);
  }
});

test("A key with one character wrong is refused", async (mesh) => {
  const key = await mesh.tenant("typing");
  const wrong = key.slice(0, -1) + (key.endsWith("0") ? "1" : "0");
  const reply = await mesh.call("/v1/usage", { key: wrong });
  assertError(reply, { what: "a typing error", path: "/v1/usage", status: 401, says: /unknown/ });
});
