import assert from "node:assert/strict";
import { temporaryBridge } from "../../support/temporary-bridge.ts";

const integer = (value: string) => ({ type: "integer", value });
const text = (value: string) => ({ type: "text", value });
const float = (value: number) => ({ type: "float", value });
const blob = (base64: string) => ({ type: "blob", base64 });
const NULL = { type: "null" };

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
