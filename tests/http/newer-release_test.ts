/**
 * Messages of a newer release at the objects of this one, as a rolling deployment sends them: each is
 * answered by a refusal that its sender takes for "ask elsewhere, or later", and changes nothing.
 * @module
 */
import assert from "node:assert/strict";
import { VERSIONS } from "../../durable-objects/shared/version.ts";
import { type Json, type Mesh, sharedMeshTest } from "../support/mesh.ts";

const test = sharedMeshTest();

/** An object by its binding and name; Miniflare's types know nothing of our objects. */
async function object(mesh: Mesh, binding: string, name: string): Promise<Json> {
  const namespace: Json = await mesh.emulator.runtime.getDurableObjectNamespace(binding);
  return namespace.getByName(name);
}

test("A node refuses a job that it cannot read as one that is gone, so that the next node is asked", async (mesh) => {
  const node = await object(mesh, "NODES", "G2A-017-042@weur");
  const job = { v: VERSIONS.job + 1, errand: "said in another way" };
  const { ok, refusal, digest } = await node.think(job, []);
  assert.deepEqual([ok, refusal, digest], [false, "gone", null]);
  const asText = await node.thinkText(JSON.stringify(job), []);
  assert.deepEqual([asText.ok, asText.refusal, asText.digest], [false, "gone", null]);
});

test("An object of an older release says in known words that it has no such method, so that it is asked in its own way", async (mesh) => {
  const node = await object(mesh, "NODES", "G2A-017-042@weur");
  await assert.rejects(
    async () => await node.thinkByMethodOfTomorrow({}, []),
    /does not implement the method/,
  );
});

test("A node keeps its state from a hand-over that it cannot read, and takes none", async (mesh) => {
  const node = await object(mesh, "NODES", "G2A-017-043@weur");
  const v = VERSIONS.custody + 1;
  const handed = await node.handOver({}, { v, epoch: 2, to: "apac", of: 1 });
  assert.deepEqual([handed.unread, handed.kind], [true, undefined]);
  assert.equal(await node.receive({}, { v, epoch: 2, of: 1, from: "apac", state: {} }), false);
});

test("A registrar accepts no claim that it cannot read, and one of release 7ab9cf5 as ever", async (mesh) => {
  const registrar = await object(mesh, "REGISTRARS", "registrar-0");
  const v = VERSIONS.custody + 1;
  const claim = { epoch: 5, region: "weur" };
  const request = { node: "N-1", ...claim, holds: null };
  const claimed = await registrar.claim({ v, ...request });
  assert.deepEqual([claimed.unread, claimed.ok], [true, undefined]);
  const unversioned = { node: "N-1", epoch: 1, region: "apac", holds: null };
  const { ok, sources } = await registrar.claim(unversioned);
  assert.deepEqual([ok, sources], [true, []], "the newer claim has left nothing");
  assert.equal((await registrar.confirm("N-1", { v, ...claim })).unread, true);
  assert.equal((await registrar.release("N-1", { v, epoch: 1, region: "apac" })).unread, true);
  const next = await registrar.claim(request);
  assert.equal(next.sources.length, 1, "nothing was released");
});

test("A tenant's book gives no lease for a request that it cannot read, and hears the wallet's next one", async (mesh) => {
  await mesh.tenant("leasing");
  const limits = { budget_microcredits: 1_000, requests_per_minute: null };
  const set = await mesh.admin("/v1/tenants/leasing/limits", { method: "PUT", body: limits });
  assert.equal(set.status, 200, set.text);
  const tenant = await object(mesh, "TENANTS", "leasing");
  const request = {
    holder: "a wallet",
    seq: 1,
    quotes: [700],
    demand: { units: 0, requests: 0 },
    held: [],
    closed: [],
  };
  assert.equal(await tenant.exchange("leasing", { v: VERSIONS.wallet + 1, ...request }), null);
  const { lease } = await tenant.exchange("leasing", { v: VERSIONS.wallet, shade: 1, ...request });
  assert.equal(lease.units, 700);
});
