import assert from "node:assert/strict";
import { findLiveKey, insertKey, listKeys, type NewApiKey, revokeKey } from "../../ledger/keys.ts";
import { insertTenant, listTenants } from "../../ledger/tenants.ts";
import { temporaryLedger } from "./temporary-ledger.ts";

const ACME = { id: "acme", name: "Acme", created_at_ms: 1 };

const key = (id: string, more: Partial<NewApiKey> = {}): NewApiKey => ({
  id,
  tenant_id: "acme",
  name: `Key ${id}`,
  hash: `hash of ${id}`,
  prefix: "pk_test",
  last4: "abcd",
  scopes: ["infer", "read"],
  created_at_ms: 10,
  expires_at_ms: null,
  ...more,
});

Deno.test("findLiveKey() finds a key by its hash until it expires or is revoked", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  await insertKey(ledger, key("forever"));
  await insertKey(ledger, key("brief", { expires_at_ms: 100 }));

  const { hash, ...shown } = key("forever");
  assert.deepEqual(await findLiveKey(ledger, hash, 1e15), {
    ...shown,
    revoked_at_ms: null,
    tenant_name: "Acme",
    budget_microcredits: null,
    requests_per_minute: null,
  });
  assert.equal((await findLiveKey(ledger, "hash of brief", 99))?.id, "brief");
  assert.equal(await findLiveKey(ledger, "hash of brief", 100), null);
  assert.equal(await findLiveKey(ledger, "hash of nothing", 1), null);

  assert.equal(
    await revokeKey(ledger, { tenant_id: "acme", id: "forever", revoked_at_ms: 50 }),
    true,
  );
  assert.equal(await findLiveKey(ledger, hash, 1), null);
});

Deno.test("revokeKey() keeps the first time, and leaves another tenant's key alone", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  await insertKey(ledger, key("k"));
  assert.equal(await revokeKey(ledger, { tenant_id: "mallory", id: "k", revoked_at_ms: 5 }), false);
  assert.equal(await revokeKey(ledger, { tenant_id: "acme", id: "none", revoked_at_ms: 5 }), false);
  assert.equal(await revokeKey(ledger, { tenant_id: "acme", id: "k", revoked_at_ms: 6 }), true);
  assert.equal(await revokeKey(ledger, { tenant_id: "acme", id: "k", revoked_at_ms: 7 }), true);
  const page = await listKeys(ledger, { tenant_id: "acme", limit: 10 });
  assert.deepEqual(page.ok && page.data.map(({ revoked_at_ms }) => revoked_at_ms), [6]);
});

Deno.test("insertKey() takes the same key again, and refuses a taken hash or id and an unknown tenant", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  const taken = { ok: false, refusal: "taken" };
  assert.deepEqual(await insertKey(ledger, key("a")), { ok: true });
  assert.deepEqual(await insertKey(ledger, key("a")), { ok: true });
  assert.deepEqual(await insertKey(ledger, key("a", { hash: "other" })), taken);
  assert.deepEqual(await insertKey(ledger, key("b", { hash: "hash of a" })), taken);
  assert.deepEqual(await insertKey(ledger, key("c", { tenant_id: "nobody" })), {
    ok: false,
    refusal: "unknown_tenant",
  });
  const page = await listKeys(ledger, { tenant_id: "acme", limit: 10 });
  assert.deepEqual(page.ok && page.data.map(({ id }) => id), ["a"]);
});

Deno.test("listKeys() shows a tenant's own keys, newest first, in pages, and never a hash", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  await insertTenant(ledger, { ...ACME, id: "globex" });
  for (let i = 0; i < 5; i++) await insertKey(ledger, key(`k${i}`, { created_at_ms: 10 + i }));
  await insertKey(ledger, key("theirs", { tenant_id: "globex" }));
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listKeys(ledger, { tenant_id: "acme", limit: 2, cursor });
    assert.ok(page.ok);
    assert.ok(!JSON.stringify(page.data).includes("hash"));
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  assert.deepEqual(ids, ["k4", "k3", "k2", "k1", "k0"]);
});

Deno.test("insertTenant() leaves a tenant that is there as it is; listTenants() shows the newest first", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  assert.equal(await insertTenant(ledger, ACME), true);
  assert.equal(await insertTenant(ledger, { ...ACME, name: "Another" }), false);
  await insertTenant(ledger, { id: "globex", name: "Globex", created_at_ms: 2 });
  assert.deepEqual(await listTenants(ledger, { limit: 10 }), {
    ok: true,
    data: [{ id: "globex", name: "Globex", created_at_ms: 2 }, ACME]
      .map((tenant) => ({ ...tenant, budget_microcredits: null, requests_per_minute: null })),
    next: null,
  });
});
