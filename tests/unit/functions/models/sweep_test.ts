/**
 * What the sweep removes from the bucket, and what it leaves, over a real ledger and a bucket in memory.
 * @module
 */
import assert from "node:assert/strict";
import { deleteModel, insertModel, listStoredObjects } from "../../../../ledger/models.ts";
import { insertTenant } from "../../../../ledger/tenants.ts";
import { logger } from "../../../../contract/log.ts";
import { MemoryBucket } from "../../../support/memory-bucket.ts";
import { temporaryLedger } from "../../../support/temporary-ledger.ts";

// By a name that is not written here: its types are workerd's, and what is around here is Deno's.
const SWEEP = new URL("../../../../functions/models/sweep.ts", import.meta.url).href;
const { sweep } = await import(SWEEP);

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 26);

Deno.test("sweep() removes files of old deletions and files without a row, and nothing else", async () => {
  await using temporary = await temporaryLedger();
  const { ledger, url, token } = temporary;
  const bucket = new MemoryBucket();
  const put = async (object: string, at_ms: number) => {
    for (const key of [object, `${object}.skeleton`]) {
      await bucket.put(key, new Uint8Array(1), at_ms);
    }
  };
  const insert = async (tenant_id: string, object: string) => {
    const row = {
      tenant_id,
      name: "m",
      sha256: object.padEnd(64, "0"),
      object,
      file_bytes: 1,
      skeleton_sha256: "0",
      skeleton_bytes: 1,
      facts: "{}",
      created_at_ms: NOW,
    };
    const inserted = await insertModel(ledger, row);
    assert.ok(inserted.ok);
    await put(object, NOW - HOUR_MS);
    return inserted.model;
  };
  for (const id of ["acme", "globex"]) {
    await insertTenant(ledger, { id, name: id, created_at_ms: 1 });
  }
  await insert("acme", "acme/lives");
  for (const [object, deleted_ms] of [["acme/old", HOUR_MS], ["acme/fresh", 60_000]] as const) {
    const { version } = await insert("acme", object);
    const gone = { tenant_id: "acme", name: "m", version, now_ms: NOW - deleted_ms };
    assert.equal(await deleteModel(ledger, gone), 1);
  }
  await put("acme/orphan", NOW - HOUR_MS);
  await put("acme/under-way", NOW - 60_000);
  await bucket.put("acme/half.skeleton", new Uint8Array(1), NOW - HOUR_MS);
  await put("globex/orphan", NOW - HOUR_MS);

  const env = { MODELS: bucket, PERIGEE_LEDGER_URL: url, PERIGEE_LEDGER_TOKEN: token };
  const left = [
    "acme/fresh",
    "acme/fresh.skeleton",
    "acme/lives",
    "acme/lives.skeleton",
    "acme/under-way",
    "acme/under-way.skeleton",
    "globex/orphan",
    "globex/orphan.skeleton",
  ];
  // A second time it finds nothing to do.
  for (let times = 0; times < 2; times++) {
    await sweep({ env, log: logger() }, "acme", NOW);
    assert.deepEqual(bucket.keys(), left);
    const stored = (await listStoredObjects(ledger, "acme")).map(({ object }) => object);
    assert.deepEqual(stored.sort(), ["acme/fresh", "acme/lives"]);
  }
});
