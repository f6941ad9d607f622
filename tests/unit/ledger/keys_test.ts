import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import type { Ledger } from "../../../ledger/client.ts";
import {
  findLiveKey,
  insertKey,
  listKeys,
  type NewApiKey,
  revokeKey,
  rotateKey,
} from "../../../ledger/keys.ts";
import { insertTenant, listTenants } from "../../../ledger/tenants.ts";
import { seeded } from "../../support/random.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

const ROTATIONS = 16;
const ROUNDS = 12;

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

const rotation = (id: string, successor: string, now_ms = 50) => ({
  tenant_id: "acme",
  id,
  now_ms,
  until_ms: now_ms + 100,
  made: { id: successor, hash: `hash of ${successor}`, prefix: "pk_test", last4: "wxyz" },
});

Deno.test("rotateKey() makes a key with the old one's name and scopes and no end; the old one ends, never later than it would", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  await insertKey(ledger, key("long", { scopes: ["read"], expires_at_ms: 1_000 }));
  await insertKey(ledger, key("short", { expires_at_ms: 60 }));
  for (const [id, until_ms] of [["long", 150], ["short", 60]] as const) {
    const { hash: _, ...old } = key(id, id === "long" ? { scopes: ["read"] } : {});
    const made = { id: `${id} 2`, prefix: "pk_test", last4: "wxyz", created_at_ms: 50 };
    const shown = { ...old, ...made, expires_at_ms: null, revoked_at_ms: null };
    const rotated = await rotateKey(ledger, rotation(id, `${id} 2`));
    assert.deepEqual(rotated, { ok: true, key: shown });
    const { tenant_name: _name, budget_microcredits: _b, requests_per_minute: _r, ...live } =
      (await findLiveKey(ledger, `hash of ${id} 2`, 1e15))!;
    assert.deepEqual(live, shown);
    assert.equal((await findLiveKey(ledger, `hash of ${id}`, until_ms - 1))?.id, id);
    assert.equal(await findLiveKey(ledger, `hash of ${id}`, until_ms), null);
  }
});

Deno.test("rotateKey() makes nothing of a key that is unknown, another tenant's, expired or revoked", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  await insertTenant(ledger, { ...ACME, id: "globex" });
  await insertKey(ledger, key("theirs", { tenant_id: "globex" }));
  await insertKey(ledger, key("expired", { expires_at_ms: 50 }));
  await insertKey(ledger, key("revoked"));
  await revokeKey(ledger, { tenant_id: "acme", id: "revoked", revoked_at_ms: 20 });
  const before = await ledger.all(sql`SELECT * FROM api_keys ORDER BY id`);
  for (
    const [id, refusal] of [
      ["nothing", "unknown"],
      ["theirs", "unknown"],
      ["expired", "ended"],
      ["revoked", "ended"],
    ]
  ) {
    assert.deepEqual(await rotateKey(ledger, rotation(id, "new")), { ok: false, refusal }, id);
  }
  assert.deepEqual(await ledger.all(sql`SELECT * FROM api_keys ORDER BY id`), before);
});

Deno.test("rotateKey() makes no successor of a key that is revoked just before it writes", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  await insertKey(ledger, key("leaked"));
  const late = new Proxy(ledger, {
    get: (target, name) => {
      if (name !== "batch") return Reflect.get(target, name);
      return async (queries: Parameters<Ledger["batch"]>[0]) => {
        await revokeKey(ledger, { tenant_id: "acme", id: "leaked", revoked_at_ms: 50 });
        return await target.batch(queries);
      };
    },
  });
  assert.deepEqual(await rotateKey(late, rotation("leaked", "new")), {
    ok: false,
    refusal: "ended",
  });
  assert.deepEqual(await ledger.all(sql`SELECT id FROM api_keys`), [{ id: "leaked" }]);
});

Deno.test("rotateKey() leaves no successor that was made after a revocation, however many race it", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  // The ledger's own word on what came first.
  await ledger.run(sql`CREATE TABLE events (at INTEGER PRIMARY KEY, what TEXT)`);
  await ledger.run(sql`CREATE TRIGGER made AFTER INSERT ON api_keys
    BEGIN INSERT INTO events (what) VALUES (NEW.id); END`);
  await ledger.run(sql`CREATE TRIGGER revoked AFTER UPDATE OF revoked_at_ms ON api_keys
    BEGIN INSERT INTO events (what) VALUES ('revoked'); END`);
  const random = seeded(16);
  let [made, ended] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const id = `round ${round}`;
    await insertKey(ledger, key(id));
    await ledger.run(sql`DELETE FROM events`);
    const revokedAt = random.integer(0, ROTATIONS);
    const revoke = () => revokeKey(ledger, { tenant_id: "acme", id, revoked_at_ms: 50 });
    const rotated = await Promise.all(
      Array.from({ length: ROTATIONS }, async (_, i) => {
        const [answer] = await Promise.all([
          rotateKey(ledger, rotation(id, `${id}, successor ${i}`)),
          ...(i === revokedAt ? [revoke()] : []),
        ]);
        return answer;
      }),
    );
    if (revokedAt === ROTATIONS) await revoke();
    const answered = rotated.flatMap((answer) => answer.ok ? [answer.key.id] : []);
    const events = await ledger.all<{ what: string }>(sql`SELECT what FROM events ORDER BY at`);
    const order = events.map(({ what }) => what);
    assert.equal(order.at(-1), "revoked", `round ${round}: ${order}`);
    assert.deepEqual(order.slice(0, -1), answered, `round ${round}`);
    assert.ok(answered.length <= 1, `round ${round}: ${answered}`);
    made += answered.length;
    ended += ROTATIONS - answered.length;
  }
  assert.ok(made > 0 && ended > 0, `${made} made, ${ended} refused`);
});

Deno.test("rotateKey() makes one successor, however many ask at once, and keeps the end that was set first", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  await insertTenant(ledger, ACME);
  for (let round = 0; round < ROUNDS; round++) {
    const id = `round ${round}`;
    await insertKey(ledger, key(id, { expires_at_ms: 1_000 }));
    const asked = Array.from({ length: ROTATIONS }, (_, i) => ({
      ...rotation(id, `${id}, successor ${i}`),
      until_ms: 100 + i,
    }));
    const answers = await Promise.all(asked.map((one) => rotateKey(ledger, one)));
    const first = answers.findIndex(({ ok }) => ok);
    const { id: successor_id } = asked[first].made;
    for (const [i, answer] of answers.entries()) {
      if (i === first) continue;
      assert.deepEqual(answer, { ok: false, refusal: "rotated", successor_id }, `round ${round}`);
    }
    const later = { ...rotation(id, "too late"), until_ms: 60 };
    assert.equal((await rotateKey(ledger, later)).ok, false);
    const ends = await ledger.all(sql`SELECT expires_at_ms FROM api_keys WHERE id = ${id}`);
    assert.deepEqual(ends, [{ expires_at_ms: asked[first].until_ms }], `round ${round}`);
    // What was asked for again, as its answer was lost, is answered again.
    assert.deepEqual(await rotateKey(ledger, asked[first]), answers[first]);
  }
  const keys = await ledger.all(sql`SELECT id FROM api_keys`);
  assert.equal(keys.length, 2 * ROUNDS);
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
