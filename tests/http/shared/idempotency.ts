/**
 * Idempotency-Key, from outside: what is sent twice runs once, and nobody else learns of it.
 * @module
 */
import assert from "node:assert/strict";
import { sendRaw } from "../../support/raw-http.ts";
import { assertTooLarge } from "../../support/upload.ts";
import {
  type Call,
  type Json,
  type Mesh,
  type Reply,
  sharedMeshTest,
  within,
} from "../../support/mesh.ts";
import { assertError } from "../../support/refusals.ts";

const test = sharedMeshTest();

const INFER = "/v2/models/drive-rss/infer";

/** From a longitude of its own, so that a run can be told in the ledger. */
const inferBody = (lon: number, lat = 20) => ({
  parameters: { origin_lat: lat, origin_lon: lon },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
});

const withKey = (key: string, call: Call): Call => ({
  ...call,
  headers: { ...call.headers, "Idempotency-Key": key },
});

const replayed = ({ headers }: Reply) => headers.get("Idempotency-Replayed");

const receiptsOf = (mesh: Mesh, tenant: string) =>
  mesh.rows("SELECT id FROM receipts WHERE tenant_id = ?", [tenant]);

/**
 * Runs once more, and waits until the ledger has that receipt and as many as it must have with it. Those of
 * other nodes may come a moment later, by another collector.
 */
async function settled(
  mesh: Mesh,
  { key, tenant, receipts }: { key: string; tenant: string; receipts: number },
): Promise<void> {
  const { body } = await mesh.call(INFER, { key, body: inferBody(100) });
  const last = body.parameters.execution_id;
  const rows = await within(20_000, `${receipts} receipts`, async () => {
    const rows = await receiptsOf(mesh, tenant);
    return rows.length >= receipts && rows.some(({ id }) => id === last) ? rows : null;
  });
  assert.equal(rows.length, receipts);
}

test("A repetition gets the answer byte for byte, and the ledger one execution", async (mesh) => {
  const key = await mesh.tenant("repeating");
  const call = withKey("order 66", { key, body: inferBody(1) });
  const first = await mesh.call(INFER, call);
  assert.equal(first.status, 200, first.text);
  assert.equal(replayed(first), null);
  for (let again = 0; again < 3; again++) {
    const reply = await mesh.call(INFER, call);
    assert.deepEqual([reply.status, replayed(reply)], [200, "true"]);
    assert.equal(reply.text, first.text);
    for (const name of ["Content-Type", "Perigee-Execution", "Perigee-Node"]) {
      assert.equal(reply.headers.get(name), first.headers.get(name), name);
    }
    assert.notEqual(reply.headers.get("X-Request-Id"), first.headers.get("X-Request-Id"));
  }
  await settled(mesh, { key, tenant: "repeating", receipts: 2 });

  const without = await mesh.call(INFER, { key, body: inferBody(1) });
  assert.notEqual(without.body.parameters.execution_id, first.body.parameters.execution_id);
});

test("The same key with another body, path or query is 422", async (mesh) => {
  const key = await mesh.tenant("reusing");
  const first = await mesh.call(INFER, withKey("k", { key, body: inferBody(2) }));
  assert.equal(first.status, 200, first.text);
  const body = inferBody(2);
  for (
    const [path, call] of [
      [INFER, { body: inferBody(3) }],
      [INFER, { body: JSON.stringify(body) + " " }],
      ["/v2/models/drive-rss/versions/1/infer", { body }],
      [`${INFER}?a=b`, { body }],
      ["/v1/route", { body }],
    ] as [string, Call][]
  ) {
    const reply = await mesh.call(path, withKey("k", { key, ...call }));
    assertError(reply, { what: "a used key", path, status: 422, says: /another request/ });
  }
});

test("That no node is near enough just now is not kept: the next minute may answer otherwise", async (mesh) => {
  const key = await mesh.tenant("hurried");
  const body = { ...inferBody(2), parameters: { ...inferBody(2).parameters, deadline_ms: 0.001 } };
  for (let again = 0; again < 2; again++) {
    const reply = await mesh.call(INFER, withKey("k", { key, body }));
    assertError(reply, { what: "too late", path: INFER, status: 422, says: /within 0.001 ms/ });
    assert.equal(replayed(reply), null);
  }
});

