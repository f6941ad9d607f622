/**
 * The registry of models: what an upload gives and what is refused, and that no tenant ever sees another's.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, type Mesh, type Reply, sharedMeshTest, within } from "../../support/mesh.ts";

const test = sharedMeshTest();

const FILE = await Deno.readFile(new URL("../../../models/onnx/drive-rss.onnx", import.meta.url));
const OTHER = await Deno.readFile(
  new URL("../../../models/onnx/telemetry-anomaly.onnx", import.meta.url),
);
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const hex = async (bytes: Uint8Array<ArrayBuffer>) => (await sha256(bytes)).toHex();

const SCOPES = ["infer", "read", "models"];

function put(
  mesh: Mesh,
  name: string,
  body: Uint8Array<ArrayBuffer>,
  { key, headers = {} }: { key?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  return mesh.call(`/v1/models/${name}`, {
    method: "PUT",
    body,
    ...(key && { key }),
    headers: { "Content-Type": "application/octet-stream", ...headers },
  });
}

/** The part of a bucket that the tests read; the types of Miniflare's are of another runtime. */
interface Bucket {
  list(options: { prefix: string }): Promise<{ objects: { key: string }[] }>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}

const bucketOf = async (mesh: Mesh) =>
  await mesh.emulator.runtime.getR2Bucket("MODELS") as unknown as Bucket;

/** The keys of a tenant's files in the bucket. */
async function keysOf(mesh: Mesh, tenant: string): Promise<string[]> {
  const bucket = await bucketOf(mesh);
  const { objects } = await bucket.list({ prefix: `${tenant}/` });
  return objects.map(({ key }) => key).sort();
}

const reason = ({ status, body }: Reply): [number, string] => [status, body?.error?.code];

test("An upload is a version with its digest; the same bytes again are the same version; other bytes are the next", async (mesh) => {
  const key = await mesh.tenant("versions", { scopes: SCOPES });
  const first = await put(mesh, "detector", FILE, { key });
  assert.equal(first.status, 201, first.text);
  const { id, object, owned_by, created, perigee } = first.body;
  assert.deepEqual([id, object, owned_by], ["detector", "model", "versions"]);
  assert.ok(Math.abs(created - Date.now() / 1e3) < 60);
  assert.deepEqual(
    [perigee.version, perigee.sha256, perigee.file_bytes],
    ["1", await hex(FILE), FILE.length],
  );
  assert.deepEqual(perigee.inputs, [
    { name: "state", datatype: "FP32", shape: [-1, 6], dims: ["N", 6] },
  ]);
  const again = await put(mesh, "detector", FILE, { key });
  assert.equal(again.status, 200, again.text);
  assert.deepEqual(again.body, first.body);
  const second = await put(mesh, "detector", OTHER, { key });
  assert.deepEqual([second.status, second.body.perigee.version], [201, "2"], second.text);
  // The first version's bytes are still the first version.
  const old = await put(mesh, "detector", FILE, { key });
  assert.deepEqual([old.status, old.body.perigee.version], [200, "1"], old.text);
  const keys = await keysOf(mesh, "versions");
  assert.equal(keys.length, 4, `a file and a skeleton for each version: ${keys}`);
  const shown = await mesh.call("/v1/models/detector", { key });
  assert.equal(shown.body.perigee.version, "2");
  assert.deepEqual(shown.body.perigee.versions.map((one: Json) => one.version), ["1", "2"]);
  const one = await mesh.call("/v1/models/detector/versions/1", { key });
  assert.deepEqual(one.body, old.body);
});

test("What lies in the bucket is what was sent, to the byte", async (mesh) => {
  const key = await mesh.tenant("bytes", { scopes: SCOPES });
  assert.equal((await put(mesh, "m", OTHER, { key })).status, 201);
  const bucket = await bucketOf(mesh);
  const [file] = await keysOf(mesh, "bytes");
  const stored = await bucket.get(file);
  assert.deepEqual(new Uint8Array(await stored!.arrayBuffer()), OTHER);
});

