import assert from "node:assert/strict";
import { createClient } from "@libsql/client/web";
import { startBridge } from "../../emulator/bridge/server.ts";
import { temporaryBridge } from "./temporary-bridge.ts";

const integer = (value: string) => ({ type: "integer", value });
const text = (value: string) => ({ type: "text", value });
const float = (value: number) => ({ type: "float", value });
const blob = (base64: string) => ({ type: "blob", base64 });
const NULL = { type: "null" };

const step = (sql: string, condition?: unknown) => ({ stmt: { sql }, condition });

Deno.test("Values of every type come back as they went in, integers of 64 bits to the last digit", async () => {
  await using bridge = await temporaryBridge();
  await bridge.execute("CREATE TABLE t (value ANY) STRICT");
  const values = [
    NULL,
    integer("0"),
    integer("-1"),
    integer("9007199254740993"),
    integer("9223372036854775807"),
    integer("-9223372036854775808"),
    float(0.1),
    float(-1.5e300),
    float(9007199254740992),
    text(""),
    text("it's; -- ? :a é 🛰️"),
    blob(""),
    blob("AAH/gA=="),
  ];
  for (const value of values) {
    await bridge.execute("DELETE FROM t");
    await bridge.execute("INSERT INTO t VALUES (?)", { args: [value] });
    const { rows } = await bridge.execute("SELECT value, typeof(value) FROM t");
    const type = value.type === "float" ? "real" : value.type;
    assert.deepEqual(rows, [[value, text(type)]]);
  }
  const unpadded = await bridge.execute("SELECT ?", { args: [blob("AAH/gA")] });
  assert.deepEqual(unpadded.rows, [[blob("AAH/gA==")]]);
});

Deno.test("execute tells columns, rows changed and the last row id, and rows only when wanted", async () => {
  await using bridge = await temporaryBridge();
  await bridge.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
  assert.deepEqual(await bridge.execute("INSERT INTO t (name) VALUES ('a'), ('b')"), {
    cols: [],
    rows: [],
    affected_row_count: 2,
    last_insert_rowid: "2",
  });
  assert.deepEqual(await bridge.execute("INSERT INTO t VALUES (9007199254740993, 'c')"), {
    cols: [],
    rows: [],
    affected_row_count: 1,
    last_insert_rowid: "9007199254740993",
  });
  assert.deepEqual(await bridge.execute("SELECT id, name AS n, 1 + 1 FROM t WHERE id = 2"), {
    cols: [
      { name: "id", decltype: "INTEGER" },
      { name: "n", decltype: "TEXT" },
      { name: "1 + 1", decltype: null },
    ],
    rows: [[integer("2"), text("b"), integer("2")]],
    affected_row_count: 0,
    last_insert_rowid: null,
  });
  const returning = "INSERT INTO t VALUES (7, 'd'), (8, 'e') RETURNING id";
  assert.deepEqual(await bridge.execute(returning, { want_rows: false }), {
    cols: [{ name: "id", decltype: "INTEGER" }],
    rows: [],
    affected_row_count: 2,
    last_insert_rowid: "8",
  });
  assert.equal((await bridge.execute("DELETE FROM t WHERE id < 9")).affected_row_count, 4);
  assert.equal((await bridge.execute("DELETE FROM t WHERE id < 9")).affected_row_count, 0);
});

Deno.test("Arguments bind by position, by number and by name with or without its sign", async () => {
  await using bridge = await temporaryBridge();
  const rows = async (sql: string, stmt: Record<string, unknown>) =>
    (await bridge.execute(sql, stmt)).rows[0];
  const named = (args: Record<string, unknown>) => ({
    named_args: Object.entries(args).map(([name, value]) => ({ name, value })),
  });
  const [a, b, c] = [text("a"), text("b"), text("c")];
  assert.deepEqual(await rows("SELECT ?, ?, '?'", { args: [a, b] }), [a, b, text("?")]);
  assert.deepEqual(await rows("SELECT ?2, ?1, ?2", { args: [a, b] }), [b, a, b]);
  assert.deepEqual(await rows("SELECT :x, @y, $z, :x", named({ x: a, "@y": b, z: c })), [
    a,
    b,
    c,
    a,
  ]);
  assert.deepEqual(await rows("SELECT :x, ?", { args: [a, b] }), [a, b]);
  // What only looks like a parameter is none.
  const looks = `SELECT ':a', 'it''s ?' AS ":b", 1 AS [?], 2 AS \`@c\`, :x /* ? */ -- ?`;
  assert.deepEqual(
    await rows(looks, named({ x: a })),
    [text(":a"), text("it's ?"), integer("1"), integer("2"), a],
  );
});

