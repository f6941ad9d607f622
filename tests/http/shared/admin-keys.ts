/**
 * Admin keys: made with the token, one for each operator, revoked one by one, and of no use to a tenant.
 * @module
 */
import assert from "node:assert/strict";
import { isKey } from "../../../contract/api-key.ts";
import { type Mesh, sharedMeshTest, within } from "../../support/mesh.ts";
import { past, patience } from "../../support/within.ts";

const test = sharedMeshTest();

async function made(mesh: Mesh, body: object): Promise<{ id: string; key: string }> {
  const reply = await mesh.admin("/v1/admin-keys", { body });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
}

test("An admin key opens what the token opens, another admin key with it, and nothing that runs", async (mesh) => {
  const first = await made(mesh, { name: "day shift" });
  assert.match(first.key, /^pga_/);
  assert.ok(isKey(first.key));
  const tenants = await mesh.call("/v1/tenants", { key: first.key });
  assert.equal(tenants.status, 200, tenants.text);
  const second = await mesh.call("/v1/admin-keys", { key: first.key, body: { name: "night" } });
  assert.equal(second.status, 201, second.text);
  assert.equal((await mesh.call("/v1/backlog", { key: second.body.key })).status, 200);
  for (const path of ["/v2/models/drive-rss/infer", "/v1/route"]) {
    assert.equal((await mesh.call(path, { key: first.key, body: {} })).status, 403, path);
  }
  const node = await mesh.call("/v1/nodes/G2A-017-042", { key: first.key });
  assert.equal(node.status, 200, node.text);
  const tenants_key = await mesh.tenant("plain");
  for (const method of ["GET", "POST"]) {
    const reply = await mesh.call("/v1/admin-keys", {
      method,
      key: tenants_key,
      ...(method === "POST" && { body: { name: "mine" } }),
    });
    assert.equal(reply.status, 403, reply.text);
  }
});

test("A list shows no key and no hash; what is stored is the hash alone", async (mesh) => {
  const { id, key } = await made(mesh, { name: "seen" });
  const { body, text } = await mesh.admin("/v1/admin-keys");
  const listed = body.data.find((one: { id: string }) => one.id === id);
  const { created_at, ...rest } = listed;
  assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000);
  assert.deepEqual(rest, {
    id,
    name: "seen",
    prefix: "pga_",
    last4: key.slice(-4),
    expires_at: null,
    revoked_at: null,
  });
  const [row] = await mesh.rows("SELECT * FROM admin_keys WHERE id = ?", [id]);
  assert.ok(!text.includes(row.hash) && !JSON.stringify(row).includes(key));
});

test("A revoked admin key and one past its time are 401 within 10 s; the others go on", async (mesh) => {
  const leaving = await made(mesh, { name: "leaving" });
  const staying = await made(mesh, { name: "staying" });
  const expires_at_ms = Date.now() + 2_000 * patience();
  const expires_at = new Date(expires_at_ms).toISOString();
  const ending = await made(mesh, { name: "ending", expires_at });
  for (const { key } of [ending, leaving, staying]) {
    assert.equal((await mesh.call("/v1/tenants", { key })).status, 200);
  }
  const path = `/v1/admin-keys/${leaving.id}`;
  assert.equal((await mesh.admin(path, { method: "DELETE" })).status, 204);
  await past(expires_at_ms);
  for (const { key } of [leaving, ending]) {
    await within(10_000, "its end", async () => {
      const { status, body } = await mesh.call("/v1/tenants", { key });
      return (status === 401 && body.error.code === "unauthenticated") || null;
    });
  }
  assert.equal((await mesh.call("/v1/tenants", { key: staying.key })).status, 200);
  const unknown = await mesh.admin("/v1/admin-keys/nobody", { method: "DELETE" });
  assert.equal(unknown.status, 404, unknown.text);
});

test("A bad admin key's name or end is told, and makes none", async (mesh) => {
  const before = await mesh.rows("SELECT id FROM admin_keys");
  for (const body of [{}, { name: "" }, { name: "a", expires_at: "soon" }, { name: 7 }]) {
    const reply = await mesh.admin("/v1/admin-keys", { body });
    assert.equal(reply.status, 400, reply.text);
  }
  assert.deepEqual(await mesh.rows("SELECT id FROM admin_keys"), before);
});