test("The list has OpenAI's shape: built-in models and the tenant's own", async (mesh) => {
  const key = await mesh.tenant("lister", { scopes: SCOPES });
  assert.equal((await put(mesh, "mine", FILE, { key })).status, 201);
  const { status, body } = await mesh.call("/v1/models", { key });
  assert.equal(status, 200);
  assert.equal(body.object, "list");
  assert.deepEqual(
    body.data.map((model: Json) => [model.id, model.object, model.owned_by]),
    [
      ["scene-indices", "model", "perigee"],
      ["telemetry-anomaly", "model", "perigee"],
      ["drive-rss", "model", "perigee"],
      ["mine", "model", "lister"],
    ],
  );
  assert.ok(body.data.every((model: Json) => Number.isInteger(model.created)));
  assert.deepEqual(body.perigee.quota, {
    model_bytes_max: 2 ** 29,
    models_max: 32,
    model_bytes: FILE.length,
    models: 1,
  });
  const operators = await mesh.admin("/v1/models?tenant=lister");
  assert.deepEqual(operators.body, body);
  assert.equal((await mesh.admin("/v1/models")).body.data.length, 3);
});

test("Two tenants' models of one name never meet", async (mesh) => {
  const [ours, theirs] = await Promise.all(
    ["ours", "theirs"].map((id) => mesh.tenant(id, { scopes: SCOPES })),
  );
  assert.equal((await put(mesh, "secret", FILE, { key: ours })).status, 201);
  for (
    const [method, path] of [
      ["GET", "/v1/models/secret"],
      ["GET", "/v1/models/secret/versions/1"],
      ["DELETE", "/v1/models/secret"],
      ["DELETE", "/v1/models/secret/versions/1"],
      ["GET", "/v2/models/secret"],
      ["GET", "/v2/models/secret/ready"],
      ["GET", "/v2/models/secret/versions/1"],
      ["GET", "/v2/models/secret/versions/1/ready"],
    ]
  ) {
    const reply = await mesh.call(path, { method, key: theirs });
    const never = await mesh.call(path.replace("secret", "nowhere"), { method, key: theirs });
    assert.equal(reply.status, 404, `${method} ${path}: ${reply.text}`);
    // Nothing tells that there is one of another tenant's.
    const words = ({ text }: Reply) =>
      text.replace(/"instance":"[^"]*"/, "").replaceAll("nowhere", "secret");
    assert.equal(words(reply), words(never), path);
    const nobody = await mesh.call(path, { method, key: null });
    assert.equal(nobody.status, path.startsWith("/v1") ? 401 : 404, path);
  }
  for (
    const [path, body] of [["/v1/route", { model: "secret", origin: { lat: 0, lon: 0 } }], [
      "/v2/models/secret/infer",
      { inputs: [], parameters: { origin_lat: 0, origin_lon: 0 } },
    ]] as const
  ) {
    const reply = await mesh.call(path, { key: theirs, body });
    assert.equal(reply.status, 404, `${path}: ${reply.text}`);
  }
  const foreign = await mesh.call("/v1/models?tenant=ours", { key: theirs });
  assert.equal(foreign.status, 404);
  assert.equal((await put(mesh, "secret", OTHER, { key: theirs })).status, 201);
  const [mine, other] = await Promise.all(
    [ours, theirs].map((key) => mesh.call("/v1/models/secret", { key })),
  );
  assert.deepEqual(
    [mine.body.perigee.sha256, mine.body.owned_by],
    [await hex(FILE), "ours"],
  );
  assert.deepEqual(
    [other.body.perigee.sha256, other.body.owned_by],
    [await hex(OTHER), "theirs"],
  );
  assert.equal(
    (await mesh.call("/v1/models/secret", { method: "DELETE", key: theirs })).status,
    200,
  );
  assert.equal((await mesh.call("/v1/models/secret", { key: ours })).status, 200);
});

