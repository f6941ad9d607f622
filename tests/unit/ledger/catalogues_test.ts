import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { loadCatalogue, newestCatalogue, saveCatalogue } from "../../../ledger/catalogues.ts";
import { CATALOGUE_BYTES_MAX } from "../../../mesh/orbit/catalogue.ts";
import { seeded } from "../../support/random.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

const CHUNK = 512 * 1024;

function anyBytes(seed: number, length: number): ArrayBuffer {
  const random = seeded(seed);
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = random.integer(0, 2 ** 32 - 1);
  return words.buffer.slice(0, length);
}

Deno.test("loadCatalogue() gives back the bytes that were saved, at every size about a chunk", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const sizes = [1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17];
  for (const [i, size] of sizes.entries()) {
    await saveCatalogue(ledger, { name: `c-${i}`, bytes: anyBytes(i, size), created_at_ms: i });
  }
  for (const [i, size] of sizes.entries()) {
    assert.deepEqual(await loadCatalogue(ledger, `c-${i}`), anyBytes(i, size), `${size} bytes`);
  }
  assert.equal(await loadCatalogue(ledger, "c-99"), null);
});

Deno.test("saveCatalogue() takes the largest in one go, and refuses what is larger or empty", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const bytes = anyBytes(1, CATALOGUE_BYTES_MAX);
  await saveCatalogue(ledger, { name: "large", bytes, created_at_ms: 1 });
  const loaded = await loadCatalogue(ledger, "large");
  assert.ok(loaded);
  assert.equal(
    new Uint8Array(await crypto.subtle.digest("SHA-256", loaded)).toHex(),
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex(),
  );
  for (const length of [0, CATALOGUE_BYTES_MAX + 1]) {
    const refused = { name: "no", bytes: new ArrayBuffer(length), created_at_ms: 2 };
    await assert.rejects(saveCatalogue(ledger, refused), RangeError);
  }
  assert.equal((await newestCatalogue(ledger))?.name, "large");
});

Deno.test("a large catalogue of which a request failed is not the newest, and is whole once saved again", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const old = anyBytes(1, 100);
  await saveCatalogue(ledger, { name: "old", bytes: old, created_at_ms: 5 });
  const large = anyBytes(2, 21 * CHUNK);
  const save = () => saveCatalogue(ledger, { name: "large", bytes: large, created_at_ms: 6 });
  const { batch } = ledger.$client;
  let requests = 0;
  ledger.$client.batch = (...args) => {
    if (++requests === 2) return Promise.reject(new Error("The link is down"));
    return batch.apply(ledger.$client, args);
  };
  await assert.rejects(save(), /The link is down/);
  assert.equal((await newestCatalogue(ledger))?.name, "old");
  ledger.$client.batch = batch;
  await save();
  assert.equal((await newestCatalogue(ledger))?.name, "large");
  assert.deepEqual(await loadCatalogue(ledger, "large"), large);
});

Deno.test("the same catalogue saved again is one, and the newest once more", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  assert.equal(await newestCatalogue(ledger), null);
  const [a, b] = [anyBytes(1, CHUNK + 5), anyBytes(2, 50)];
  const save = (name: string, bytes: ArrayBuffer, created_at_ms: number) =>
    saveCatalogue(ledger, { name, bytes, created_at_ms });
  await save("a", a, 10);
  await save("a", a, 10);
  assert.deepEqual(await newestCatalogue(ledger), { name: "a", created_at_ms: 10 });
  await save("b", b, 20);
  assert.deepEqual(await newestCatalogue(ledger), { name: "b", created_at_ms: 20 });
  // A save whose answer was lost comes again, late: it must not displace what came after it.
  await save("a", a, 10);
  assert.deepEqual(await newestCatalogue(ledger), { name: "b", created_at_ms: 20 });
  // Taken back on purpose.
  await save("a", a, 30);
  assert.deepEqual(await newestCatalogue(ledger), { name: "a", created_at_ms: 30 });
  assert.deepEqual(await loadCatalogue(ledger, "a"), a);
  assert.deepEqual(await loadCatalogue(ledger, "b"), b);
  const [{ rows }] = await ledger.all<{ rows: number }>(
    sql`SELECT count(*) AS rows FROM catalogue_chunks`,
  );
  assert.equal(rows, 3);
});

Deno.test("a reader who is told of a catalogue finds all of it, while others are being saved", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const bytesOf = (i: number) => anyBytes(i, 2 * CHUNK + i);
  let saving = true;
  const seen = new Set<string>();
  const reader = async () => {
    while (saving) {
      const newest = await newestCatalogue(ledger);
      if (!newest || seen.has(newest.name)) continue;
      const bytes = await loadCatalogue(ledger, newest.name);
      assert.deepEqual(bytes, bytesOf(newest.created_at_ms), newest.name);
      seen.add(newest.name);
    }
  };
  const readers = [reader(), reader()];
  for (let i = 1; i <= 12; i++) {
    await saveCatalogue(ledger, { name: `c-${i}`, bytes: bytesOf(i), created_at_ms: i });
  }
  saving = false;
  await Promise.all(readers);
  assert.ok(seen.size >= 3, `only ${seen.size} were seen`);
});

Deno.test("a save that fails half way leaves nothing of itself", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await ledger.run(sql`CREATE TRIGGER refuse BEFORE INSERT ON catalogue_chunks WHEN new.number = 2
    BEGIN SELECT RAISE(ABORT, 'no third chunk'); END`);
  const catalogue = { name: "a", bytes: anyBytes(1, 4 * CHUNK), created_at_ms: 1 };
  await assert.rejects(saveCatalogue(ledger, catalogue), /no third chunk/);
  assert.equal(await newestCatalogue(ledger), null);
  assert.equal(await loadCatalogue(ledger, "a"), null);
  const [{ rows }] = await ledger.all<{ rows: number }>(
    sql`SELECT count(*) AS rows FROM catalogue_chunks`,
  );
  assert.equal(rows, 0);
});

Deno.test("loadCatalogue() does not give out a catalogue that has lost a part", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await saveCatalogue(ledger, { name: "a", bytes: anyBytes(1, 2 * CHUNK), created_at_ms: 1 });
  await ledger.run(sql`UPDATE catalogue_chunks SET content = x'00' WHERE number = 1`);
  await assert.rejects(loadCatalogue(ledger, "a"), /in part: chunk 1 is not whole/);
  await ledger.run(sql`DELETE FROM catalogue_chunks WHERE number = 1`);
  await assert.rejects(loadCatalogue(ledger, "a"), /in part: chunk 1 is not whole/);
});
