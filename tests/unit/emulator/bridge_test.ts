import assert from "node:assert/strict";
import { createClient } from "@libsql/client/web";
import { ProtocolError } from "../../../emulator/bridge/hrana.ts";
import { LedgerThread } from "../../../emulator/bridge/ledger-thread.ts";
import { startBridge } from "../../../emulator/bridge/server.ts";
import { temporaryBridge } from "../../support/temporary-bridge.ts";

const integer = (value: string) => ({ type: "integer", value });
const float = (value: number) => ({ type: "float", value });
const blob = (base64: string) => ({ type: "blob", base64 });
const NULL = { type: "null" };
const step = (sql: string, condition?: unknown) => ({ stmt: { sql }, condition });

Deno.test("Only who shows the token gets in; the version may be asked by anybody", async () => {
  await using bridge = await temporaryBridge();
  const wrong = ["", "Bearer", "Bearer x", `Bearer ${bridge.token}x`, `Basic ${bridge.token}`];
  for (const authorization of wrong) {
    const { status, body } = await bridge.post({ requests: [] }, { authorization });
    assert.deepEqual([status, body.code], [401, "UNAUTHORIZED"], authorization);
  }
  const unnamed = await fetch(`${bridge.url}/v2/pipeline`, { method: "POST", body: "{}" });
  assert.equal(unnamed.headers.get("www-authenticate"), "Bearer");
  await unnamed.body?.cancel();
  const client = createClient({ url: bridge.url, authToken: "not the token at all" });
  await assert.rejects(client.execute("SELECT 1"), { code: "UNAUTHORIZED" });

  const version = await fetch(`${bridge.url}/v2`);
  assert.equal(version.status, 200);
  await version.body?.cancel();
  for (
    const [path, method, status] of [
      ["/v3", "GET", 404],
      ["/v3-protobuf", "GET", 404],
      ["/", "GET", 404],
      ["/v2", "POST", 405],
      ["/v2/pipeline", "GET", 405],
    ] as const
  ) {
    const response = await fetch(bridge.url + path, { method });
    assert.equal(response.status, status, `${method} ${path}`);
    await response.body?.cancel();
  }
});

Deno.test("A malformed body is 400 and says where; one over the limit is 413", async () => {
  await using bridge = await temporaryBridge();
  const execute = (stmt: unknown) => ({ requests: [{ type: "execute", stmt }] });
  const batch = (...steps: unknown[]) => ({ requests: [{ type: "batch", batch: { steps } }] });
  let nested: unknown = { type: "ok", step: 0 };
  for (let i = 0; i < 5000; i++) nested = { type: "not", cond: nested };
  const malformed: [unknown, RegExp][] = [
    ["", /JSON/],
    ["{", /JSON/],
    ["null", /body is not an object/],
    [{}, /requests is not an array/],
    [{ requests: [3] }, /requests\[0\] is not an object/],
    [{ requests: [{ type: "fly" }] }, /requests\[0\]\.type/],
    [execute(undefined), /stmt is not an object/],
    [execute({}), /one of sql and sql_id/],
    [execute({ sql: "SELECT 1", sql_id: 1 }), /one of sql and sql_id/],
    [execute({ sql: 1 }), /sql is not a string/],
    [execute({ sql: "SELECT 1", want_rows: 1 }), /want_rows/],
    [execute({ sql: "SELECT ?", args: [1] }), /args\[0\] is not a value/],
    [execute({ sql: "SELECT ?", args: [{ type: "integer", value: 1 }] }), /args\[0\]/],
    [execute({ sql: "SELECT ?", args: [integer("9223372036854775808")] }), /args\[0\]/],
    [execute({ sql: "SELECT ?", args: [integer("1e3")] }), /args\[0\]/],
    [execute({ sql: "SELECT ?", args: [float("1" as unknown as number)] }), /args\[0\]/],
    [execute({ sql: "SELECT ?", args: [blob("*")] }), /args\[0\]/],
    [execute({ sql: "SELECT ?", args: [{ type: "boolean", value: true }] }), /args\[0\]/],
    [execute({ sql: "SELECT :a", named_args: [{ value: NULL }] }), /named_args\[0\]\.name/],
    [execute({ sql: "SELECT :a", named_args: [{ name: "a" }] }), /named_args\[0\]\.value/],
    [{ requests: [{ type: "store_sql", sql_id: 2 ** 31, sql: "" }] }, /32-bit/],
    [batch(step("SELECT 1", { type: "ok", step: 0 })), /earlier step/],
    [batch(step("SELECT 1"), step("SELECT 1", { type: "ok", step: -1 })), /earlier step/],
    [batch(step("SELECT 1"), step("SELECT 1", nested)), /nested too deep/],
    [
      { requests: [1, 2].map(() => ({ type: "store_sql", sql_id: 1, sql: "" })) },
      /stored already/,
    ],
  ];
  for (const [body, message] of malformed) {
    const answer = await bridge.post(body);
    assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 80));
    assert.match(answer.body.message, message);
  }
  const large = await bridge.post(execute({ sql: `SELECT '${"x".repeat(17 * 1024 * 1024)}'` }));
  assert.deepEqual([large.status, large.body.code], [413, "BODY_TOO_LARGE"]);
  const { rows } = await bridge.execute(`SELECT length('${"x".repeat(1024 * 1024)}')`);
  assert.deepEqual(rows, [[integer(String(1024 * 1024))]]);
});