test("The protocol's routes know a tenant's model, its versions, and where it would run", async (mesh) => {
  const key = await mesh.tenant("asker", { scopes: SCOPES });
  assert.equal((await mesh.call("/v2/models/mine", { key })).status, 404);
  assert.equal((await put(mesh, "mine", FILE, { key })).status, 201);
  assert.equal((await put(mesh, "mine", OTHER, { key })).status, 201);
  const metadata = await mesh.call("/v2/models/mine", { key });
  assert.equal(metadata.status, 200, metadata.text);
  assert.deepEqual([metadata.body.name, metadata.body.versions], ["mine", ["1", "2"]]);
  const first = await mesh.call("/v2/models/mine/versions/1", { key });
  assert.deepEqual(first.body.inputs, [{ name: "state", datatype: "FP32", shape: [-1, 6] }]);
  assert.equal((await mesh.call("/v2/models/mine/versions/3", { key })).status, 404);
  assert.equal((await mesh.call("/v2/models/mine/ready", { key })).status, 200);
  assert.equal((await mesh.call("/v2/models/mine/versions/2/ready", { key })).status, 200);
  const body = { model: "mine", origin: { lat: 48.86, lon: 2.35 } };
  const route = await mesh.call("/v1/route", { key, body });
  assert.equal(route.status, 200, route.text);
  assert.ok(route.body.placement.node);
  const asked = {
    parameters: { origin_lat: 48.86, origin_lon: 2.35 },
    inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
  };
  // The newest version is another file, with other inputs.
  assert.equal((await mesh.call("/v2/models/mine/infer", { key, body: asked })).status, 400);
  const builtIn = await mesh.call("/v2/models/drive-rss/infer", { key, body: asked });
  const path = "/v2/models/mine/versions/1/infer";
  for (const headers of [undefined, { "Idempotency-Key": path }]) {
    const run = await mesh.call(path, { key, headers, body: asked });
    assert.equal(run.status, 200, run.text);
    assert.deepEqual([run.body.model_name, run.body.model_version], ["mine", "1"]);
    assert.deepEqual(run.body.outputs, builtIn.body.outputs);
  }
});

test("A deleted version is gone, and its number with it; a deleted model is gone with all its versions", async (mesh) => {
  const key = await mesh.tenant("deleter", { scopes: SCOPES });
  assert.equal((await put(mesh, "old", FILE, { key })).status, 201);
  assert.equal((await put(mesh, "old", OTHER, { key })).status, 201);
  const one = await mesh.call("/v1/models/old/versions/2", { method: "DELETE", key });
  assert.deepEqual([one.status, one.body], [200, { id: "old", object: "model", deleted: true }]);
  assert.deepEqual((await mesh.call("/v2/models/old", { key })).body.versions, ["1"]);
  assert.equal((await put(mesh, "old", OTHER, { key })).body.perigee.version, "3");
  assert.equal((await mesh.call("/v1/models/old", { method: "DELETE", key })).status, 200);
  for (const path of ["/v1/models/old", "/v2/models/old", "/v1/models/old/versions/1"]) {
    assert.equal((await mesh.call(path, { key })).status, 404, path);
  }
  const again = await mesh.call("/v1/models/old", { method: "DELETE", key });
  assert.deepEqual(reason(again), [404, "model_not_found"]);
  assert.equal((await put(mesh, "old", FILE, { key })).body.perigee.version, "4");
  // Runs under way may still load what is deleted: the files stay for some minutes.
  assert.equal((await keysOf(mesh, "deleter")).length, 8);
});

