/**
 * Budgets and rates over HTTP: what is served, what it costs, and what is told to whom.
 * @module
 */
import assert from "node:assert/strict";
import type { Execution } from "../../ledger/execution.ts";
import type { WalletAnswer, WalletRequest } from "../../mesh/billing/lease.ts";
import { MODELS } from "../../models/catalogue.ts";
import { type Mesh, meshTest, type Reply, within } from "../support/mesh.ts";
import { seeded } from "../support/random.ts";
import { randomExecutions } from "../support/random-executions.ts";
import { assertError } from "../support/refusals.ts";

const test = meshTest();

const INFER = "/v2/models/drive-rss/infer";
const BODY = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};
const NO_BUDGET = {
  spent_microcredits: null,
  leased_microcredits: null,
  available_microcredits: null,
};

const infer = (mesh: Mesh, key: string): Promise<Reply> => mesh.call(INFER, { key, body: BODY });

const limitsPath = (tenant: string) => `/v1/tenants/${tenant}/limits`;

async function setLimits(
  mesh: Mesh,
  tenant: string,
  budget_microcredits: number | null,
  requests_per_minute: number | null = null,
): Promise<void> {
  const body = { budget_microcredits, requests_per_minute };
  const reply = await mesh.admin(limitsPath(tenant), { method: "PUT", body });
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.body.budget_microcredits, budget_microcredits);
  assert.equal(reply.body.requests_per_minute, requests_per_minute);
}

/** What one such ask costs, as a receipt says. */
let price: Promise<number> | undefined;
const priceOf = (mesh: Mesh): Promise<number> =>
  price ??= (async () => {
    const { status, text, body } = await infer(mesh, await mesh.tenant("unlimited"));
    assert.equal(status, 200, text);
    return body.parameters.charge_microcredits;
  })();

/** Many at once. @returns how many got each status */
async function burst(mesh: Mesh, key: string, asks: number): Promise<Map<number, Reply[]>> {
  const replies = await Promise.all(Array.from({ length: asks }, () => infer(mesh, key)));
  return Map.groupBy(replies, ({ status }) => status);
}

const counts = (replies: Map<number, Reply[]>): Record<string, number> =>
  Object.fromEntries([...replies].map(([status, { length }]) => [status, length]));

async function charged(mesh: Mesh, tenant: string): Promise<{ runs: number; charge: number }> {
  const [row] = await mesh.rows(
    "SELECT count(*) AS runs, coalesce(sum(charge_microcredits), 0) AS charge FROM receipts WHERE tenant_id = ?",
    [tenant],
  );
  return { runs: Number(row.runs), charge: Number(row.charge) };
}

const tenantObjects = (mesh: Mesh) => mesh.emulator.runtime.listDurableObjectIds("TENANTS");

test("A tenant without limits has no object, whatever it asks or is asked of it", async (mesh) => {
  await priceOf(mesh);
  const key = await mesh.tenant("unlimited");
  const expected = { budget_microcredits: null, requests_per_minute: null, ...NO_BUDGET };
  assert.deepEqual((await mesh.call("/v1/limits", { key })).body, expected);
  assert.deepEqual((await mesh.admin(limitsPath("unlimited"))).body, expected);
  await setLimits(mesh, "unlimited", null, null);
  assert.deepEqual(await tenantObjects(mesh), []);
});

test("1,000 asks at once against a budget for exactly 100: 100 are served, 900 are told 402, and the ledger charges exactly the budget", async (mesh) => {
  const cost = await priceOf(mesh);
  const key = await mesh.tenant("hundred");
  await setLimits(mesh, "hundred", 100 * cost);
  const replies = await burst(mesh, key, 1_000);
  assert.deepEqual(counts(replies), { 200: 100, 402: 900 });
  for (const reply of replies.get(402)!) {
    assertError(reply, { what: "402", path: INFER, status: 402, says: /left of the budget/ });
  }
  const sums = await within(30_000, "100 receipts", async () => {
    const sums = await charged(mesh, "hundred");
    return sums.runs >= 100 ? sums : null;
  });
  assert.deepEqual(sums, { runs: 100, charge: 100 * cost });
  // Leases that are idle go back within seconds: then all of it is accounted for.
  await within(30_000, "nothing on lease", async () => {
    const { body } = await mesh.call("/v1/limits", { key });
    return body.leased_microcredits === 0 || null;
  });
  const { body } = await mesh.admin(limitsPath("hundred"));
  assert.deepEqual(body, {
    budget_microcredits: 100 * cost,
    requests_per_minute: null,
    spent_microcredits: 100 * cost,
    leased_microcredits: 0,
    available_microcredits: 0,
  });
});

