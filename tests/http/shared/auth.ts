/**
 * Every route, whoever knocks: taken from /openapi.json, so that a route which is added is asked too.
 * What a wrong credential gets is 401 or 403, as documented, and no byte of anybody's.
 * @module
 */
import assert from "node:assert/strict";
import { boardKey } from "../../support/board.ts";
import { type Json, type Mesh, type Reply, sharedMeshTest, within } from "../../support/mesh.ts";
import { past } from "../../support/within.ts";

const test = sharedMeshTest();

const MODEL = "drive-rss";
const BODY = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};

interface Operation {
  method: string;
  path: string;
  /** Whom it asks for; null: nobody. */
  asks: "key" | "admin" | "either" | "board" | null;
  documented: number[];
  /** The names of its query. */
  query: string[];
}

async function operations(mesh: Mesh, names: Record<string, string>): Promise<Operation[]> {
  const { body: { paths } } = await mesh.call("/openapi.json", { key: null });
  return Object.entries(paths as Json).flatMap(([template, methods]) =>
    Object.entries(methods as Json).map(([method, operation]): Operation => {
      const { security = [], responses, parameters = [] } = operation as Json;
      const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => {
        assert.ok(name in names, `${template}: say what {${name}} is`);
        return names[name];
      });
      const takes = (kind: string) => security.some((one: Json) => kind in one);
      const open = security.some((one: Json) => Object.keys(one).length === 0);
      const asks = open
        ? null
        : takes("board")
        ? "board"
        : takes("admin")
        ? takes("key") ? "either" : "admin"
        : takes("key")
        ? "key"
        : null;
      const documented = Object.keys(responses).map(Number);
      const query = parameters.filter((one: Json) => one.in === "query")
        .map(({ name }: Json) => name);
      return { method: method.toUpperCase(), path, asks, documented, query };
    })
  );
}

/** What stands for the rest of a path. */
const ANY = { key: "none", sha256: "0".repeat(64), constellation: "none-0", number: "0" };
const NODE = "G2A-017-042";

async function revokedBoard(mesh: Mesh): Promise<string> {
  const { id, key } = await boardKey(mesh, NODE);
  const path = `/v1/nodes/${NODE}/boards/${id}`;
  assert.equal((await mesh.admin(path, { method: "DELETE" })).status, 204);
  return key;
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
    models: await mesh.tenant("scoped", { scopes: ["models"] }),
  };
  const { admin_token } = mesh.emulator.secrets;
  const revokedAdmin = await mesh.admin("/v1/admin-keys", { body: { name: "left" } });
  const left = `/v1/admin-keys/${revokedAdmin.body.id}`;
  assert.equal((await mesh.admin(left, { method: "DELETE" })).status, 204);
  const unknown: Record<string, string | null> = {
    "no key": null,
    "a malformed key": "short",
    "a key nobody made": "x".repeat(42),
    "a mistyped key": mine.slice(0, -1) + (mine.endsWith("0") ? "1" : "0"),
    "an expired key": expiring,
    "a revoked key": revoked,
    "the admin token, mistyped": admin_token.slice(0, -1) + (admin_token.endsWith("0") ? "1" : "0"),
    "a revoked admin key": revokedAdmin.body.key,
    "a revoked board's key": await revokedBoard(mesh),
  };

  const names = { ...ANY, id, name: MODEL, version: "1", tenant: "victim" };
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
  const { key: board } = await boardKey(mesh, NODE);
  for (const operation of all) {
    if (operation.asks === null) {
      const reply = await send(mesh, operation, null);
      assert.ok(![401, 403].includes(reply.status), `${operation.path} is open: ${reply.status}`);
      continue;
    }
    for (const [what, key] of Object.entries(unknown)) {
      refuses(await send(mesh, operation, key), 401, what, operation);
    }
    if (operation.asks === "board") {
      refuses(await send(mesh, operation, mine), 401, "a tenant's key", operation);
      refuses(await send(mesh, operation, admin_token), 401, "the admin token", operation);
      refuses(
        await send(mesh, operation, board),
        403,
        "the key of another node's board",
        operation,
      );
      continue;
    }
    refuses(await send(mesh, operation, board), 401, "a board's key", operation);
    if (operation.asks === "admin") {
      refuses(await send(mesh, operation, mine), 403, "a tenant's key", operation);
      continue;
    }
    if (operation.asks === "key") {
      refuses(await send(mesh, operation, admin_token), 403, "the admin token", operation);
    }
    // Each route asks for one scope: of the keys with one each, one alone does.
    const replies: Reply[] = [];
    for (const key of Object.values(scoped)) replies.push(await send(mesh, operation, key));
    const without = replies.filter(({ status }) => status === 403);
    const statuses = replies.map(({ status }) => status);
    assert.equal(without.length, replies.length - 1, `${operation.path}: ${statuses}`);
    for (const reply of without) refuses(reply, 403, "a key of another scope", operation);
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
  const names = { ...ANY, id, name: MODEL, version: "1", tenant: "owner" };
  const reads = (await operations(mesh, names))
    .filter(({ asks, method }) => (asks === "key" || asks === "either") && method === "GET");
  assert.ok(reads.length >= 8, `${reads.length} routes are too few`);
  for (const operation of reads) {
    const reply = await send(mesh, operation, theirs);
    const where = `${operation.path}: ${reply.status} ${reply.text.slice(0, 200)}`;
    assert.ok(reply.status < 500, where);
    if (operation.path.includes(id)) assert.equal(reply.status, 404, where);
    for (const own of [key_id, '"owner"', ...(operation.path.includes(id) ? [] : [id])]) {
      assert.ok(!reply.text.includes(own), `${operation.path} tells ${own}`);
    }
    // Nor by the other's name, where the route takes one: in the words of a tenant that there is not.
    if (!operation.query.includes("tenant")) continue;
    const ask = (tenant: string) =>
      send(mesh, { ...operation, path: `${operation.path}?tenant=${tenant}` }, theirs);
    const [named, unknown] = [await ask("owner"), await ask("nobody")];
    assert.deepEqual([named.status, unknown.status], [404, 404], operation.path);
    assert.equal(named.body.detail.replace("owner", "nobody"), unknown.body.detail);
    const itself = await ask("neighbour");
    assert.deepEqual([itself.status, itself.body?.errors], [reply.status, reply.body?.errors]);
  }
});

