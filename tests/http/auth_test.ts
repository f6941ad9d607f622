/**
 * Every route, whoever knocks: taken from /openapi.json, so that a route which is added is asked too.
 * What a wrong credential gets is 401 or 403, as documented, and no byte of anybody's.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, type Mesh, meshTest, type Reply, within } from "../support/mesh.ts";
import { past } from "../support/within.ts";

const test = meshTest();

const MODEL = "drive-rss";
const BODY = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};

interface Operation {
  method: string;
  path: string;
  /** Whom it asks for; null: nobody. */
  asks: "key" | "admin" | null;
  documented: number[];
}

async function operations(mesh: Mesh, names: Record<string, string>): Promise<Operation[]> {
  const { body: { paths } } = await mesh.call("/openapi.json", { key: null });
  return Object.entries(paths as Json).flatMap(([template, methods]) =>
    Object.entries(methods as Json).map(([method, operation]): Operation => {
      const { security = [], responses } = operation as Json;
      const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => {
        assert.ok(name in names, `${template}: say what {${name}} is`);
        return names[name];
      });
      const asks = security.some((one: Json) => "admin" in one)
        ? "admin"
        : security.length > 0
        ? "key"
        : null;
      const documented = Object.keys(responses).map(Number);
      return { method: method.toUpperCase(), path, asks, documented };
    })
  );
}

const send = (mesh: Mesh, { method, path }: Operation, key: string | null): Promise<Reply> =>
  mesh.call(path, { method, key, ...(method === "POST" && { body: BODY }) });

test("Every route refuses every wrong credential as documented, and says nothing of any tenant", async (mesh) => {
  const mine = await mesh.tenant("victim");
  const ran = await mesh.call(`/v2/models/${MODEL}/infer`, { key: mine, body: BODY });
  assert.equal(ran.status, 200, ran.text);
  const id = ran.body.parameters.execution_id;
  await within(10_000, "its receipt", async () => {
    const { body } = await mesh.call("/v1/receipts", { key: mine });
    return body.data.length > 0 || null;
  });
  const { body: { data: [{ id: key_id }] } } = await mesh.admin("/v1/tenants/victim/keys");

  const expires_at_ms = Date.now() + 50;
  const expiring = await mesh.tenant("ended", {
    expires_at: new Date(expires_at_ms).toISOString(),
  });
  const revoked = await mesh.tenant("ended");
  const { body: { data: ended } } = await mesh.admin("/v1/tenants/ended/keys");
  for (const key of ended) {
    await mesh.admin(`/v1/tenants/ended/keys/${key.id}`, { method: "DELETE" });
  }
  await past(expires_at_ms);
  const scoped = {
    read: await mesh.tenant("scoped", { scopes: ["read"] }),
    infer: await mesh.tenant("scoped", { scopes: ["infer"] }),
  };
  const { admin_token } = mesh.emulator.secrets;
  const unknown: Record<string, string | null> = {
    "no key": null,
    "a malformed key": "short",
    "a key nobody made": "x".repeat(42),
    "a mistyped key": mine.slice(0, -1) + (mine.endsWith("0") ? "1" : "0"),
    "an expired key": expiring,
    "a revoked key": revoked,
  };

  const names = { id, name: MODEL, version: "1", tenant: "victim" };
  const all = await operations(mesh, names);
  assert.ok(all.length > 25, `${all.length} operations are too few to be all`);
  const refuses = (reply: Reply, status: number, what: string, operation: Operation) => {
    const where = `${operation.method} ${operation.path} with ${what}`;
    assert.equal(reply.status, status, `${where}: ${reply.text.slice(0, 200)}`);
    assert.ok(operation.documented.includes(status), `${where}: ${status} is not documented`);
    for (const secret of [key_id, mine, "Bearer "]) {
      assert.ok(!reply.text.includes(secret), `${where} tells ${secret.slice(0, 8)}`);
    }
    if (status === 401) assert.match(reply.headers.get("WWW-Authenticate") ?? "", /^Bearer/, where);
  };
  for (const operation of all) {
    if (operation.asks === null) {
      const reply = await send(mesh, operation, null);
      assert.ok(![401, 403].includes(reply.status), `${operation.path} is open: ${reply.status}`);
      continue;
    }
    for (const [what, key] of Object.entries(unknown)) {
      refuses(await send(mesh, operation, key), 401, what, operation);
    }
    if (operation.asks === "admin") {
      refuses(await send(mesh, operation, mine), 403, "a tenant's key", operation);
      continue;
    }
    refuses(await send(mesh, operation, admin_token), 403, "the admin token", operation);
    // Each route asks for one scope: of two keys with one each, one does not do.
    const [reader, runner] = [
      await send(mesh, operation, scoped.read),
      await send(mesh, operation, scoped.infer),
    ];
    const without = [reader, runner].filter(({ status }) => status === 403);
    assert.equal(without.length, 1, `${operation.path}: ${reader.status}, ${runner.status}`);
    refuses(without[0], 403, "a key of the other scope", operation);
  }
});

test("No route gives a tenant anything of another's", async (mesh) => {
  const [mine, theirs] = [await mesh.tenant("owner"), await mesh.tenant("neighbour")];
  const ran = await mesh.call(`/v2/models/${MODEL}/infer`, { key: mine, body: BODY });
  assert.equal(ran.status, 200, ran.text);
  const id = ran.body.parameters.execution_id;
  await within(10_000, "its placement", async () => {
    const { status } = await mesh.call(`/v1/placements/${id}`, { key: mine });
    return status === 200 || null;
  });
  const { body: { data: [{ id: key_id }] } } = await mesh.admin("/v1/tenants/owner/keys");
  const names = { id, name: MODEL, version: "1", tenant: "owner" };
  const reads = (await operations(mesh, names))
    .filter(({ asks, method }) => asks === "key" && method === "GET");
  assert.ok(reads.length >= 8, `${reads.length} routes are too few`);
  for (const operation of reads) {
    const reply = await send(mesh, operation, theirs);
    const where = `${operation.path}: ${reply.status} ${reply.text.slice(0, 200)}`;
    assert.ok(reply.status < 500, where);
    if (operation.path.includes(id)) assert.equal(reply.status, 404, where);
    for (const own of [key_id, '"owner"', ...(operation.path.includes(id) ? [] : [id])]) {
      assert.ok(!reply.text.includes(own), `${operation.path} tells ${own}`);
    }
  }
});