test("Of a hundred at once one runs; all others get its answer, or 409 and when to ask again", async (mesh) => {
  const key = await mesh.tenant("hundred");
  const call = withKey("k".repeat(255), { key, body: inferBody(4) });
  const replies = await Promise.all(Array.from({ length: 100 }, () => mesh.call(INFER, call)));
  const answers = replies.filter(({ status }) => status === 200);
  for (const reply of replies.filter(({ status }) => status !== 200)) {
    assertError(reply, { what: "too early", path: INFER, status: 409, says: /running still/ });
    assert.match(reply.headers.get("Retry-After") ?? "", /^[1-9]\d*$/);
  }
  assert.equal(answers.filter((reply) => replayed(reply) === null).length, 1);
  assert.deepEqual(new Set(answers.map(({ text }) => text)).size, 1);
  await settled(mesh, { key, tenant: "hundred", receipts: 2 });
});

test("A key is its tenant's own: the same one of another tenant runs for that one", async (mesh) => {
  const keys = [await mesh.tenant("one-of-two"), await mesh.tenant("two-of-two")];
  const replies = [];
  for (const key of keys) {
    replies.push(await mesh.call(INFER, withKey("shared", { key, body: inferBody(5) })));
  }
  assert.deepEqual(replies.map(({ status }) => status), [200, 200]);
  assert.deepEqual(replies.map(replayed), [null, null]);
  const [one, two] = replies.map(({ body }) => body.parameters.execution_id);
  assert.notEqual(one, two);
  // A second key of the same tenant is the same caller.
  const second = await mesh.tenant("one-of-two");
  const reply = await mesh.call(INFER, withKey("shared", { key: second, body: inferBody(5) }));
  assert.deepEqual([replayed(reply), reply.body.parameters.execution_id], ["true", one]);
});

test("A refusal that is final is repeated; one that is not frees the key", async (mesh) => {
  const key = await mesh.tenant("refused");
  const bad = withKey("final", { key, body: { inputs: [] } });
  const first = await mesh.call(INFER, bad);
  assert.equal(first.status, 400, first.text);
  const again = await mesh.call(INFER, bad);
  assert.deepEqual([again.status, again.text, replayed(again)], [400, first.text, "true"]);
  const unknown = "/v2/models/none/infer";
  for (let again = 0; again < 2; again++) {
    const reply = await mesh.call(unknown, withKey("404", { key, body: inferBody(6) }));
    assert.deepEqual(
      [reply.status, replayed(reply)],
      [404, null],
      "it may be there a moment later",
    );
  }

  const free = withKey("free", { key });
  const far = { ...inferBody(6), parameters: { ...inferBody(6).parameters, policy: NOWHERE } };
  const none = await mesh.call(INFER, { ...free, body: far });
  assert.equal(none.status, 503, none.text);
  const repeated = await mesh.call(INFER, { ...free, body: far });
  assert.deepEqual([repeated.status, replayed(repeated)], [503, null]);
  const other = await mesh.call(INFER, { ...free, body: inferBody(6) });
  assert.deepEqual([other.status, replayed(other)], [200, null], other.text);
});

test("A wrong header is not kept: the right one runs under the same key", async (mesh) => {
  const key = await mesh.tenant("mending");
  const state = { inputs: inferBody(9).inputs };
  const asks: [string, Json, Record<string, string>, Record<string, string>][] = [
    ["/v1/route", { model: "drive-rss" }, { "Perigee-Origin": "999,0" }, {
      "Perigee-Origin": "48,2",
    }],
    [INFER, state, { "Perigee-Origin": "north" }, { "Perigee-Origin": "48,2" }],
    [INFER, inferBody(9), { "Perigee-Emulate": "speed" }, { "Perigee-Emulate": "latency" }],
    ["/v1/route", { model: "drive-rss", origin: { lat: 1, lon: 1 } }, {
      "Content-Type": "text/plain",
    }, {}],
  ];
  for (const [i, [path, body, wrong, right]] of asks.entries()) {
    const send = (headers: Record<string, string>) =>
      mesh.call(path, withKey(`mended ${i}`, { key, body: JSON.stringify(body), headers }));
    const refused = await send(wrong);
    assert.ok([400, 415].includes(refused.status), `${JSON.stringify(wrong)}: ${refused.text}`);
    assert.equal(replayed(await send(wrong)), null, JSON.stringify(wrong));
    const ran = await send(right);
    assert.deepEqual(
      [ran.status, replayed(ran)],
      [200, null],
      `${JSON.stringify(wrong)}: ${ran.text}`,
    );
  }
});

