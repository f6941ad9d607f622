/**
 * The live feed: a page is told what its own tenant's executions do, and nothing of anybody else's.
 * @module
 */
import assert from "node:assert/strict";
import { LIVE_CLOSE, LIVE_PROTOCOL, SAMPLE_MAX } from "../../../contract/live.ts";
import { openLive } from "../../support/live-page.ts";
import { type Json, type Mesh, sharedMeshTest, within } from "../../support/mesh.ts";

const test = sharedMeshTest();

async function ask(mesh: Mesh, key: string): Promise<Json> {
  const reply = await mesh.call("/v2/models/drive-rss/infer", {
    key,
    body: {
      parameters: { origin_lat: 48.86, origin_lon: 2.35 },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
    },
  });
  assert.equal(reply.status, 200, reply.text);
  return reply.body.parameters;
}

test("A page is told of its own tenant's executions as their placements state them, an operator's of the tenant that it names, and no other", async (mesh) => {
  const [mine, theirs] = [await mesh.tenant("watcher"), await mesh.tenant("watched-not")];
  const before = await ask(mesh, mine);
  await within(10_000, "its receipt", async () => {
    const { body } = await mesh.call("/v1/receipts", { key: mine });
    return body.data.length > 0 || null;
  });
  await using page = await openLive(mesh.url, mine);
  await using other = await openLive(mesh.url, theirs);
  const { admin_token } = mesh.emulator.secrets;
  await using operator = await openLive(mesh.url, admin_token, "?tenant=watcher");
  assert.equal(page.socket.protocol, LIVE_PROTOCOL);
  assert.deepEqual(page.messages, [{ type: "welcome", ledger: "here", every_ms: 2_000 }]);

  const { execution_id, charge_microcredits } = await ask(mesh, mine);
  const told = await page.told(execution_id);
  const { body: placement } = await mesh.call(`/v1/placements/${execution_id}`, { key: mine });
  const { body: { data } } = await mesh.call("/v1/receipts", { key: mine });
  const receipt = data.find((one: Json) => one.id === execution_id);
  assert.deepEqual(told, {
    id: execution_id,
    placed_at: placement.placed_at,
    model: "drive-rss",
    class: placement.class,
    origin: placement.origin,
    path: placement.path,
    node: placement.node,
    region: placement.region,
    sub_point: placement.sub_point,
    modelled_total_ms: placement.modelled.total_ms,
    energy_mj: receipt.energy_mj,
    charge_microcredits,
  });
  assert.deepEqual(await operator.told(execution_id), told);
  const { execution_id: others } = await ask(mesh, theirs);
  await other.told(others);
  // By now each has been told what there was.
  for (const one of [page, operator]) {
    const ids = one.news().flatMap(({ sample }) => sample.map(({ id }) => id));
    assert.deepEqual(ids, [execution_id], "another's, or one from before it came");
  }
  assert.ok(!JSON.stringify(other.messages).includes(execution_id));
  assert.ok(!JSON.stringify(page.messages).includes(before.execution_id));
  const sums = page.news().map(({ executions, more }) => ({ executions, more }));
  assert.deepEqual(sums, [{ executions: 1, more: false }]);
});

test("However many came, a message tells of 32 at most and counts all; a page that comes again goes on", async (mesh) => {
  const key = await mesh.tenant("busy");
  const page = await openLive(mesh.url, key);
  const asked = SAMPLE_MAX + 8;
  // In the ledger at once, as one look finds them: the rows of one execution, under other ids.
  const { execution_id } = await ask(mesh, key);
  await page.told(execution_id);
  const copy = async (table: string) => {
    const columns = (await mesh.rows(`PRAGMA table_info(${table})`)).map(({ name }) => name)
      .filter((name) => name !== "id").join(", ");
    return `INSERT INTO ${table} (id, ${columns}) WITH RECURSIVE n(i) AS
      (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${asked})
      SELECT 'copy-' || i, ${columns} FROM n, (SELECT * FROM ${table} WHERE id = '${execution_id}')`;
  };
  // Placements first: a receipt that is there has its placement.
  await mesh.rows(await copy("placements"));
  await mesh.rows(await copy("receipts"));
  const news = await within(
    20_000,
    "the copies",
    () => page.news().find(({ executions }) => executions > 1) ?? null,
  );
  assert.equal(news.executions, asked);
  assert.equal(news.more, false);
  const newest = Array.from({ length: SAMPLE_MAX }, (_, i) => `copy-${asked - SAMPLE_MAX + 1 + i}`);
  assert.deepEqual(news.sample.map(({ id }) => id), newest);
  await page[Symbol.asyncDispose]();
  await using again = await openLive(mesh.url, key);
  const { execution_id: next } = await ask(mesh, key);
  await again.told(next);
  assert.equal(again.news().reduce((sum, one) => sum + one.executions, 0), 1);
});

