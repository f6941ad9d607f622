/**
 * The backlog from outside: an operator sees what waits for the ledger, and nobody else does.
 * @module
 */
import assert from "node:assert/strict";
import { meshTest, within } from "./mesh.ts";
import { assertError } from "./refusals.ts";

const test = meshTest();

const BODY = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};

test("GET /v1/backlog tells what waits, by collector and in all, until the ledger has it", async (mesh) => {
  const before = Date.now();
  const { status, text } = await mesh.call("/v2/models/drive-rss/infer", { body: BODY });
  assert.equal(status, 200, text);
  // From the node's outbox to its collector, and on to the ledger: for half a second it is here.
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
  const after = await within(10_000, "nothing that waits", async () => {
    const { body } = await mesh.admin("/v1/backlog");
    return body.total.waiting === 0 ? body : null;
  });
  assert.deepEqual(after.total, { waiting: 0, since: null, poison: 0, failures: 0 });
  assert.equal((await mesh.rows("SELECT id FROM receipts")).length, 1);
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