test("What is refused says why, and leaves nothing in the ledger or the bucket", async (mesh) => {
  const key = await mesh.tenant("refused", { scopes: SCOPES });
  const digest = `sha-256=:${(await sha256(OTHER)).toBase64()}:`;
  const upload = (name: string, body: Uint8Array<ArrayBuffer>, headers = {}) => () =>
    put(mesh, name, body, { key, headers });
  const html = new TextEncoder().encode("<html>");
  const remove = () => mesh.call("/v1/models/drive-rss", { method: "DELETE", key });
  const cases: [string, () => Promise<Reply>, number, string][] = [
    ["a built-in name", upload("drive-rss", FILE), 409, "conflict"],
    ["a bad name", upload("Detector", FILE), 400, "invalid_request"],
    ["a long name", upload("a".repeat(65), FILE), 400, "invalid_request"],
    ["nothing", upload("m", new Uint8Array()), 422, "model_invalid"],
    ["no ONNX", upload("m", html), 422, "model_invalid"],
    ["another digest", upload("m", FILE, { "Content-Digest": digest }), 400, "invalid_request"],
    ["no digest", upload("m", FILE, { "Content-Digest": "sha-256=:x:" }), 400, "invalid_request"],
    ["packed", upload("m", FILE, { "Content-Encoding": "gzip" }), 415, "unsupported_media_type"],
    ["built-in, deleted", remove, 409, "conflict"],
  ];
  for (const [what, send, status, code] of cases) {
    const reply = await send();
    assert.deepEqual(reason(reply), [status, code], `${what}: ${reply.text}`);
  }
  const chunked = await mesh.call("/v1/models/m", {
    method: "PUT",
    key,
    body: new ReadableStream({
      start(controller) {
        controller.enqueue(FILE);
        controller.close();
      },
    }),
  });
  assert.deepEqual(reason(chunked), [411, "length_required"], chunked.text);
  const reader = await mesh.tenant("refused", { scopes: ["infer", "read"] });
  assert.deepEqual(reason(await put(mesh, "m", FILE, { key: reader })), [403, "forbidden"]);
  const right = { "Content-Digest": `sha-256=:${(await sha256(FILE)).toBase64()}:` };
  assert.equal((await put(mesh, "right", FILE, { key, headers: right })).status, 201);
  assert.equal((await keysOf(mesh, "refused")).length, 2);
  const rows = await mesh.rows("SELECT name FROM models WHERE tenant_id = 'refused'");
  assert.deepEqual(rows.map(({ name }) => name), ["right"]);
});

test("A quota is told before the file is read, and a version that is there may be sent again all the same", async (mesh) => {
  const key = await mesh.tenant("small", { scopes: SCOPES });
  const path = "/v1/tenants/small/model-quota";
  const quota = { model_bytes_max: FILE.length, models_max: 2 };
  const set = await mesh.admin(path, { method: "PUT", body: quota });
  assert.deepEqual([set.status, set.body], [200, { ...quota, model_bytes: 0, models: 0 }]);
  assert.equal((await put(mesh, "a", FILE, { key })).status, 201);
  assert.equal((await put(mesh, "a", FILE, { key })).status, 200);
  const full = await put(mesh, "b", OTHER, { key });
  assert.deepEqual(reason(full), [422, "model_quota"], full.text);
  assert.equal((await put(mesh, "b", FILE, { key })).status, 422);
  assert.equal((await keysOf(mesh, "small")).length, 2);
  await mesh.admin(path, { method: "PUT", body: { model_bytes_max: 2 ** 30, models_max: 1 } });
  const many = await put(mesh, "b", OTHER, { key });
  assert.match(many.body.detail, /quota is 1/);
  assert.deepEqual((await mesh.admin(path)).body, {
    model_bytes_max: 2 ** 30,
    models_max: 1,
    model_bytes: FILE.length,
    models: 1,
  });
  assert.equal((await mesh.call(path, { key })).status, 403);
  assert.equal((await mesh.admin("/v1/tenants/nobody/model-quota")).status, 404);
});

test("Models are served while the ledger is away, and an upload is 503", async (mesh) => {
  const key = await mesh.tenant("outage", { scopes: SCOPES });
  assert.equal((await put(mesh, "kept", FILE, { key })).status, 201);
  assert.equal((await mesh.call("/v2/models/kept", { key })).status, 200);
  const back = await mesh.emulator.ledger.takeAway();
  try {
    assert.equal((await mesh.call("/v2/models/kept", { key })).status, 200);
    assert.deepEqual(reason(await put(mesh, "new", OTHER, { key })), [503, "ledger_unavailable"]);
  } finally {
    await back();
  }
  assert.equal((await put(mesh, "new", OTHER, { key })).status, 201);
});