test("What a clock or a catalogue refuses is not kept: it may be right a moment later", async (mesh) => {
  const key = await mesh.tenant("early");
  const { admin_token } = mesh.emulator.secrets;
  const place = { model: "drive-rss", origin: { lat: 1, lon: 1 } };
  const policy = { allow: [{ node: "G9Z-999-999" }] };
  const parameters = { ...inferBody(1).parameters, policy: JSON.stringify(policy) };
  const prices = { per_request: 1, per_mega_operation: 1, per_kilobyte: 1 };
  const asks: [string, string, Json][] = [
    ["/v1/tenants/early/invoices", admin_token, { period: "2099-01" }],
    ["/v1/prices", admin_token, { ...prices, valid_from: "2001-01-01T00:00:00Z" }],
    ["/v1/route", key, { ...place, at: "2099-01-01T00:00:00Z" }],
    ["/v1/route", key, { ...place, policy }],
    [INFER, key, { ...inferBody(1), parameters }],
  ];
  for (const [path, shown, body] of asks) {
    for (let again = 0; again < 2; again++) {
      const reply = await mesh.call(path, withKey("early", { key: shown, body }));
      assert.deepEqual([reply.status, replayed(reply)], [400, null], reply.text);
    }
  }
});

/** Keeps out every node that one could reach from the tropics. */
const EVERYWHERE = {
  type: "Polygon",
  coordinates: [[[-180, -89], [180, -89], [180, 89], [-180, 89], [-180, -89]]],
};
const NOWHERE = JSON.stringify({ deny: [{ area: EVERYWHERE }] });

test("A key that is none, too long or not printable is 400, behind authentication", async (mesh) => {
  const key = await mesh.tenant("malformed");
  for (const name of ["", "k".repeat(256), "a\tb", "é"]) {
    const reply = await mesh.call(INFER, withKey(name, { key, body: inferBody(7) }));
    const says = /1 to 255 printable/;
    assertError(reply, { what: JSON.stringify(name), path: INFER, status: 400, says });
    const stranger = await mesh.call(INFER, withKey(name, { key: null, body: inferBody(7) }));
    assert.equal(stranger.status, 401, stranger.text);
  }
  const { runtime } = mesh.emulator;
  const before = (await runtime.listDurableObjectIds("IDEMPOTENCY")).length;
  for (let i = 0; i < 32; i++) {
    const call = withKey(`k${i}`, { key: "x".repeat(42), body: inferBody(7) });
    assert.equal((await mesh.call(INFER, call)).status, 401);
  }
  assert.equal((await runtime.listDurableObjectIds("IDEMPOTENCY")).length, before);
  for (let i = 0; i < 64; i++) {
    await mesh.call(INFER, withKey(`k${i}`, { key, body: { inputs: [] } }));
  }
  const made = (await runtime.listDurableObjectIds("IDEMPOTENCY")).length - before;
  assert.ok(made > 1 && made <= 8, `${made} objects for 64 keys`);
});

test("A body over the limit is refused before it is read as a whole, with a key too", async (mesh) => {
  const key = await mesh.tenant("large");
  for (let again = 0; again < 2; again++) {
    const call = withKey("large", { key, body: " ".repeat(2 ** 20 + 1) });
    const { status, text } = await mesh.call("/v1/route", call);
    assert.equal(status, 413, text);
    assert.match(text, /at most/);
    await assertTooLarge(mesh, INFER, key, { "Idempotency-Key": "large" });
  }
});

