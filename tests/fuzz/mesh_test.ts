/**
 * Hostile requests to a whole mesh in workerd: fewer than requests_test.ts sends, and all the way, to
 * nodes that run what is right after all, budgets that pay for it and keepers that remember it.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, type Mesh, meshTest, type Reply, within } from "../support/mesh.ts";
import { type Random, seeded } from "../support/random.ts";
import { patience } from "../support/within.ts";
import type { Sent } from "../support/app-in-deno.ts";
import { hostileNumber } from "./hostile.ts";
import { hostileRequest, type Operation, operationsOf, seedOf } from "./hostile-request.ts";

const EACH = 150;
// These go on to nodes: what is wrong with a request may show there alone.
const EACH_DEEP = 1_000;
const INFER = "/v2/models/{name}/infer";
const DEEP = [INFER, "/v1/route"];
const AT_ONCE = 8;
// Of keys that come again: with the same request, and with others.
const KEYS = 50;

const test = meshTest();

test("A mesh answers hostile requests to every route with problems, runs each execution once and charges no more than the budget", async (mesh) => {
  const key = await mesh.tenant("fuzz");
  const budget = { budget_microcredits: 1e9, requests_per_minute: null };
  const set = await mesh.admin("/v1/tenants/fuzz/limits", { method: "PUT", body: budget });
  assert.equal(set.status, 200, set.text);
  const callers = { key, admin: mesh.emulator.secrets.admin_token };
  const { text: openApi } = await mesh.call("/openapi.json", { key: null });
  const operations = operationsOf(openApi);
  const statuses: Record<string, number> = {};
  const executions = new Set<string>();
  for (const operation of operations) {
    const random = seeded(seedOf(operation));
    const count = DEEP.includes(operation.template) ? EACH_DEEP : EACH;
    const requests = Array.from({ length: count }, () => deeper(random, operation, callers));
    const lane = async () => {
      for (let sent = requests.pop(); sent; sent = requests.pop()) {
        const reply = await answered(mesh, sent);
        check(sent, reply);
        statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
        const id = (reply.body as Json)?.parameters?.execution_id;
        if (id) executions.add(id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }
  // It must have come so far, or nothing was tried.
  assert.ok(
    statuses[400] > 1_000 && executions.size > 50,
    JSON.stringify(statuses),
  );
  const alive = await mesh.call("/v2/health/ready", { key: null });
  assert.equal(alive.status, 200);
  const rows = await within(30_000, "a receipt of each execution", async () => {
    const rows = await mesh.rows("SELECT id FROM receipts");
    return rows.length >= executions.size ? rows : null;
  });
  assert.deepEqual(rows.map(({ id }) => id).sort(), [...executions].sort());
});

/** As elsewhere; now and then with a key that was shown before, or right but for numbers that no vehicle has. */
function deeper(
  random: Random,
  operation: Operation,
  callers: { admin: string; key: string },
): Sent {
  const sent = hostileRequest(random, operation, callers);
  if (operation.template === INFER && random.chance(0.3)) {
    sent.path = INFER.replace("{name}", "drive-rss");
    sent.headers = { Authorization: `Bearer ${callers.key}`, "Content-Type": "application/json" };
    sent.body = JSON.stringify({
      parameters: { origin_lat: random.between(-60, 60), origin_lon: random.between(-180, 180) },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: sixNumbers(random) }],
    });
  }
  if (sent.method !== "POST" || !random.chance(0.2)) return sent;
  const key = `k-${operation.template}-${random.integer(0, KEYS)}`;
  return { ...sent, headers: { ...sent.headers, "Idempotency-Key": key } };
}

const sixNumbers = (random: Random): number[] =>
  Array.from(
    { length: 6 },
    () => random.chance(0.5) ? hostileNumber(random) : random.integer(0, 50),
  );

function send(mesh: Mesh, { method, path, headers, body }: Sent): Promise<Reply> {
  return mesh.call(path, { key: null, method, headers, body: body ?? undefined });
}

/** On a busy machine the ledger or a tenant's object may be late, which is a 503 too: asked again then. */
const answered = (mesh: Mesh, sent: Sent): Promise<Reply> =>
  within(10_000, `another answer than 503 to ${JSON.stringify(sent)}`, async () => {
    const reply = await send(mesh, sent);
    // One tenant has few places in the line of other dates, however quick the machine is.
    const isLate = reply.status === 503 && (/too many wait/.test(reply.text) ||
      (/just now/.test(reply.text) && patience() > 1));
    return isLate ? null : reply;
  }, 1_000);

/** Nothing is broken and nobody is away: 503 says that no node serves the ask, and when to try again. */
function check(sent: Sent, { status, headers, text }: Reply): void {
  const shown = `${status} ${text.slice(0, 300)}: ${JSON.stringify(sent)}`;
  if (status === 503) {
    assert.match(text, /nodes? (?:near by refuse|is above)/, shown);
    assert.ok(headers.has("Retry-After"), shown);
  } else assert.ok(status < 500, shown);
}
