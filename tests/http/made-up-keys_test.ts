/**
 * Floods of bearers that nobody made: what reaches the ledger of them, and that made ones still open.
 * @module
 */
import assert from "node:assert/strict";
import { makeKey } from "../../contract/api-key.ts";
import { type Mesh, meshTest, within } from "../support/mesh.ts";

const test = meshTest();

const madeUp = (prefix?: "pgk_" | "pga_") =>
  makeKey((bytes) => crypto.getRandomValues(bytes), prefix);

const statusOf = async (mesh: Mesh, key: string, path = "/v1/prices"): Promise<number> =>
  (await mesh.call(path, { key })).status;

/** Ledger caches are made by whom they are asked of: a bearer that asks nobody makes none. */
const caches = async (mesh: Mesh): Promise<number> =>
  (await mesh.emulator.runtime.listDurableObjectIds("LEDGER_CACHES")).length;

test("A bearer of no known form is 401 and asks nobody, with the ledger away too", async (mesh) => {
  const bearers = [
    "x".repeat(42),
    "short-one",
    madeUp().slice(0, -1),
    `${madeUp().slice(0, -1)}!`,
    madeUp().replace("pgk_", "pga_"),
    madeUp().replace("pgk_", "sk-_"),
    `${mesh.emulator.secrets.dev_key}0`,
  ];
  const before = await caches(mesh);
  const bringBack = await mesh.emulator.ledger.takeAway();
  for (const path of ["/v1/prices", "/v1/tenants"]) {
    for (const bearer of bearers) assert.equal(await statusOf(mesh, bearer, path), 401, bearer);
  }
  assert.equal(await caches(mesh), before);
  // One of the right form is looked up, and nobody can be asked.
  assert.equal(await statusOf(mesh, madeUp()), 503);
  await bringBack();
});

test("Of thousands of made-up keys only so many reach the ledger, and a key made meanwhile opens at once", async (mesh) => {
  const seen = new Map<number, number>();
  const flood = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const status = await statusOf(mesh, madeUp());
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, () => flood(150)));
  assert.deepEqual([...seen.keys()].sort(), [401, 503], "some are not looked up");
  const keys = await Promise.all(
    Array.from({ length: 8 }, (_, i) => mesh.tenant(`made-in-a-flood-${i}`)),
  );
  for (const key of keys) assert.equal(await statusOf(mesh, key), 200);
  const admin = await mesh.admin("/v1/admin-keys", { body: { name: "made in a flood" } });
  assert.equal(admin.status, 201, admin.text);
  assert.equal(await statusOf(mesh, admin.body.key, "/v1/tenants"), 200);
  // Who was known before is not kept out by anybody.
  assert.equal(await statusOf(mesh, mesh.emulator.secrets.dev_key), 200);
});

test("Who was known stays so in a flood when its limits change, and not when it is revoked", async (mesh) => {
  const { dev_key } = mesh.emulator.secrets;
  const made = await mesh.admin("/v1/tenants/dev/keys", { body: { name: "revoked in a flood" } });
  assert.equal(made.status, 201, made.text);
  for (const key of [dev_key, made.body.key]) assert.equal(await statusOf(mesh, key), 200);
  const stop = new AbortController();
  const began = performance.now();
  let [sent, refused] = [0, 0];
  const flood = Promise.all(Array.from({ length: 16 }, async () => {
    for (; !stop.signal.aborted; sent++) if (await statusOf(mesh, madeUp()) === 503) refused++;
  }));
  try {
    // Until each of the region's four ledger caches keeps unknown keys out, and on: it looks up 300 of them,
    // and five more a second.
    await within(60_000, "enough of made-up keys", () => {
      const seconds = (performance.now() - began) / 1e3;
      return sent > 1_600 + 25 * seconds || null;
    });
    assert.ok(refused >= 400, `${refused} of ${sent} were kept out`);
    const limits = await mesh.admin("/v1/tenants/dev/limits", {
      method: "PUT",
      body: { budget_microcredits: null, requests_per_minute: null },
    });
    assert.equal(limits.status, 200, limits.text);
    const revoked = await mesh.admin(`/v1/tenants/dev/keys/${made.body.id}`, { method: "DELETE" });
    assert.ok(revoked.status < 300, revoked.text);
    // Longer than an isolate holds a key: each cache is asked.
    const until = performance.now() + 6_000;
    while (performance.now() < until) assert.equal(await statusOf(mesh, dev_key), 200);
    assert.notEqual(await statusOf(mesh, made.body.key), 200);
  } finally {
    stop.abort();
    await flood;
  }
});

test("A scheme may be written in any case, with any number of blanks", async (mesh) => {
  const { dev_key } = mesh.emulator.secrets;
  for (const Authorization of [`bearer ${dev_key}`, `BEARER   ${dev_key}`]) {
    const { status } = await mesh.call("/v1/prices", { key: null, headers: { Authorization } });
    assert.equal(status, 200, Authorization.slice(0, 10));
  }
});