test("Callers who leave while they wait for a budget end no other's ask", async (mesh) => {
  const random = seeded(7);
  for (const tenant of ["leaving-1", "leaving-2"]) {
    const key = await mesh.tenant(tenant);
    await setLimits(mesh, tenant, 20_000, 100_000);
    const statuses = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        // Every second one leaves, while most of them wait for the first lease. Who stays must not wait
        // for a promise that nobody keeps any more.
        const leaves = i % 2 === 1;
        const signal = AbortSignal.timeout(leaves ? random.integer(0, 400) : 30_000);
        const asked = fetch(`${mesh.url}${INFER}`, {
          method: "POST",
          headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
          body: JSON.stringify(BODY),
          signal,
        });
        return await asked.then(async (response) => {
          const text = await response.text();
          assert.ok([200, 402, 429].includes(response.status), `${response.status} ${text}`);
          return response.status;
        }).catch((error) => {
          if (leaves && signal.aborted) return null;
          throw error;
        });
      }),
    );
    assert.ok(
      statuses.includes(200) && statuses.includes(null),
      "nobody was served, or nobody left",
    );
  }
});

test("A budget of one unit less than an ask serves none; raised, it serves; lowered under what is spent, none", async (mesh) => {
  const cost = await priceOf(mesh);
  const key = await mesh.tenant("moving");
  await setLimits(mesh, "moving", cost - 1);
  assert.equal((await infer(mesh, key)).status, 402);
  await setLimits(mesh, "moving", 3 * cost + 1);
  assert.deepEqual(counts(await burst(mesh, key, 5)), { 200: 3, 402: 2 });
  await setLimits(mesh, "moving", cost);
  assert.equal((await infer(mesh, key)).status, 402);
  await setLimits(mesh, "moving", 4 * cost);
  assert.deepEqual(counts(await burst(mesh, key, 3)), { 200: 1, 402: 2 });
});

test("Removing a budget lets the tenant go on within 10 s, setting one stops it within 10 s", async (mesh) => {
  const key = await mesh.tenant("freed");
  await setLimits(mesh, "freed", 0);
  assert.equal((await infer(mesh, key)).status, 402);
  await setLimits(mesh, "freed", null);
  await within(
    10_000,
    "200 without a budget",
    async () => (await infer(mesh, key)).status === 200 || null,
  );
  await setLimits(mesh, "freed", 0);
  await within(
    10_000,
    "402 with a budget of 0",
    async () => (await infer(mesh, key)).status === 402 || null,
  );
});

test("A rate serves a minute's requests at once and tells the rest when to come again", async (mesh) => {
  const key = await mesh.tenant("rated");
  await setLimits(mesh, "rated", null, 6);
  const replies = await burst(mesh, key, 10);
  assert.deepEqual(counts(replies), { 200: 6, 429: 4 });
  for (const [status, some] of replies) {
    for (const { headers } of some) {
      assert.equal(headers.get("RateLimit-Policy"), '"requests";q=6;w=60');
      assert.match(headers.get("RateLimit") ?? "", /^"requests";r=\d+;t=\d+$/);
      assert.equal(headers.get("x-ratelimit-limit-requests"), "6");
      assert.match(headers.get("x-ratelimit-remaining-requests") ?? "", /^\d+$/);
      assert.match(headers.get("x-ratelimit-reset-requests") ?? "", /^[\d.]+s$/);
      assert.equal(headers.has("Retry-After"), status === 429);
    }
  }
  for (const reply of replies.get(429)!) {
    assertError(reply, { what: "429", path: INFER, status: 429, says: /6 requests a minute/ });
    assert.equal(reply.headers.get("x-ratelimit-remaining-requests"), "0");
    const seconds = Number(reply.headers.get("Retry-After"));
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 10, String(seconds));
  }
  // A rate alone is no budget: its receipts are of no lease.
  await within(
    10_000,
    "its receipts",
    async () => (await charged(mesh, "rated")).runs === 6 || null,
  );
  const leased = "SELECT id FROM receipts WHERE tenant_id = 'rated' AND lease_id IS NOT NULL";
  assert.deepEqual(await mesh.rows(leased), []);
});