Deno.test("Arguments that do not match the parameters are an error, not null", async () => {
  await using bridge = await temporaryBridge();
  const codes = {
    "SELECT ?, ?": { args: [NULL] },
    "SELECT ?": { args: [NULL, NULL] },
    "SELECT 1": { args: [NULL] },
    "SELECT :a, :b": { named_args: [{ name: "a", value: NULL }] },
    "SELECT :a": { named_args: [{ name: "b", value: NULL }] },
    // These two abort the whole process when the driver is left to bind them.
    "SELECT ?, :a": { named_args: [{ name: "a", value: NULL }] },
    "SELECT ?, ?3": { named_args: [{ name: "?3", value: NULL }] },
  };
  for (const [sql, stmt] of Object.entries(codes)) {
    assert.equal((await bridge.execute(sql, stmt)).code, "ARGS_INVALID", sql);
  }
  const both = { args: [NULL], named_args: [{ name: "a", value: NULL }] };
  assert.equal(
    (await bridge.execute("SELECT ?, :a", both)).code,
    "ARGS_BOTH_POSITIONAL_AND_NAMED",
  );
});

Deno.test("A failed statement is a result with SQLite's code, and the pipeline goes on", async () => {
  await using bridge = await temporaryBridge();
  await bridge.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT");
  await bridge.execute("INSERT INTO t VALUES (1, 1)");
  const failing = {
    "SELEC 1": "SQLITE_ERROR",
    "SELECT * FROM nothing": "SQLITE_ERROR",
    "INSERT INTO t VALUES (1, 1)": "SQLITE_CONSTRAINT",
    "INSERT INTO t VALUES (1, 1) RETURNING id": "SQLITE_CONSTRAINT",
    "INSERT INTO t VALUES (2, NULL)": "SQLITE_CONSTRAINT",
    "INSERT INTO t VALUES (2, 'x')": "SQLITE_CONSTRAINT",
    "INSERT INTO t VALUES ('x', 1)": "SQLITE_MISMATCH",
    "SELECT sum(n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1)": "SQLITE_ERROR",
    "SELECT 9e999": "RESULT_NOT_FINITE",
    "": "SQL_NO_STATEMENT",
    " -- nothing": "SQL_NO_STATEMENT",
    "SELECT 1; SELECT 2": "SQL_MANY_STATEMENTS",
    ";": "SQL_NO_STATEMENT",
  };
  for (const [sql, code] of Object.entries(failing)) {
    const [failed, after] = await bridge.pipeline(
      { type: "execute", stmt: { sql } },
      { type: "execute", stmt: { sql: "SELECT count(*) FROM t;" } },
    );
    assert.equal(failed.type, "error", sql);
    assert.equal(failed.error.code, code, sql);
    assert.ok(failed.error.message.length > 0, sql);
    assert.deepEqual(after.response.result.rows, [[integer("1")]], sql);
  }
  // Nothing that failed keeps the file locked.
  assert.deepEqual((await bridge.execute("DROP TABLE t")).cols, []);
});

