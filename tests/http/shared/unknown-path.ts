/**
 * Methods that a path does not take, and bodies that no JSON route takes.
 * @module
 */
import assert from "node:assert/strict";
import { sharedMeshTest } from "../../support/mesh.ts";
import { assertError } from "../../support/refusals.ts";
import { assertTooLarge } from "../../support/upload.ts";

const test = sharedMeshTest();

test("The JSON routes under /v1 refuse a body of 100 MB with 413", async (mesh) => {
  const { admin_token, dev_key } = mesh.emulator.secrets;
  await assertTooLarge(mesh, "/v1/route", dev_key);
  await assertTooLarge(mesh, "/v1/tenants", admin_token);
  await assertTooLarge(mesh, "/v1/tenants/dev/keys", admin_token);
});

test("A method that a path does not take is 405, and Allow lists those that it does", async (mesh) => {
  const calls: [string, string, string][] = [
    ["GET", "/v2/models/drive-rss/infer", "POST"],
    ["POST", "/v2", "GET, HEAD"],
    ["GET", "/v1/route", "POST"],
    ["PUT", "/v1/tenants", "GET, HEAD, POST"],
    ["PATCH", "/v1/usage", "GET, HEAD"],
    ["GET", "/v1/tenants/dev/keys/x", "DELETE"],
    ["OPTIONS", "/v1/placements", "GET, HEAD"],
    ["POST", "/docs", "GET, HEAD"],
  ];
  for (const [method, path, allow] of calls) {
    const reply = await mesh.call(path, { method });
    assertError(reply, { what: `${method} ${path}`, path, status: 405, says: / takes [A-Z, ]+$/ });
    assert.equal(reply.headers.get("allow"), allow);
  }
});

test("An unknown path is repeated in part only", async (mesh) => {
  const { status, text } = await mesh.call(`/${"p".repeat(20_000)}`);
  assert.equal(status, 404);
  assert.ok(text.length < 1_000);
});
