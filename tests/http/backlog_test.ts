/**
 * The backlog from outside: an operator sees what waits for the ledger, and nobody else does.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, meshTest, within } from "../support/mesh.ts";
import { assertError } from "../support/refusals.ts";

const test = meshTest();

const BODY = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};

test("GET /v1/backlog tells what waits, by collector and in all, until the ledger has it", async (mesh) => {
  const run = async () => {
    const { status, text } = await mesh.call("/v2/models/drive-rss/infer", { body: BODY });
    assert.equal(status, 200, text);
  };
  const receipts = async (count: number) =>
    await within(10_000, `${count} receipts`, async () => {
      const rows = await mesh.rows("SELECT id FROM receipts");
      return rows.length === count || null;
    });
  await run();
  await receipts(1);
  const before = Date.now();
  const bringBack = await mesh.emulator.ledger.takeAway();
  await run();
  const seen = await within(10_000, "an execution that waits", async () => {
    const { status, text, body } = await mesh.admin("/v1/backlog");
    assert.equal(status, 200, text);
    return body.total.waiting > 0 ? body : null;
  }, 20);
  const [holder, ...others] = seen.collectors.filter(({ waiting }: { waiting: number }) => waiting);
  assert.deepEqual(others, []);
  assert.equal(holder.waiting, 1);
  assert.equal(seen.total.since, holder.since);
  assert.ok(Date.parse(holder.since) >= before && Date.parse(holder.since) <= Date.now());
  await bringBack();
  const after = await within(20_000, "nothing that waits", async () => {
    const { body } = await mesh.admin("/v1/backlog");
    return body.total.waiting === 0 ? body : null;
  });
  assert.deepEqual(after.total, { waiting: 0, since: null, poison: 0, failures: 0 });
  await receipts(2);
});

test("The backlog is for operators, and only what was set aside can be offered again", async (mesh) => {
  const retry = "/v1/backlog/poison/nothing/retry";
  for (
    const [path, method] of [["/v1/backlog", "GET"], ["/v1/backlog/poison", "GET"], [retry, "POST"]]
  ) {
    const reply = await mesh.call(path, { method });
    assertError(reply, { what: "a tenant's key", path, status: 403, says: /no admin route/ });
  }
  assert.deepEqual((await mesh.admin("/v1/backlog/poison")).body, { data: [], next: null });
  const reply = await mesh.admin(retry, { method: "POST" });
  assertError(reply, { what: "an unknown id", path: retry, status: 404, says: /set aside/ });
});

test("GET /v1/backlog/poison reaches every refused execution of every collector, page by page, by id", async (mesh) => {
  const key = await mesh.tenant("refused");
  await mesh.rows(
    `CREATE TRIGGER refuse BEFORE INSERT ON receipts WHEN NEW.tenant_id = 'refused'
    BEGIN SELECT RAISE(ABORT, 'not this one'); END`,
  );
  const ids: string[] = [];
  for (const [lat, lon] of [[48.86, 2.35], [40.7, -74], [-33.9, 151.2], [35.7, 139.7]]) {
    const parameters = { origin_lat: lat, origin_lon: lon };
    for (let i = 0; i < 2; i++) {
      const reply = await mesh.call("/v2/models/drive-rss/infer", {
        key,
        body: { ...BODY, parameters },
      });
      assert.equal(reply.status, 200, reply.text);
      ids.push(reply.body.parameters.execution_id);
    }
  }
  await within(20_000, "all of them set aside", async () => {
    const { body } = await mesh.admin("/v1/backlog");
    return body.total.poison === ids.length || null;
  });
  const get = async (query: string) => {
    const { status, text, body } = await mesh.admin(`/v1/backlog/poison${query}`);
    assert.equal(status, 200, text);
    return body;
  };
  const all = await get("");
  assert.equal(all.next, null);
  assert.deepEqual(all.data.map(({ id }: Json) => id), ids.toSorted());
  assert.ok(new Set(all.data.map(({ collector }: Json) => collector)).size > 1);
  for (const { id, reason, set_aside_at, execution } of all.data) {
    assert.match(reason, /not this one/);
    assert.ok(Date.parse(set_aside_at) <= Date.now());
    assert.equal(JSON.parse(execution).receipt.id, id);
  }
  for (const limit of [1, 3, ids.length]) {
    const rows: Json[] = [];
    for (let cursor = ""; cursor !== null;) {
      const { data, next } = await get(`?limit=${limit}${cursor && `&cursor=${cursor}`}`);
      assert.equal(data.length, Math.min(limit, ids.length - rows.length));
      rows.push(...data);
      cursor = next;
    }
    assert.deepEqual(rows, all.data, `limit ${limit}`);
  }

  await mesh.rows("DROP TRIGGER refuse");
  for (const id of ids) {
    const { status } = await mesh.admin(`/v1/backlog/poison/${id}/retry`, { method: "POST" });
    assert.equal(status, 202);
  }
  assert.deepEqual(await get(""), { data: [], next: null });
  await within(10_000, "all of them in the ledger", async () => {
    const rows = await mesh.rows("SELECT id FROM receipts WHERE tenant_id = 'refused'");
    return rows.length === ids.length || null;
  });
});

test("GET /v1/backlog/poison takes no limit outside 1 to 1000, and no cursor that nobody handed out", async (mesh) => {
  for (
    const [query, pointer] of [
      ["limit=0", "limit"],
      ["limit=1001", "limit"],
      ["limit=x", "limit"],
      ["cursor=", "cursor"],
      ["cursor=short", "cursor"],
      ["cursor=01932b5c'%20OR%201", "cursor"],
      [`cursor=${"a".repeat(65)}`, "cursor"],
      [`cursor=${"a".repeat(600)}`, "cursor"],
    ]
  ) {
    const path = `/v1/backlog/poison?${query}`;
    const reply = await mesh.admin(path);
    assertError(reply, { what: query, path, status: 400, says: new RegExp(`#/${pointer}`) });
  }
});