Deno.test("Conditions of a batch: ok, error, not, and, or, is_autocommit; skipped is neither ok nor error", async () => {
  await using bridge = await temporaryBridge();
  const ok = (step: number) => ({ type: "ok", step });
  const error = (step: number) => ({ type: "error", step });
  const not = (cond: unknown) => ({ type: "not", cond });
  const all = (...conds: unknown[]) => ({ type: "and", conds });
  const any = (...conds: unknown[]) => ({ type: "or", conds });
  const isAutocommit = { type: "is_autocommit" };
  const cases: [unknown, boolean][] = [
    [null, true],
    [ok(0), true],
    [ok(1), false],
    [ok(2), false],
    [error(0), false],
    [error(1), true],
    [error(2), false],
    [not(ok(1)), true],
    [not(not(ok(1))), false],
    [all(), true],
    [all(ok(0), error(1)), true],
    [all(ok(0), ok(1)), false],
    [any(), false],
    [any(ok(1), ok(0)), true],
    [any(ok(1), ok(2)), false],
    [isAutocommit, true],
    [not(isAutocommit), false],
  ];
  const [batch] = await bridge.pipeline({
    type: "batch",
    batch: {
      steps: [
        step("SELECT 0"),
        step("SELECT * FROM nothing"),
        step("SELECT 2", error(0)),
        ...cases.map(([condition]) => step("SELECT 3", condition)),
        step("BEGIN"),
        step("SELECT 'inside'", not(isAutocommit)),
        step("COMMIT"),
      ],
    },
  });
  const { step_results, step_errors } = batch.response.result;
  assert.equal(step_results[1], null);
  assert.equal(step_errors[1].code, "SQLITE_ERROR");
  assert.deepEqual([step_results[2], step_errors[2]], [null, null]);
  for (const [i, [condition, runs]] of cases.entries()) {
    assert.equal(step_results[3 + i] !== null, runs, JSON.stringify(condition));
    assert.equal(step_errors[3 + i], null);
  }
  assert.deepEqual(step_results.at(-2).rows, [[text("inside")]]);
});

Deno.test("A batch of @libsql/client commits whole or not at all", async () => {
  await using bridge = await temporaryBridge();
  const client = createClient({ url: bridge.url, authToken: bridge.token });
  await client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT");
  for (const mode of ["deferred", "write"] as const) {
    await client.batch(["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"], mode);
    const failing = ["INSERT INTO t VALUES (3)", "INSERT INTO t VALUES (2)"];
    await assert.rejects(client.batch(failing, mode), {
      code: "SQLITE_CONSTRAINT",
      statementIndex: 1,
    });
    const { rows } = await client.execute("SELECT count(*) AS n FROM t");
    assert.equal(rows[0].n, 2, mode);
    await client.executeMultiple("DELETE FROM t; VACUUM;");
  }
  const big = createClient({ url: bridge.url, authToken: bridge.token, intMode: "bigint" });
  const { rows } = await big.execute("SELECT ? AS n", [2n ** 62n + 1n]);
  assert.equal(rows[0].n, 2n ** 62n + 1n);
  // Through SQL texts that the client stores on the server.
  const repeated = Array.from({ length: 60 }, (_, i) => ({
    sql: `INSERT INTO t VALUES (:id + ${i % 40} * 0)`,
    args: { id: i },
  }));
  assert.equal((await client.batch(repeated, "write")).length, 60);
});

Deno.test("A transaction cannot outlast its request: nothing of it is kept, and the client is told", async () => {
  await using bridge = await temporaryBridge();
  const client = createClient({ url: bridge.url, authToken: bridge.token });
  await client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT");
  const transaction = await client.transaction("write");
  await assert.rejects(transaction.execute("INSERT INTO t VALUES (1)"), {
    code: "TRANSACTION_LEFT_OPEN",
  });
  // Were it answered, this would have committed by itself.
  await assert.rejects(transaction.execute("INSERT INTO t VALUES (2)"));

  const begin = { type: "execute", stmt: { sql: "BEGIN" } };
  const insert = { type: "execute", stmt: { sql: "INSERT INTO t VALUES (3)" } };
  const { status, body } = await bridge.post({ requests: [begin, insert] });
  assert.deepEqual([status, body.code], [400, "TRANSACTION_LEFT_OPEN"]);
  // A stream that is closed within its transaction gives it up.
  await bridge.pipeline(begin, insert, { type: "close" });
  assert.deepEqual((await bridge.execute("SELECT * FROM t")).rows, []);
  const baton = await bridge.post({ baton: "b", requests: [] });
  assert.deepEqual([baton.status, baton.body.code], [400, "BATON"]);
});