const INPUTS: Record<string, (i: number) => { name: string; shape: number[] }> = {
  "drive-rss": (i) => ({ name: "state", shape: [1 + i * 3, 6] }),
  "telemetry-anomaly": (i) => ({ name: "windows", shape: [1 + i, 8] }),
  "scene-indices": (i) => ({ name: "reflectance", shape: [1, 6, 1 + i * 7, 1 + i * 11] }),
};

test("What is reserved before a run is what its receipt charges, for every model and several shapes", async (mesh) => {
  assert.deepEqual(Object.keys(INPUTS).sort(), [...MODELS.keys()].sort());
  for (const [model, inputOf] of Object.entries(INPUTS)) {
    const key = await mesh.tenant(`quoted-${model}`);
    for (let i = 0; i < 5; i++) {
      const { name, shape } = inputOf(i);
      const elements = shape.reduce((product, size) => product * size, 1);
      const data = Array.from({ length: elements }, (_, at) => (at % 10 + 1) / 10);
      const body = {
        parameters: BODY.parameters,
        inputs: [{ name, shape, datatype: "FP32", data }],
      };
      const path = `/v2/models/${model}/infer`;
      // What it costs a tenant without a budget is to the unit what a budget must hold.
      const free = await mesh.call(path, { body });
      assert.equal(free.status, 200, free.text);
      const { charge_microcredits: charge } = free.body.parameters;
      const spent = i === 0 ? 0 : await spentBy(mesh, key);
      await setLimits(mesh, `quoted-${model}`, spent + charge - 1);
      assert.equal((await mesh.call(path, { key, body })).status, 402, `${model} ${shape}`);
      await setLimits(mesh, `quoted-${model}`, spent + charge);
      const paid = await mesh.call(path, { key, body });
      assert.equal(paid.status, 200, `${model} ${shape}: ${paid.text}`);
      assert.equal(paid.body.parameters.charge_microcredits, charge);
    }
  }
});

/** Once nothing is on lease any more. */
const spentBy = (mesh: Mesh, key: string): Promise<number> =>
  within(30_000, "nothing on lease", async () => {
    const { body } = await mesh.call("/v1/limits", { key });
    return body.leased_microcredits === 0 ? body.spent_microcredits : null;
  });

test("An ask that no node serves costs nothing", async (mesh) => {
  const cost = await priceOf(mesh);
  const key = await mesh.tenant("polar");
  await setLimits(mesh, "polar", cost);
  const deadline = { ...BODY, parameters: { ...BODY.parameters, deadline_ms: 0.001 } };
  for (let i = 0; i < 3; i++) {
    const { status, text } = await mesh.call(INFER, { key, body: deadline });
    assert.equal(status, 422, text);
  }
  assert.equal((await infer(mesh, key)).status, 200);
});

test("Limits refuse what is none, an unknown tenant is 404, and a key sees its own tenant's only", async (mesh) => {
  await mesh.tenant("strict");
  const limits = { budget_microcredits: 1, requests_per_minute: 1 };
  const wrong = [
    { ...limits, budget_microcredits: -1 },
    { ...limits, budget_microcredits: 1.5 },
    { ...limits, budget_microcredits: 2 ** 53 },
    { ...limits, budget_microcredits: "1" },
    { ...limits, requests_per_minute: 0 },
    { ...limits, requests_per_minute: 1_000_000_001 },
    { budget_microcredits: 1 },
    {},
  ];
  for (const body of wrong) {
    const { status } = await mesh.admin(limitsPath("strict"), { method: "PUT", body });
    assert.equal(status, 400, JSON.stringify(body));
  }
  const put = { method: "PUT", body: limits };
  assert.equal((await mesh.admin(limitsPath("nobody"), put)).status, 404);
  assert.equal((await mesh.admin(limitsPath("nobody"))).status, 404);
  const key = await mesh.tenant("strict", { scopes: ["infer"] });
  assert.equal((await mesh.call("/v1/limits", { key })).status, 403);
  assert.equal((await mesh.call(limitsPath("strict"), { key, ...put })).status, 403);
});

