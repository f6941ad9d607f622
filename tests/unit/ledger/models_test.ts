/**
 * Versions of models in a real ledger: numbers, digests and quotas, also for many who upload at once.
 * @module
 */
import assert from "node:assert/strict";
import type { Ledger } from "../../../ledger/client.ts";
import {
  deleteModel,
  findSameModel,
  insertModel,
  listDescribedModels,
  listLiveModels,
  listStoredObjects,
  type NewModel,
  noteRemoved,
  readModelUsage,
  STORED_PER_QUOTA,
  writeModelQuota,
} from "../../../ledger/models.ts";
import { insertTenant } from "../../../ledger/tenants.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

const digest = (content: string) => content.padEnd(64, "0");

/** A version of `content`, in a file of its own. */
function model(name: string, content: string, rest: Partial<NewModel> = {}): NewModel {
  return {
    tenant_id: "acme",
    name,
    sha256: digest(content),
    object: `acme/${crypto.randomUUID()}`,
    file_bytes: 100,
    skeleton_sha256: digest("5"),
    skeleton_bytes: 10,
    facts: '{"inputs":[]}',
    created_at_ms: 1_000,
    ...rest,
  };
}

async function withTenants(run: (ledger: Ledger) => Promise<void>): Promise<void> {
  await using temporary = await temporaryLedger();
  for (const id of ["acme", "globex"]) {
    await insertTenant(temporary.ledger, { id, name: id, created_at_ms: 1 });
  }
  await run(temporary.ledger);
}

async function made(ledger: Ledger, row: NewModel): Promise<number> {
  const inserted = await insertModel(ledger, row);
  assert.ok(inserted.ok && inserted.made, JSON.stringify(inserted));
  return inserted.model.version;
}

Deno.test("insertModel() counts the versions of a name, and gives the same bytes the same version", () =>
  withTenants(async (ledger) => {
    assert.equal(await made(ledger, model("a", "one")), 1);
    assert.equal(await made(ledger, model("a", "two")), 2);
    assert.equal(await made(ledger, model("b", "one")), 1);
    assert.equal(await made(ledger, model("a", "one", { tenant_id: "globex" })), 1);
    const again = await insertModel(ledger, model("a", "one"));
    assert.ok(again.ok && !again.made && again.model.version === 1, JSON.stringify(again));
    const shown = (await listLiveModels(ledger, "acme")).map((
      { name, version },
    ) => [name, version]);
    assert.deepEqual(shown, [["a", 1], ["a", 2], ["b", 1]]);
    const same = { tenant_id: "acme", name: "b", sha256: digest("two") };
    assert.equal(await findSameModel(ledger, same), null);
    assert.equal((await findSameModel(ledger, { ...same, name: "a" }))?.version, 2);
  }));

Deno.test("insertModel() may be repeated after an answer that was lost", () =>
  withTenants(async (ledger) => {
    const row = model("a", "one");
    assert.equal(await made(ledger, row), 1);
    assert.equal(await made(ledger, row), 1);
    assert.equal((await listLiveModels(ledger, "acme")).length, 1);
  }));

Deno.test("A deleted version's number is never given again, also once its file is removed", () =>
  withTenants(async (ledger) => {
    await made(ledger, model("a", "one"));
    await made(ledger, model("a", "two"));
    const gone = { tenant_id: "acme", name: "a", version: 2, now_ms: 5_000 };
    assert.equal(await deleteModel(ledger, { ...gone, tenant_id: "globex" }), 0);
    assert.equal(await deleteModel(ledger, gone), 1);
    assert.equal(await deleteModel(ledger, gone), 0);
    const stored = await listStoredObjects(ledger, "acme");
    assert.deepEqual(stored.map((one) => one.deleted_at_ms), [null, 5_000]);
    // One that lives is not forgotten, whoever says that its file is removed.
    await noteRemoved(ledger, stored.map((one) => one.object));
    assert.equal((await listStoredObjects(ledger, "acme")).length, 1);
    assert.equal(await made(ledger, model("a", "two")), 3);
    assert.equal(await deleteModel(ledger, { ...gone, version: null }), 2);
    assert.deepEqual(await listDescribedModels(ledger, "acme"), []);
    assert.equal(await made(ledger, model("a", "one")), 4);
  }));

Deno.test("insertModel() keeps a quota of bytes and of versions exactly, for many at once", () =>
  withTenants(async (ledger) => {
    for (
      const [quota, room] of [
        [{ model_bytes_max: 350, models_max: 32 }, 3],
        [{ model_bytes_max: 10_000, models_max: 5 }, 2],
      ] as const
    ) {
      assert.ok(await writeModelQuota(ledger, "acme", quota));
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, i) => insertModel(ledger, model("a", `${room}${i}`))),
      );
      assert.equal(all.filter((one) => one.ok && one.made).length, room);
      const refused = all.find((one) => !one.ok);
      assert.ok(refused && !refused.ok);
      assert.equal(refused.usage.models_max, quota.models_max);
    }
    const usage = await readModelUsage(ledger, "acme");
    assert.deepEqual(usage?.live, { bytes: 500, models: 5 });
    // The quota is of each tenant.
    assert.equal(await made(ledger, model("a", "one", { tenant_id: "globex" })), 1);
    assert.equal(await readModelUsage(ledger, "nobody"), null);
    assert.equal(
      await writeModelQuota(ledger, "nobody", { model_bytes_max: 1, models_max: 1 }),
      false,
    );
  }));

Deno.test("What is deleted leaves the quota at once, and may not fill the bucket", () =>
  withTenants(async (ledger) => {
    await writeModelQuota(ledger, "acme", { model_bytes_max: 100, models_max: 32 });
    for (let i = 0; i < STORED_PER_QUOTA; i++) {
      await made(ledger, model("a", `${i}`));
      await deleteModel(ledger, { tenant_id: "acme", name: "a", version: null, now_ms: 1 });
    }
    const full = await insertModel(ledger, model("a", "more"));
    assert.ok(!full.ok);
    assert.deepEqual(full.usage.live, { bytes: 0, models: 0 });
    assert.equal(full.usage.stored.bytes, 200);
    await noteRemoved(ledger, (await listStoredObjects(ledger, "acme")).map((one) => one.object));
    assert.equal(await made(ledger, model("a", "more")), STORED_PER_QUOTA + 1);
  }));