test("A body over its route's own limit is refused unread, with a key as without", async (mesh) => {
  const key = await mesh.tenant("swollen");
  const { admin_token } = mesh.emulator.secrets;
  const SCENE = "/v2/models/scene-indices/infer";
  const asks: [string, string, number, number][] = [
    ["/v1/route", key, 2 * 2 ** 20, 413],
    ["/v1/tenants", admin_token, 2 * 2 ** 20, 413],
    ["/v1/nodes/G2A-017-042/drain", admin_token, 2 * 2 ** 20, 413],
    ["/v2/models/telemetry-anomaly/infer", key, 8 * 2 ** 20, 413],
    ["/v2/models/telemetry-anomaly/versions/1/infer", key, 8 * 2 ** 20, 413],
    ["/v2/models/none/infer", key, 2 * 2 ** 20, 404],
    [SCENE, key, 33 * 2 ** 20, 413],
    // Within the limit: the body is waited for, and found to be cut off.
    [SCENE, key, 2 * 2 ** 20, 400],
  ];
  for (const [path, shown, bytes, status] of asks) {
    const headers = [`Content-Length: ${bytes}`, `Idempotency-Key: ${path} ${bytes}`];
    const text = await sendRaw(mesh, { path, key: shown, headers, part: "{", then: "end" });
    assert.match(text, new RegExp(`^HTTP/1.1 ${status} `), `${path}: ${text}`);
  }
});

test("A key that is made is the same key again, once in the ledger, and on no disk in the clear", async (mesh) => {
  await mesh.tenant("making");
  const path = "/v1/tenants/making/keys";
  const secret = "make me one key";
  const call = withKey(secret, { body: { name: "twice" } });
  const replies = await Promise.all(Array.from({ length: 10 }, () => mesh.admin(path, call)));
  const [first, ...rest] = replies;
  assert.equal(first.status, 201, first.text);
  for (const reply of rest) assert.deepEqual([reply.status, reply.text], [201, first.text]);
  assert.equal(replies.filter((reply) => replayed(reply) === "true").length, 9);
  const made = await mesh.rows(
    "SELECT id FROM api_keys WHERE tenant_id = 'making' AND name = 'twice'",
  );
  assert.equal(made.length, 1);
  assert.equal((await mesh.call("/v1/usage", { key: first.body.key })).status, 200);

  const { file } = mesh.emulator.ledger;
  const folder = file.slice(0, file.lastIndexOf("/"));
  const files = await within(10_000, "files that stay while they are read", () => read(folder));
  let kept = 0;
  for (const { path, bytes } of files) {
    // Of the key what is no prefix that a list shows; of the caller's key the whole.
    for (const text of [first.body.key.slice(8, -4), secret]) {
      assert.ok(!includes(bytes, text), `${path} holds ${text.slice(0, 4)}...`);
      for (const before of ["", "x", "xx"]) {
        // Wherever it begins within three bytes: what its neighbours do not change.
        const inner = btoa(before + text).slice(4, -4);
        assert.ok(!includes(bytes, inner), `${path} holds ${text.slice(0, 4)}... in base64`);
      }
    }
    if (path.includes("AnswerKeeper")) kept++;
  }
  assert.ok(kept > 0, `no object of kept answers among ${files.length} files`);
});

