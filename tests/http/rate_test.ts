/**
 * What counts against a rate, over HTTP: everything that a tenant asks for, whatever becomes of it.
 * @module
 */
import assert from "node:assert/strict";
import { type Call, type Mesh, type Reply, sharedMeshTest, within } from "../support/mesh.ts";
import { assertError } from "../support/refusals.ts";

const test = sharedMeshTest();

const INFER = "/v2/models/drive-rss/infer";
const ROUTE: Call = { body: { model: "drive-rss", origin: { lat: 48.86, lon: 2.35 } } };
const ASK = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};
const TOO_SOON = { ...ASK, parameters: { ...ASK.parameters, deadline_ms: 0.001 } };

async function rated(
  mesh: Mesh,
  id: string,
  requests_per_minute: number | null,
  budget_microcredits: number | null = null,
): Promise<string> {
  const key = await mesh.tenant(id);
  const body = { budget_microcredits, requests_per_minute };
  const set = await mesh.admin(`/v1/tenants/${id}/limits`, { method: "PUT", body });
  assert.equal(set.status, 200, set.text);
  return key;
}

async function statuses(count: number, ask: () => Promise<Reply>): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  for (let i = 0; i < count; i++) {
    const { status } = await ask();
    seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
}

const LARGE = " ".repeat(1.1 * 2 ** 20);

const COUNTED: Record<string, { path: string; call: Call; status: number; weight?: number }> = {
  route: { path: "/v1/route", call: ROUTE, status: 200 },
  usage: { path: "/v1/usage", call: {}, status: 200 },
  invalid: { path: "/v1/route", call: { body: "{" }, status: 400 },
  large: { path: "/v1/route", call: { body: LARGE }, status: 413, weight: 2 },
  malformed: { path: INFER, call: { body: "{" }, status: 400 },
  keyed: {
    path: "/v1/route",
    call: { ...ROUTE, headers: { "Idempotency-Key": "one" } },
    status: 200,
  },
};

for (const [what, { path, call, status, weight = 1 }] of Object.entries(COUNTED)) {
  const rate = 3 * weight;
  test(`A rate of ${rate} lets in 3 of 8 (${what}), and says when to come again`, async (mesh) => {
    const key = await rated(mesh, `rated-${what}`, rate, 0);
    assert.deepEqual(await statuses(8, () => mesh.call(path, { ...call, key })), {
      [status]: 3,
      429: 5,
    });
    const refused = await mesh.call(path, { ...call, key });
    assertError(refused, {
      what,
      path,
      status: 429,
      says: new RegExp(`${rate} requests a minute`),
    });
    assert.equal(refused.headers.get("RateLimit-Policy"), `"requests";q=${rate};w=60`);
    assert.equal(refused.headers.get("x-ratelimit-remaining-requests"), "0");
    const seconds = Number(refused.headers.get("Retry-After"));
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 30, `${seconds}`);
  });
}

test("What costs more counts for more: passes by their minutes, and never for more than a minute's", async (mesh) => {
  const passes = (key: string, minutes: number) =>
    mesh.call(`/v1/passes?lat=48.86&lon=2.35&minutes=${minutes}`, { key });
  const key = await rated(mesh, "watching", 13);
  const long = await passes(key, 60);
  assert.equal(long.status, 200, long.text);
  assert.equal(long.headers.get("x-ratelimit-remaining-requests"), "1");
  assert.equal((await passes(key, 60)).status, 429);
  assert.equal((await passes(key, 5)).status, 200, "what is left is there for less");

  const slow = await rated(mesh, "watching-slowly", 2);
  assert.equal((await passes(slow, 60)).status, 200);
  const next = await passes(slow, 60);
  assert.equal(next.status, 429);
  assert.ok(Number(next.headers.get("Retry-After")) > 25, "two requests of two a minute");
});

const SPELLED: Record<string, number> = {
  "/v1/passes?lat=48.86&lon=2.35&minutes=60": 12,
  "/v1/passes?lat=48.86&lon=2.35&%6Dinutes=%360": 12,
  "/v1/constellation": 20,
};