Deno.test("Nothing of one pipeline reaches the next: transaction, settings, stored SQL", async () => {
  await using bridge = await temporaryBridge();
  await bridge.pipeline(
    { type: "execute", stmt: { sql: "PRAGMA foreign_keys = OFF" } },
    { type: "sequence", sql: "PRAGMA synchronous = OFF" },
    { type: "store_sql", sql_id: 1, sql: "SELECT 1" },
  );
  const settings = await bridge.pipeline(
    { type: "execute", stmt: { sql: "PRAGMA foreign_keys" } },
    { type: "execute", stmt: { sql: "PRAGMA synchronous" } },
    { type: "execute", stmt: { sql: "PRAGMA journal_mode" } },
    { type: "get_autocommit" },
  );
  assert.deepEqual(settings.slice(0, 3).map(({ response }) => response.result.rows[0][0]), [
    integer("1"),
    integer("2"),
    text("wal"),
  ]);
  assert.equal(settings[3].response.is_autocommit, true);
  const { status } = await bridge.post({ requests: [{ type: "execute", stmt: { sql_id: 1 } }] });
  assert.equal(status, 400);
});

Deno.test("store_sql, close_sql, sequence, get_autocommit and close do what Hrana says", async () => {
  await using bridge = await temporaryBridge();
  const results = await bridge.pipeline(
    { type: "store_sql", sql_id: -3, sql: "SELECT ?" },
    { type: "execute", stmt: { sql_id: -3, args: [text("stored")] } },
    { type: "close_sql", sql_id: -3 },
    { type: "close_sql", sql_id: 99 },
    { type: "store_sql", sql_id: -3, sql: "CREATE TABLE t (a); INSERT INTO t VALUES (1);" },
    { type: "sequence", sql_id: -3 },
    { type: "sequence", sql: "INSERT INTO t VALUES (2); INSERT INTO no VALUES (3); DELETE FROM t" },
    { type: "execute", stmt: { sql: "SELECT a FROM t" } },
    { type: "execute", stmt: { sql: "BEGIN" } },
    { type: "get_autocommit" },
    { type: "execute", stmt: { sql: "COMMIT" } },
    { type: "close" },
    { type: "execute", stmt: { sql: "SELECT 1" } },
  );
  const types = results.map((result) => result.response?.type ?? result.error.code);
  assert.deepEqual(types, [
    ...["store_sql", "execute", "close_sql", "close_sql", "store_sql", "sequence", "SQLITE_ERROR"],
    ...["execute", "execute", "get_autocommit", "execute", "close", "STREAM_CLOSED"],
  ]);
  assert.deepEqual(results[1].response.result.rows, [[text("stored")]]);
  assert.deepEqual(results[7].response.result.rows, [[integer("1")], [integer("2")]]);
  assert.equal(results[9].response.is_autocommit, false);
});

Deno.test("describe tells parameters, columns, and whether a statement explains or only reads", async () => {
  await using bridge = await temporaryBridge();
  await bridge.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
  const describe = async (sql: string) => {
    const [{ response, error }] = await bridge.pipeline({ type: "describe", sql });
    return response?.result ?? error;
  };
  assert.deepEqual(await describe("SELECT id, name FROM t WHERE id = ? AND name = :name"), {
    params: [{ name: null }, { name: ":name" }],
    cols: [{ name: "id", decltype: "INTEGER" }, { name: "name", decltype: "TEXT" }],
    is_explain: false,
    is_readonly: true,
  });
  const flags = {
    "INSERT INTO t VALUES (1, 'a')": [false, false],
    "WITH x AS (SELECT 1) DELETE FROM t": [false, false],
    "WITH x AS (SELECT 1) SELECT * FROM x": [false, true],
    "EXPLAIN DELETE FROM t": [true, true],
    "EXPLAIN QUERY PLAN SELECT 1": [true, true],
    "BEGIN": [false, true],
    "VACUUM": [false, false],
    "PRAGMA user_version = 3": [false, false],
  };
  for (const [sql, expected] of Object.entries(flags)) {
    const { is_explain, is_readonly } = await describe(sql);
    assert.deepEqual([is_explain, is_readonly], expected, sql);
  }
  assert.equal((await describe("SELECT * FROM nothing")).code, "SQLITE_ERROR");
  // Neither describing nor explaining keeps the table locked, and neither ran anything.
  assert.ok((await bridge.execute("EXPLAIN SELECT * FROM t")).rows.length > 0);
  assert.deepEqual((await bridge.execute("SELECT * FROM t")).rows, []);
  assert.deepEqual((await bridge.execute("DROP TABLE t")).rows, []);
});

