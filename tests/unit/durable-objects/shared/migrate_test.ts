/**
 * Migrations of an object's tables: forwards, again, through a crash and back to an older release.
 * @module
 */
import assert from "node:assert/strict";
import { COLLECTOR_MIGRATIONS } from "../../../../durable-objects/collector/migrations.ts";
import { IDEMPOTENCY_MIGRATIONS } from "../../../../durable-objects/idempotency/migrations.ts";
import { LEDGER_CACHE_MIGRATIONS } from "../../../../durable-objects/ledger-cache/migrations.ts";
import { NODE_MIGRATIONS, NODE_TABLES } from "../../../../durable-objects/node/migrations.ts";
import { REGISTRAR_MIGRATIONS } from "../../../../durable-objects/registrar/migrations.ts";
import { migrateObject, type Migration } from "../../../../durable-objects/shared/migrate.ts";
import type { Sql } from "../../../../durable-objects/shared/sql.ts";
import { TENANT_MIGRATIONS } from "../../../../durable-objects/tenant/migrations.ts";
import { memoryDisk } from "../../../support/memory-sql.ts";

const make: Migration = { run: (sql) => sql.exec("CREATE TABLE things (name TEXT) STRICT") };
const widen: Migration = { run: (sql) => sql.exec("ALTER TABLE things ADD COLUMN color TEXT") };
const rename: Migration = {
  breaks: true,
  run: (sql) => sql.exec("ALTER TABLE things RENAME COLUMN name TO title"),
};

const measure: Migration = {
  run: (sql) => sql.exec("ALTER TABLE things ADD COLUMN size INTEGER"),
};

const columns = (sql: Sql) =>
  sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('things')").toArray()
    .map(({ name }) => name);

Deno.test("migrateObject() runs what is missing, in order, and each step once", () => {
  const disk = memoryDisk();
  migrateObject(disk, [make]);
  disk.sql.exec("INSERT INTO things (name) VALUES ('old')");
  for (let start = 0; start < 3; start++) migrateObject(disk, [make, widen, rename]);
  assert.deepEqual(disk.sql.exec("SELECT * FROM things").toArray(), [
    { title: "old", color: null },
  ]);
});

Deno.test("migrateObject() leaves everything as it was when a step fails, and runs it at the next start", () => {
  const disk = memoryDisk();
  migrateObject(disk, [make]);
  const fails: Migration = {
    run() {
      throw new Error("out of disk");
    },
  };
  assert.throws(() => migrateObject(disk, [make, widen, fails]), /out of disk/);
  assert.deepEqual(columns(disk.sql), ["name"]);
  migrateObject(disk, [make, widen]);
  assert.deepEqual(columns(disk.sql), ["name", "color"]);
});

Deno.test("A release that was rolled back opens what it can still use, and the newer one finds its number again", () => {
  const disk = memoryDisk();
  migrateObject(disk, [make, widen]);
  migrateObject(disk, [make]);
  disk.sql.exec("INSERT INTO things (name) VALUES ('by the older')");
  migrateObject(disk, [make, widen]);
  assert.deepEqual(columns(disk.sql), ["name", "color"]);
});

Deno.test("A release that was rolled back refuses what it cannot read, and changes nothing", () => {
  const disk = memoryDisk();
  migrateObject(disk, [make, widen, rename, measure]);
  for (const older of [[make], [make, widen]]) {
    assert.throws(
      () => migrateObject(disk, older),
      /migration 4; a release that knows only \d cannot/,
    );
  }
  migrateObject(disk, [make, widen, rename]);
  assert.deepEqual(columns(disk.sql), ["title", "color", "size"]);
});

/** How every table and index was made, but for blanks. */
const schemaOf = (sql: Sql): Record<string, string> =>
  Object.fromEntries(
    sql.exec<{ name: string; sql: string | null }>("SELECT name, sql FROM sqlite_master").toArray()
      .map(({ name, sql }) => [name, `${sql}`.replace(/\s+/g, " ")]),
  );