test("A request that is refused for what it says reserves nothing, though it is read before it is placed", async (mesh) => {
  const cost = await priceOf(mesh);
  const key = await mesh.tenant("careless");
  await setLimits(mesh, "careless", cost);
  for (let i = 0; i < 3; i++) {
    const headers = { "Perigee-Emulate": "gravity" };
    assert.equal((await mesh.call(INFER, { key, body: BODY, headers })).status, 400);
  }
  const { body } = await mesh.call("/v1/limits", { key });
  assert.deepEqual([body.leased_microcredits, body.spent_microcredits], [0, 0]);
  assert.equal((await infer(mesh, key)).status, 200, "the whole budget is there");
});

test("A budget that is lowered behind the object's back holds within 10 s", async (mesh) => {
  const cost = await priceOf(mesh);
  const key = await mesh.tenant("shrinking");
  await setLimits(mesh, "shrinking", 1_000 * cost);
  assert.equal((await infer(mesh, key)).status, 200);
  await mesh.rows("UPDATE tenants SET budget_microcredits = ? WHERE id = 'shrinking'", [cost]);
  // A lease that is out may be used for as long as it lasts.
  await within(25_000, "402", async () => (await infer(mesh, key)).status === 402 || null, 500);
});

test("A run whose wallet died while the ledger was away is charged once the ledger is back, and the rest of its lease returns", async (mesh) => {
  const key = await mesh.tenant("bereft");
  await setLimits(mesh, "bereft", 1_000);
  // Miniflare's types know nothing of our objects.
  const objects = (namespace: string) =>
    mesh.emulator.runtime.getDurableObjectNamespace(namespace) as unknown as Promise<
      { getByName<T>(name: string): T }
    >;
  const tenant = (await objects("TENANTS")).getByName<
    { exchange(id: string, request: WalletRequest): Promise<WalletAnswer> }
  >("bereft");
  const collector = (await objects("COLLECTORS")).getByName<
    { collect(executions: Execution[]): Promise<void> }
  >("collector-3@apac");
  const wallet = { holder: "a wallet", demand: { units: 0, requests: 0 }, held: [], closed: [] };
  const { lease } = await tenant.exchange("bereft", { ...wallet, seq: 1, quotes: [700] });
  assert.equal(lease?.units, 700);
  const bringBack = await mesh.emulator.ledger.takeAway();
  const [{ receipt, placement }] = randomExecutions(1, 77);
  const ran = { ...receipt, tenant_id: "bereft", lease_id: lease.id, charge_microcredits: 400 };
  await collector.collect([{ receipt: ran, placement: { ...placement, tenant_id: "bereft" } }]);
  const lost = { id: lease.id, spent: 0, unsure: 700, requests_used: 1 };
  await tenant.exchange("bereft", { ...wallet, seq: 2, quotes: [], closed: [lost] });
  // The collector's next try is 8 s away then, and the tenant's next beat comes before: it would close the
  // lease by then.
  await within(60_000, "the collector's fourth failure", async () => {
    const { body } = await mesh.admin("/v1/backlog");
    return body.total.failures >= 4 || null;
  });
  await bringBack();
  assert.equal(await spentBy(mesh, key), 400);
  const [row] = await mesh.rows(
    "SELECT charge_microcredits AS charge, waived_microcredits AS waived FROM receipts WHERE id = ?",
    [ran.id],
  );
  assert.deepEqual({ ...row }, { charge: 400, waived: 0 });
});
