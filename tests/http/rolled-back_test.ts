/**
 * What a newer release has left on disk, after a rollback to this one: nodes whose state, address or
 * register this release cannot read. What does not need them goes on, and nothing is given up.
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { VERSIONS } from "../../durable-objects/shared/version.ts";
import { unpackRelease } from "../fixtures/release-7ab9cf5/unpack.ts";
import { type MeshProcess, objectFiles, readFile, startProcess } from "../support/mesh-process.ts";
import { type Json, send, within } from "../support/mesh.ts";

const data = await Deno.makeTempDir({ prefix: "perigee-rolled-back-" });
const facts = await unpackRelease(data, Date.now());
const { failed, touched } = facts.nodes;
const { in_outboxes } = facts.executions;
const [STATE, ADDRESS] = ["G2A-029-015", "G2B-024-054"];
const [state_file, address_file] = await Promise.all([STATE, ADDRESS].map(fileOf));
const REGISTER = touched[0] as Json;
const newer = JSON.stringify({ v: VERSIONS.custody + 1, said: "in another way" });

let mesh: MeshProcess;
Deno.test.beforeAll(async () => {
  change(state_file, "UPDATE custodies SET state = ?", newer);
  // The first start of this release copies it to where it keeps addresses.
  change(
    address_file,
    "UPDATE passports SET passport = json_set(passport, '$.v', ?)",
    VERSIONS.address + 1,
  );
  // This node has to claim itself anew, at a register that holds a newer release's source.
  change(`${data}/${REGISTER.file}`, "DELETE FROM custodies");
  for (const path of await objectFiles(data, "Registrar")) {
    change(
      path,
      "UPDATE holders SET sources = ? WHERE node IN (?, ?)",
      `[${newer}]`,
      REGISTER.id,
      failed,
    );
  }
  mesh = await startProcess({ PERIGEE_DATA: data, PERIGEE_CLOCK: facts.clock.ended });
});
Deno.test.afterAll(async () => {
  await mesh?.killAll();
  await Deno.remove(data, { recursive: true });
});

function change(path: string, sql: string, ...bindings: (string | number)[]): void {
  const database = new DatabaseSync(path);
  database.prepare(sql).run(...bindings);
  database.close();
}

/** The file of the object whose outbox has receipts of a node. */
async function fileOf(node: string): Promise<string> {
  for (const path of await objectFiles(data, "OrbitalNode")) {
    const rows = readFile(path, "SELECT execution FROM outbox");
    if (rows.some(({ execution }) => JSON.parse(execution).receipt.node === node)) return path;
  }
  throw new Error(`No object has receipts of ${node}`);
}

/** In the table of release 7ab9cf5, or in that of today, which an object fills from it when it is made. */
const outboxOf = (path: string): Json[] =>
  ["outbox", "undelivered"].flatMap((table) =>
    readFile(path, `SELECT 1 FROM sqlite_master WHERE name = '${table}'`).length > 0
      ? readFile(path, `SELECT id FROM ${table}`)
      : []
  );

/** Whether an object's alarm is set, as workerd keeps it: ns since 1970. */
const isSet = (path: string): boolean =>
  readFile(path, "SELECT value / 1000000 AS at FROM _cf_METADATA WHERE key = 1")
    .some(({ at }) => at > Date.now());

/** Looks into an object's file until it is so. A file that is being written may not be readable. */
const becomes = (what: string, holds: () => boolean): Promise<true> =>
  within(60_000, what, () => {
    try {
      return holds() || null;
    } catch {
      return null;
    }
  });

/** Lines of the log with this sentence. */
const logged = (what: string): Json[] =>
  // The last part is no whole line yet.
  mesh.printed().split("\n").slice(0, -1).flatMap((line) => {
    const start = line.indexOf("{");
    if (start < 0 || !line.includes(what)) return [];
    return [JSON.parse(line.slice(start))];
  });

function test(name: string, run: () => Promise<void>): void {
  // The mesh outlives a test: its pipes are not the test's leaks.
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false, fn: run });
}

test("A node whose state is of a newer version delivers its receipts, and its alarm stays set", async () => {
  await becomes("an empty outbox", () => outboxOf(state_file).length === 0);
  const again = await within(60_000, "a line that says why custody waits", () => {
    return logged("A node's alarm failed").find(({ node }) => node === STATE) ?? null;
  });
  assert.match(again.error, /custody of version \d+ was written by a newer release/);
  await becomes("an alarm ahead", () => isSet(state_file));
  assert.deepEqual(readFile(state_file, "SELECT state FROM custodies"), [{ state: newer }]);
});

test("A node whose address is of a newer version keeps its receipts, and its alarm stays set", async () => {
  const again = await within(60_000, "a line that says why", () => {
    const lines = logged("A node's alarm failed");
    return lines.find(({ object }) => address_file.includes(object)) ?? null;
  });
  assert.match(again.error, /address of version \d+ was written by a newer release/);
  await becomes("an alarm ahead", () => isSet(address_file));
  const waiting = in_outboxes.filter(({ node }) => node === ADDRESS);
  assert.equal(outboxOf(address_file).length, waiting.length);
});

test("A register's row of a newer version gives nobody custody, and the node's log says whose ask it was", async () => {
  const key = facts.secrets.dev_key;
  const { body: { sub_point } } = await send(`${mesh.url}/v1/nodes/${REGISTER.id}`, { key });
  const parameters = {
    origin_lat: sub_point.lat,
    origin_lon: sub_point.lon,
    policy: JSON.stringify({ allow: [{ node: REGISTER.id }] }),
  };
  const inputs = [{
    name: "reflectance",
    datatype: "FP32",
    shape: [1, 6, 1, 1],
    data: Array(6).fill(0.05),
  }];
  const path = `${mesh.url}/v2/models/scene-indices/infer`;
  const { status, headers, text } = await send(path, { key, body: { parameters, inputs } });
  assert.equal(status, 503, text);
  assert.match(headers.get("Perigee-Refusal") ?? "", /\bgone\b/);
  const line = await within(20_000, "the node's line", () => {
    return logged("The node has no custody of itself").at(0) ?? null;
  });
  assert.equal(line.node, REGISTER.id);
  assert.equal(line.request_id, headers.get("Perigee-Request-Id"));
  assert.match(line.error, /its register does not answer/);
});

test("A node that failed stays so, whatever else a newer release says in its register's row", async () => {
  await within(20_000, "the failed node", async () => {
    const { body } = await send(`${mesh.url}/v1/nodes/${failed}`, { key: facts.secrets.dev_key });
    return body.service === "failed" || null;
  });
});
