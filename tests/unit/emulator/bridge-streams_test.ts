import assert from "node:assert/strict";
import { createClient } from "@libsql/client/web";
import { temporaryBridge } from "../../support/temporary-bridge.ts";

const integer = (value: string) => ({ type: "integer", value });
const text = (value: string) => ({ type: "text", value });
const step = (sql: string, condition?: unknown) => ({ stmt: { sql }, condition });

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