test("An operator reads every tenant's things by its name, and runs nothing", async (mesh) => {
  const key = await mesh.tenant("customer");
  const ran = await mesh.call(`/v2/models/${MODEL}/infer`, { key, body: BODY });
  assert.equal(ran.status, 200, ran.text);
  const { execution_id: id, node } = ran.body.parameters;
  await within(10_000, "its placement", async () => {
    const { status } = await mesh.call(`/v1/placements/${id}`, { key });
    return status === 200 || null;
  });
  const made = await mesh.admin("/v1/admin-keys", { body: { name: "operator" } });
  assert.equal(made.status, 201, made.text);
  const operators = {
    "the admin token": mesh.emulator.secrets.admin_token,
    "an admin key": made.body.key,
  };
  const names = { ...ANY, id, name: MODEL, version: "1", tenant: "customer" };
  const all = await operations(mesh, names);
  const reads = all.filter(({ asks }) => asks === "either");
  for (const { path, query } of reads) {
    const asOf = (key: string, tenant?: string) =>
      mesh.call(tenant === undefined ? path : `${path}?tenant=${tenant}`, {
        key,
        headers: { "Perigee-Origin": "48.86, 2.35" },
      });
    const own = await asOf(key);
    for (const [what, operator] of Object.entries(operators)) {
      const where = `${path} with ${what}`;
      const named = await asOf(operator, query.includes("tenant") ? "customer" : undefined);
      assert.equal(named.status, own.status, `${where}: ${named.text.slice(0, 200)}`);
      if (own.status === 200 && /placement|receipts|invoices|prices|limits/.test(path)) {
        assert.deepEqual(named.body, own.body, where);
      }
      if (!query.includes("tenant")) continue;
      const unnamed = await asOf(operator);
      if (/receipts|usage|placements$|placement-arcs$|invoices$|limits/.test(path)) {
        assert.equal(unnamed.status, 400, `${where}: ${unnamed.text.slice(0, 200)}`);
        assert.equal(unnamed.body.errors[0].pointer, "#/tenant", where);
        const nobody = await asOf(operator, "nobody");
        assert.equal(nobody.status, 404, `${where}: ${nobody.text.slice(0, 200)}`);
      } else {
        assert.equal(unnamed.status, own.status, `${where}: ${unnamed.text.slice(0, 200)}`);
      }
    }
  }
  const paths = reads.map(({ path }) => path);
  for (const path of ["prices", "receipts", "usage", "placements", "nodes", "invoices"]) {
    assert.ok(paths.includes(`/v1/${path}`), path);
  }
  const admin = { key: made.body.key };
  const { body: { data: [receipt] } } = await mesh.call("/v1/receipts?tenant=customer", admin);
  assert.equal(receipt.id, id);
  const { body: { total } } = await mesh.call("/v1/usage?tenant=customer", admin);
  assert.equal(total.executions, 1);
  assert.equal((await mesh.call(`/v1/placements/${id}`, admin)).status, 200);
  const shown = async (query: string) =>
    (await mesh.call(`/v1/nodes/${node}${query}`, admin)).body.modelled.source;
  await mesh.tenant("bystander");
  assert.deepEqual(
    [await shown(""), await shown("?tenant=customer"), await shown("?tenant=bystander")],
    ["node", "node", "computed"],
  );
});