Deno.test("A trigger is one statement, whatever it holds", async () => {
  await using bridge = await temporaryBridge();
  await bridge.execute("CREATE TABLE t (a); ");
  const trigger = `CREATE TRIGGER "more; END" AFTER INSERT ON t WHEN new.a < 3 BEGIN
    INSERT INTO t VALUES (CASE WHEN new.a = 1 THEN 3 ELSE 4 END); -- ; END;
    UPDATE t SET a = a WHERE 0;
  END`;
  assert.deepEqual((await bridge.execute(trigger)).cols, []);
  assert.equal((await bridge.execute(`${trigger}; SELECT 1`)).code, "SQL_MANY_STATEMENTS");
  await bridge.execute("INSERT INTO t VALUES (1), (2)");
  const { rows } = await bridge.execute(
    "SELECT group_concat(a, ' ') FROM (SELECT a FROM t ORDER BY a)",
  );
  assert.deepEqual(rows, [[text("1 2 3 4")]]);
});

Deno.test("A statement prepared before its table changed shows the table as it is", async () => {
  await using bridge = await temporaryBridge();
  await bridge.execute("CREATE TABLE t (a)");
  await bridge.execute("INSERT INTO t VALUES ('a')");
  assert.equal((await bridge.execute("SELECT * FROM t")).cols.length, 1);
  await bridge.execute("ALTER TABLE t ADD COLUMN b DEFAULT 'b'");
  const { cols, rows } = await bridge.execute("SELECT * FROM t");
  assert.deepEqual(cols.map(({ name }: { name: string }) => name), ["a", "b"]);
  assert.deepEqual(rows, [[text("a"), text("b")]]);
});

Deno.test("16 writers at once lose no write", async () => {
  await using bridge = await temporaryBridge();
  await bridge.execute("CREATE TABLE counters (id INTEGER PRIMARY KEY, n INTEGER) STRICT");
  await bridge.execute("INSERT INTO counters VALUES (1, 0)");
  await Promise.all(Array.from({ length: 16 }, async () => {
    const client = createClient({ url: bridge.url, authToken: bridge.token });
    for (let i = 0; i < 25; i++) {
      await client.batch([
        "UPDATE counters SET n = n + 1 WHERE id = 1",
        "INSERT INTO counters (n) SELECT n FROM counters WHERE id = 1",
      ], "write");
    }
  }));
  const { rows } = await bridge.execute(
    "SELECT n, (SELECT count(DISTINCT n) FROM counters WHERE id > 1) FROM counters WHERE id = 1",
  );
  assert.deepEqual(rows, [[integer("400"), integer("400")]]);
});

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
  await writes[0];
  await Promise.all([first.close(), first.close()]);
  const acknowledged = (await Promise.allSettled(writes)).filter(({ status }) =>
    status === "fulfilled"
  );
  assert.equal((await Deno.stat(`${file}-wal`).catch(() => ({ size: 0 }))).size, 0);

  const second = await startBridge({ file, token });
  const reader = createClient({ url: second.url, authToken: token });
  const { rows } = await reader.execute("SELECT count(*) AS n FROM t");
  assert.ok(rows[0].n as number >= acknowledged.length);
  assert.ok(acknowledged.length >= 1);
  await second.close();
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