Deno.test("Who leaves in the middle of a body is no failure of the bridge's", async () => {
  await using bridge = await temporaryBridge();
  const { hostname, port } = new URL(bridge.url);
  const { error } = console;
  const said: unknown[][] = [];
  console.error = (...what) => said.push(what);
  try {
    for (
      const length of ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{"]
    ) {
      const client = await Deno.connect({ hostname, port: Number(port) });
      await client.write(new TextEncoder().encode(
        `POST /v2/pipeline HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bridge.token}\r\n${length}`,
      ));
      await client.closeWrite();
      // Until the bridge has heard of it, and has ended the connection.
      while (await client.read(new Uint8Array(1_024)) !== null);
      client.close();
    }
    const { status } = await bridge.post({ requests: [] });
    assert.equal(status, 200);
  } finally {
    console.error = error;
  }
  assert.deepEqual(said, []);
});

Deno.test("close() answers what is under way, leaves one file, and the next bridge finds every row", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-bridge-" });
  const token = crypto.randomUUID();
  const file = `${folder}/ledger.db`;
  const first = await startBridge({ file, token });
  const client = createClient({ url: first.url, authToken: token });
  await client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT");
  const writes = Array.from(
    { length: 20 },
    (_, i) => client.execute(`INSERT INTO t VALUES (${i})`),
  );
  // Heard from the start: one that reaches a bridge which is closing already is cut off, and may be.
  const outcomes = Promise.allSettled(writes);
  await writes[0];
  await Promise.all([first.close(), first.close()]);
  const acknowledged = (await outcomes).filter(({ status }) => status === "fulfilled");
  assert.equal((await Deno.stat(`${file}-wal`).catch(() => ({ size: 0 }))).size, 0);

  const second = await startBridge({ file, token });
  const reader = createClient({ url: second.url, authToken: token });
  const { rows } = await reader.execute("SELECT count(*) AS n FROM t");
  assert.equal(rows[0].n, acknowledged.length, "what was run was answered, and nothing else");
  assert.ok(acknowledged.length >= 1);
  await second.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("LedgerThread answers what came before close() and refuses what comes after, at once", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-bridge-" });
  const thread = await LedgerThread.open(`${folder}/ledger.db`);
  const body = (sql: string) =>
    new TextEncoder().encode(JSON.stringify({ requests: [{ type: "execute", stmt: { sql } }] }));
  const before = [
    thread.run(body("CREATE TABLE t (id INTEGER PRIMARY KEY)")),
    ...Array.from({ length: 20 }, () => thread.run(body("INSERT INTO t DEFAULT VALUES"))),
  ];
  const wrong = assert.rejects(thread.run(new Uint8Array(3)), ProtocolError);
  const closing = thread.close();
  await assert.rejects(thread.run(body("SELECT 1")), /The ledger is closed/);
  for (const answer of await Promise.all(before)) {
    assert.equal(JSON.parse(new TextDecoder().decode(answer)).results[0].type, "ok");
  }
  await wrong;
  await closing;
  await assert.rejects(thread.run(body("SELECT 1")), /The ledger is closed/);

  const again = await LedgerThread.open(`${folder}/ledger.db`);
  const count = await again.run(body("SELECT count(*) FROM t"));
  assert.match(new TextDecoder().decode(count), /"integer","value":"20"/);
  await again.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("startBridge() on a port that is taken rejects, and leaves the file to the next", async () => {
  await using taken = await temporaryBridge();
  const folder = await Deno.makeTempDir({ prefix: "perigee-bridge-" });
  const [file, token] = [`${folder}/ledger.db`, crypto.randomUUID()];
  const port = Number(new URL(taken.url).port);
  await assert.rejects(startBridge({ file, token, port }), Deno.errors.AddrInUse);
  await (await startBridge({ file, token })).close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("startBridge() refuses a short token, and a file that is no database", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-bridge-" });
  const file = `${folder}/ledger.db`;
  await assert.rejects(startBridge({ file, token: "short" }), RangeError);
  await Deno.writeTextFile(file, "This is not a database. ".repeat(100));
  await assert.rejects(startBridge({ file, token: crypto.randomUUID() }), /not a database/);
  await Deno.remove(folder, { recursive: true });
});