test("Every spelling of a path counts for as much", async (mesh) => {
  for (const [i, [plain, weight]] of Object.entries(SPELLED).entries()) {
    const [path, query = ""] = plain.split("?");
    const last = path.lastIndexOf("/") + 1;
    const encoded = (at: number) =>
      `${path.slice(0, at)}%${path.charCodeAt(at).toString(16)}${path.slice(at + 1)}`;
    const spellings = [path, encoded(1), encoded(last), encoded(path.length - 1)];
    for (const [j, spelled] of spellings.entries()) {
      const key = await rated(mesh, `spelling-${i}-${j}`, 21);
      const { status, headers, text } = await mesh.call(`${spelled}?${query}`, { key });
      assert.equal(status, 200, `${spelled}: ${text.slice(0, 300)}`);
      assert.equal(headers.get("x-ratelimit-remaining-requests"), `${21 - weight}`, spelled);
    }
  }
});

const SPACES_MIB = 5.5;
const spaces = (): Uint8Array<ArrayBuffer> => new Uint8Array(SPACES_MIB * 2 ** 20).fill(32);
const UNTOLD: Record<string, () => Pick<Call, "body" | "headers">> = {
  "without a length": () => ({ body: new Blob([spaces()]).stream() }),
  "that unpacks": () => ({
    body: new Blob([spaces()]).stream().pipeThrough(new CompressionStream("gzip")),
    headers: { "Content-Encoding": "gzip" },
  }),
};

for (const [what, call] of Object.entries(UNTOLD)) {
  test(`A body ${what} counts for what comes, and is refused where the rate ends`, async (mesh) => {
    const ask = (key: string) => mesh.call("/v2/models/scene-indices/infer", { ...call(), key });
    const enough = await ask(await rated(mesh, `untold-${what.replaceAll(" ", "-")}`, 10));
    assert.equal(enough.status, 400, enough.text);
    assert.equal(enough.headers.get("x-ratelimit-remaining-requests"), "4");
    const short = await ask(await rated(mesh, `short-${what.replaceAll(" ", "-")}`, 3));
    assert.equal(short.status, 429, short.text);
  });
}

test("A replayed answer counts, and says how much of the rate is left", async (mesh) => {
  const key = await rated(mesh, "replaying", 5);
  const call = { ...ROUTE, key, headers: { "Idempotency-Key": "again" } };
  const left = [];
  for (let i = 0; i < 3; i++) {
    const { status, headers } = await mesh.call("/v1/route", call);
    assert.equal(status, 200);
    assert.equal(headers.get("Idempotency-Replayed"), i === 0 ? null : "true");
    left.push(headers.get("x-ratelimit-remaining-requests"));
  }
  assert.deepEqual(left, ["4", "3", "2"]);
});

test("Asks that no node can serve use up neither rate nor budget, as long as they are no more than the rate", async (mesh) => {
  const key = await rated(mesh, "hopeless", 4, 1_000_000);
  const hopeless = () => mesh.call(INFER, { key, body: TOO_SOON });
  assert.deepEqual(await statuses(4, hopeless), { 422: 4 });
  const served = await mesh.call(INFER, { key, body: ASK });
  assert.equal(served.status, 200, served.text);
  // From now on they count, or they would be a way around the rate.
  assert.deepEqual(await statuses(6, hopeless), { 422: 3, 429: 3 });
});

test("A tenant whose budget is used up is told that nobody can serve before it is told to pay", async (mesh) => {
  const key = await rated(mesh, "poor", null, 0);
  assert.equal((await mesh.call(INFER, { key, body: TOO_SOON })).status, 422);
  assert.equal((await mesh.call(INFER, { key, body: ASK })).status, 402);
});

test("A rate under a budget that is overdrawn still counts", async (mesh) => {
  const key = await rated(mesh, "overdrawn", 3, 100_000);
  const { status, text } = await mesh.call(INFER, { key, body: ASK });
  assert.equal(status, 200, text);
  await within(20_000, "it is spent", async () => {
    const { body } = await mesh.admin("/v1/tenants/overdrawn/limits");
    return body.spent_microcredits > 0 || null;
  });
  const body = { budget_microcredits: 1, requests_per_minute: 3 };
  await mesh.admin("/v1/tenants/overdrawn/limits", { method: "PUT", body });
  const replies = await statuses(4, () => mesh.call("/v1/usage", { key }));
  assert.ok(replies[200] >= 2 && replies[429] >= 1, JSON.stringify(replies));
});

test("Admin routes and tenants without a rate are not limited", async (mesh) => {
  const key = await rated(mesh, "free", null);
  const reads = await statuses(30, () => mesh.call("/v1/usage", { key }));
  assert.deepEqual(reads, { 200: 30 });
  const admin = await mesh.admin("/v1/tenants/free/limits");
  assert.deepEqual([admin.status, admin.headers.get("RateLimit")], [200, null]);
});