/** Sends the first half of a file, and waits. */
async function halfUpload(mesh: Mesh, key: string) {
  const { hostname, port } = new URL(mesh.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(
    new TextEncoder().encode(
      `PUT /v1/models/cut HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${key}\r\n` +
        `Content-Length: ${FILE.length}\r\n\r\n`,
    ),
  );
  await connection.write(FILE.subarray(0, FILE.length / 2));
  let answered = false;
  const hears = () => void (answered = true);
  connection.read(new Uint8Array(1)).then(hears, hears);
  return { connection, isAnswered: () => answered };
}

test("A tenant uploads one file at a time, and one whose sender hangs up is not there and holds up nobody", async (mesh) => {
  const key = await mesh.tenant("busy", { scopes: SCOPES });
  const other = await mesh.tenant("patient", { scopes: SCOPES });
  let held = await halfUpload(mesh, key);
  const refused = await within(10_000, "a refusal", async () => {
    const reply = await put(mesh, "second", new TextEncoder().encode("<html>"), { key });
    // One of these may have come first, and the half one been refused for it.
    if (held.isAnswered()) {
      held.connection.close();
      held = await halfUpload(mesh, key);
    }
    return reply.status === 503 ? reply : null;
  });
  assert.deepEqual(reason(refused), [503, "overloaded"], refused.text);
  assert.match(refused.headers.get("Retry-After") ?? "", /^\d+$/);
  assert.equal((await put(mesh, "mine", FILE, { key: other })).status, 201);
  held.connection.close();
  const made = await within(20_000, "its place", async () => {
    const reply = await put(mesh, "second", FILE, { key });
    return reply.status === 503 ? null : reply;
  });
  assert.equal(made.status, 201, made.text);
  assert.equal((await keysOf(mesh, "busy")).length, 2);
  const rows = await mesh.rows("SELECT name FROM models WHERE tenant_id = 'busy'");
  assert.deepEqual(rows.map(({ name }) => name), ["second"]);
});

test("The development key uploads as the README says it, with curl", async (mesh) => {
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  await Deno.writeFile(path, FILE);
  const { stdout, success } = await new Deno.Command("curl", {
    args: [
      "-sS",
      "-T",
      path,
      `${mesh.url}/v1/models/detector`,
      "-H",
      `Authorization: Bearer ${mesh.emulator.secrets.dev_key}`,
    ],
  }).output();
  assert.ok(success);
  assert.equal(JSON.parse(new TextDecoder().decode(stdout)).perigee.sha256, await hex(FILE));
  await Deno.remove(path);
});

test("The protocol's lists hold a tenant's own models beside the built-in ones, and nobody else's", async (mesh) => {
  const key = await mesh.tenant("listed", { scopes: SCOPES });
  const other = await mesh.tenant("not-listed", { scopes: SCOPES });
  assert.equal((await put(mesh, "detector", FILE, { key })).status, 201);
  const listOf = async (as: string) => {
    const index = await mesh.call("/v2/repository/index", { method: "POST", key: as });
    const stats = await mesh.call("/v2/models/stats", { key: as });
    assert.deepEqual([index.status, stats.status], [200, 200], index.text + stats.text);
    const named = ({ name, version }: Json) => `${name}:${version}`;
    const lists = [index.body, stats.body.model_stats].map((list) => list.map(named));
    assert.deepEqual(lists[0], lists[1]);
    return lists[0];
  };
  const builtIn = await listOf(other);
  assert.ok(builtIn.length === 3 && !builtIn.includes("detector:1"), `${builtIn}`);
  assert.deepEqual(await listOf(key), [...builtIn, "detector:1"]);
  // The statistics' own path.
  assert.equal((await put(mesh, "stats", FILE, { key })).status, 409);
});