test("Every POST of the API honours the header", async (mesh) => {
  const tenant_key = await mesh.tenant("walking");
  const { body: { paths } } = await mesh.call("/openapi.json", { key: null });
  const posts = Object.entries(paths as Json).filter(([, methods]) => (methods as Json).post);
  assert.ok(posts.length >= 10, `${posts.length} routes are too few to be all`);
  let finals = 0;
  for (const [template, { post }] of posts as Json[]) {
    // What exists, so that the answer depends on the request alone and is kept; the tenant's need not.
    const named: Record<string, string> = {
      name: "drive-rss",
      version: "1",
      id: "G2A-017-042",
    };
    const path = template.replaceAll(
      /\{(\w+)\}/g,
      (_: string, name: string) => named[name] ?? "none",
    );
    const admin = post.security.some((one: Json) => "admin" in one);
    const key = admin ? mesh.emulator.secrets.admin_token : tenant_key;
    // Refused as malformed, or done: final either way. What is not there may be a moment later.
    const call = (text: string, name = path) =>
      mesh.call(path, withKey(name, { method: "POST", key, body: text }));
    const first = await call("{");
    const shown = `${path}: ${first.status} ${first.text}`;
    assert.ok([200, 400, 404].includes(first.status), shown);
    const again = await call("{");
    const final = first.status !== 404;
    finals += Number(final);
    assert.deepEqual([again.status, replayed(again)], [first.status, final ? "true" : null], shown);
    if (final) assert.equal(again.text, first.text);
    assert.equal((await call("{ ")).status, final ? 422 : 404, shown);
    assert.equal((await call("{", "é")).status, 400, shown);
    const stranger = await mesh.call(path, withKey(path, { method: "POST", key: null, body: "{" }));
    assert.equal(stranger.status, 401, shown);
    assert.ok(post.parameters.some(({ name }: Json) => name === "Idempotency-Key"), shown);
    for (const status of [409, 422]) assert.ok(status in post.responses, `${path}: ${status}`);
  }
  assert.ok(finals >= posts.length - 1, `${finals} of ${posts.length} answers are final`);
});

test("A caller who hangs up finds the answer when it asks again", async (mesh) => {
  const key = await mesh.tenant("impatient");
  for (let run = 0; run < 20; run++) {
    const headers = {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      "Idempotency-Key": `run ${run}`,
      // Some 20 ms: long enough to hang up in the middle.
      "Perigee-Emulate": "latency",
    };
    const body = JSON.stringify(inferBody(10 + run));
    const signal = AbortSignal.timeout(2 * run);
    const sent = fetch(`${mesh.url}${INFER}`, { method: "POST", headers, body, signal });
    await sent.then((reply) => reply.text()).catch(() => {});
    const again = await mesh.call(INFER, { key, headers, body });
    assert.equal(again.status, 200, `hung up after ${2 * run} ms: ${again.text}`);
  }
  await settled(mesh, { key, tenant: "impatient", receipts: 21 });
});

test("An answer of megabytes is repeated byte for byte; one beyond what is kept is 409, never run again", async (mesh) => {
  const key = await mesh.tenant("heavy");
  const statuses: Record<string, (number | string | null)[]> = {};
  for (const side of [128, 480]) {
    const path = "/v2/models/scene-indices/infer";
    const call = withKey(`scene of ${side}`, { key, body: scene(side) });
    const first = await mesh.call(path, call);
    assert.equal(first.status, 200, first.text.slice(0, 300));
    const again = await mesh.call(path, call);
    const megabytes = first.text.length / 2 ** 20;
    if (megabytes <= 8) assert.ok(again.text === first.text, "another answer");
    else assertError(again, { what: "too large", path, status: 409, says: /too large to keep/ });
    statuses[megabytes.toFixed(1)] = [again.status, replayed(again)];
  }
  const shown = JSON.stringify(statuses);
  assert.deepEqual(Object.values(statuses), [[200, "true"], [409, null]], shown);
  await settled(mesh, { key, tenant: "heavy", receipts: 3 });
});

/** Of so many pixels a side, none of them like another: their text does not shorten. */
const scene = (side: number) => ({
  parameters: { origin_lat: 20, origin_lon: 8 },
  inputs: [{
    name: "reflectance",
    datatype: "FP32",
    shape: [1, 6, side, side],
    data: Array.from({ length: 6 * side * side }, (_, i) => (i * 0.618033988749 % 1) + 0.01),
  }],
});

/** What each file holds; null if one was gone by then, as a log is once its object sleeps. */
async function read(folder: string): Promise<{ path: string; bytes: Uint8Array }[] | null> {
  try {
    const paths = await filesUnder(folder);
    return await Promise.all(
      paths.map(async (path) => ({ path, bytes: await Deno.readFile(path) })),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesUnder(path));
    else found.push(path);
  }
  return found;
}

const includes = (bytes: Uint8Array, text: string): boolean =>
  new TextDecoder("latin1").decode(bytes).includes(text);