Deno.test("An object without a table is made at once: number, refusal and rows are as step by step", () => {
  const disk = memoryDisk();
  const whole =
    "CREATE TABLE things (title TEXT, color TEXT) STRICT; CREATE INDEX titles ON things (title)";
  assert.equal(migrateObject(disk, [make, widen, rename], whole), true);
  assert.deepEqual(columns(disk.sql), ["title", "color"]);
  assert.equal(migrateObject(disk, [make, widen, rename], whole), false);
  assert.throws(() => migrateObject(disk, [make, widen]), /of migration 3; .* knows only 2 cannot/);
  assert.equal(migrateObject(disk, [make, widen, rename, measure], whole), false);
  assert.deepEqual(columns(disk.sql), ["title", "color", "size"]);
});

Deno.test("An object that has tables, of release 7ab9cf5 too, goes step by step", () => {
  const disk = memoryDisk();
  make.run(disk.sql);
  disk.sql.exec("INSERT INTO things (name) VALUES ('old')");
  const again: Migration = {
    run: (sql) => sql.exec("CREATE TABLE IF NOT EXISTS things (name TEXT)"),
  };
  assert.equal(migrateObject(disk, [again, widen], "CREATE TABLE others (name TEXT)"), false);
  assert.deepEqual(disk.sql.exec("SELECT * FROM things").toArray(), [{ name: "old", color: null }]);
});

Deno.test("A new object whose tables cannot be made has none, and is made at the next start", () => {
  const disk = memoryDisk();
  const fails = "CREATE TABLE things (name TEXT); CREATE TABLE things (name TEXT)";
  assert.throws(() => migrateObject(disk, [make], fails), /already exists/);
  assert.deepEqual(schemaOf(disk.sql), {});
  assert.equal(migrateObject(disk, [make], "CREATE TABLE things (name TEXT)"), true);
  assert.deepEqual(columns(disk.sql), ["name"]);
});

Deno.test("A new node's tables are those of the steps, but for the one that only release 7ab9cf5 uses", () => {
  const [stepwise, atOnce] = [memoryDisk(), memoryDisk()];
  migrateObject(stepwise, NODE_MIGRATIONS);
  migrateObject(atOnce, NODE_MIGRATIONS, NODE_TABLES);
  const { passports, ...steps } = schemaOf(stepwise.sql);
  assert.ok(passports);
  assert.deepEqual(schemaOf(atOnce.sql), steps);
  // As it starts each of its objects.
  NODE_MIGRATIONS[0].run(atOnce.sql);
  assert.equal(schemaOf(atOnce.sql).passports, passports);
});

Deno.test("Every class's first step makes its tables, and leaves those that are there with their rows", () => {
  const classes = {
    COLLECTOR_MIGRATIONS,
    IDEMPOTENCY_MIGRATIONS,
    LEDGER_CACHE_MIGRATIONS,
    NODE_MIGRATIONS,
    REGISTRAR_MIGRATIONS,
    TENANT_MIGRATIONS,
  };
  for (const [name, migrations] of Object.entries(classes)) {
    const { sql } = memoryDisk();
    const schema = () =>
      sql.exec<{ sql: string }>("SELECT sql FROM sqlite_master ORDER BY name").toArray();
    migrations[0].run(sql);
    const made = schema();
    assert.ok(made.length > 0, name);
    migrations[0].run(sql);
    assert.deepEqual(schema(), made, name);
  }
});

Deno.test("The node's address is taken over, and stays where release 7ab9cf5 looks for it", () => {
  const disk = memoryDisk();
  NODE_MIGRATIONS[0].run(disk.sql);
  disk.sql.exec("INSERT INTO passports VALUES (1, 'whose object it is')");
  migrateObject(disk, NODE_MIGRATIONS);
  assert.deepEqual(disk.sql.exec("SELECT id, address FROM addresses").toArray(), [
    { id: 1, address: "whose object it is" },
  ]);
  assert.equal(disk.sql.exec("SELECT passport FROM passports").toArray().length, 1);
});