test("A page whose key is revoked is cut off within 10 s, one that says anything at once, and a ping is answered", async (mesh) => {
  const [leaving, staying] = [await mesh.tenant("cut-off"), await mesh.tenant("cut-off")];
  await using gone = await openLive(mesh.url, leaving);
  await using there = await openLive(mesh.url, staying);
  const { body: { data } } = await mesh.admin("/v1/tenants/cut-off/keys");
  const { id } = data.find(({ last4 }: Json) => leaving.endsWith(last4));
  const path = `/v1/tenants/cut-off/keys/${id}`;
  assert.equal((await mesh.admin(path, { method: "DELETE" })).status, 204);
  await within(10_000, "its end", () => gone.ended);
  assert.equal(gone.ended, LIVE_CLOSE.revoked);
  assert.equal(there.ended, null);
  const pong = new Promise<string>((resolve) => there.socket.onmessage = (m) => resolve(m.data));
  there.socket.send("ping");
  assert.equal(await pong, "pong");
  there.socket.send("hello");
  await within(5_000, "its end", () => there.ended);
  assert.equal(there.ended, LIVE_CLOSE.protocol);
});

test("A live socket needs a key that may read, the protocol and an upgrade; refused, it gives no key back", async (mesh) => {
  const { dev_key, admin_token } = mesh.emulator.secrets;
  const runner = await mesh.tenant("runner-only", { scopes: ["infer"] });
  const offer = (key: string) => ({ "Sec-WebSocket-Protocol": `${LIVE_PROTOCOL}, bearer.${key}` });
  const cases: [Record<string, string>, string, number, RegExp][] = [
    [{}, "", 401, /missing, unknown/],
    [offer("pgk_00000000000000000000000000000000000000"), "", 401, /missing, unknown/],
    [{ "Sec-WebSocket-Protocol": `bearer.${dev_key}, bearer.${dev_key}` }, "", 401, /missing/],
    [offer(runner), "", 403, /no scope "read"/],
    [offer(dev_key), "", 400, /upgrade to a WebSocket/],
    [offer(dev_key), "?tenant=A", 400, /#\/tenant/],
    [offer(dev_key), "?tenant=nobody", 404, /no tenant "nobody"/],
    [offer(admin_token), "", 400, /#\/tenant: must say whose/],
    [offer(admin_token), "?tenant=nobody", 404, /no tenant "nobody"/],
  ];
  for (const [headers, query, status, says] of cases) {
    const reply = await mesh.call(`/v1/live${query}`, { key: null, headers });
    assert.equal(reply.status, status, reply.text);
    assert.match(reply.body.detail, says);
    assert.ok(!reply.text.includes(dev_key) && !reply.text.includes(admin_token), reply.text);
  }
  const socket = new WebSocket(`${mesh.url.replace(/^http/, "ws")}/v1/live`, [`bearer.${dev_key}`]);
  const failed = new Promise<Event>((resolve) => socket.onerror = resolve);
  assert.match(String(((await failed) as ErrorEvent).message), /400|status/i);
});

test("While the ledger is away pages are told so, and when it is back what came meanwhile", async (mesh) => {
  const key = await mesh.tenant("patient");
  await using page = await openLive(mesh.url, key);
  const { execution_id: first } = await ask(mesh, key);
  await page.told(first);
  const bringBack = await mesh.emulator.ledger.takeAway();
  const states = () => page.messages.flatMap((one) => one.type === "ledger" ? [one.ledger] : []);
  await within(20_000, "word that it is away", () => states().length > 0 || null);
  const { execution_id: second } = await ask(mesh, key);
  await bringBack();
  await page.told(second);
  assert.deepEqual(states(), ["away", "here"]);
  assert.equal(page.news().reduce((sum, one) => sum + one.executions, 0), 2);
});
