/**
 * What release 7ab9cf5 left on disk when it was killed, opened by this one: everybody's keys, sums,
 * answers and nodes are as they were, and what was on its way arrives.
 * The tests follow one another in one mesh: the first ones look, the last ones add.
 * @module
 */
import assert from "node:assert/strict";
import { COLLECTOR_MIGRATIONS } from "../../durable-objects/collector/migrations.ts";
import { NODE_MIGRATIONS } from "../../durable-objects/node/migrations.ts";
import { DEFAULT_PROFILE } from "../../mesh/node/profile.ts";
import { STARLINK_FILED } from "../../mesh/orbit/shells.ts";
import { launchedModels } from "../../models/launched.ts";
import type { Repeat } from "../fixtures/release-7ab9cf5/make.ts";
import { unpackRelease } from "../fixtures/release-7ab9cf5/unpack.ts";
import { objectFiles, readFile } from "../support/mesh-process.ts";
import { type Json, type Mesh, meshTest, type Reply, send, within } from "../support/mesh.ts";

const data = await Deno.makeTempDir({ prefix: "perigee-release-" });
const facts = await unpackRelease(data, Date.now());
Deno.test.afterAll(() => Deno.remove(data, { recursive: true }));

/** By shell, other batteries than the release's of 5 kWh: nodes that it left touched wake up with them. */
const BATTERIES: Record<string, number> = { G2C: 10_000, VB: 4_000 };
const SKY = {
  name: "filed-anew",
  profiles: { larger: { battery_wh: BATTERIES.G2C }, smaller: { battery_wh: BATTERIES.VB } },
  shells: STARLINK_FILED.map((shell) => ({
    ...shell,
    ...(shell.code === "G2C" && { profile: "larger" }),
    ...(shell.code === "VB" && { profile: "smaller" }),
  })),
};

const test = meshTest({
  PERIGEE_DATA: data,
  PERIGEE_CONSTELLATION: JSON.stringify(SKY),
  // The mesh clock goes on where it stood: the nodes are still above the regions that hold them.
  PERIGEE_CLOCK: facts.clock.ended,
});

const [metered, limited] = facts.tenants;
const keys: Record<string, string> = {
  dev: facts.secrets.dev_key,
  [metered.id]: metered.key,
  [limited.id]: limited.key,
};
const pending = [...facts.executions.in_collectors, ...facts.executions.in_outboxes];
const SCENE = {
  name: "reflectance",
  datatype: "FP32",
  shape: [1, 6, 1, 1],
  data: [0.08, 0.04, 0.06, 0.07, 0.035, 0.04],
};

const repeat = (mesh: Mesh, { path, ...request }: Repeat["request"]) =>
  send(`${mesh.url}${path}`, request);

/** Asks this node or nobody, from the ground below it. */
async function inferOn(mesh: Mesh, node: string): Promise<Reply> {
  const { body: { sub_point } } = await mesh.call(`/v1/nodes/${node}`, { key: metered.key });
  const parameters = {
    origin_lat: sub_point.lat,
    origin_lon: sub_point.lon,
    policy: JSON.stringify({ allow: [{ node }] }),
  };
  const body = { parameters, inputs: [SCENE] };
  return await mesh.call("/v2/models/scene-indices/infer", { key: metered.key, body });
}

async function usageOf(mesh: Mesh, tenant: string): Promise<Json> {
  const { status, text, body } = await mesh.call("/v1/usage", { key: keys[tenant] });
  assert.equal(status, 200, text);
  return body.total;
}

test("Keys of the previous release open this one, and a revoked one does not", async (mesh) => {
  assert.deepEqual(mesh.emulator.secrets, facts.secrets);
  for (const key of Object.values(keys)) {
    const { status, text } = await mesh.call("/v1/usage", { key });
    assert.equal(status, 200, text);
  }
  const admin = await mesh.call("/v1/tenants", { key: facts.admin_key.key });
  assert.equal(admin.status, 200, admin.text);
  const revoked = await mesh.call("/v1/usage", { key: metered.revoked_key });
  assert.equal(revoked.status, 401, revoked.text);
});

test("Receipts that waited in inboxes and outboxes arrive in the ledger, each once, and sums are as they must be", async (mesh) => {
  // No node is asked for it: the alarms that the previous release set are on disk, and overdue.
  await within(60_000, "all receipts in the ledger", async () => {
    const [{ n }] = await mesh.rows("SELECT count(*) AS n FROM receipts");
    return n === facts.executions.in_ledger.length + pending.length ? n : null;
  });
  for (const { id, node, charge_microcredits, price_list, lease_id } of pending) {
    const rows = await mesh.rows(
      `SELECT r.charge_microcredits + r.waived_microcredits AS charge, r.price_list, r.lease_id, p.node
       FROM receipts r JOIN placements p ON p.id = r.id WHERE r.id = ?`,
      [id],
    );
    const expected = { charge: charge_microcredits, price_list, lease_id, node };
    assert.deepEqual(rows.map((row) => ({ ...row })), [expected]);
  }
  for (const tenant of Object.keys(keys)) {
    const { charge_microcredits: _, ...used } = facts.usage.with_pending[tenant];
    const total = await usageOf(mesh, tenant);
    for (const [name, sum] of Object.entries(used)) assert.equal(total[name], sum, tenant);
  }
  const { body } = await mesh.admin("/v1/backlog");
  assert.deepEqual([body.total.waiting, body.total.poison], [0, 0]);
});

test("A repeated request gets the answer that the previous release kept, byte for byte", async (mesh) => {
  for (const { name, request, response } of facts.repeats) {
    const reply = await repeat(mesh, request);
    assert.deepEqual([reply.status, reply.text], [response.status, response.body], name);
    assert.equal(reply.headers.get("Idempotency-Replayed"), "true", name);
    for (const [header, value] of Object.entries(response.headers)) {
      assert.equal(reply.headers.get(header), value, `${name}: ${header}`);
    }
  }
});

test("A request that the previous release did not answer runs once more, and is answered from then on", async (mesh) => {
  // It was killed more than the minute ago after which a silent run is taken for crashed.
  const first = await repeat(mesh, facts.unanswered.request);
  assert.equal(first.status, 201, first.text);
  assert.equal(first.headers.get("Idempotency-Replayed"), null);
  const second = await repeat(mesh, facts.unanswered.request);
  assert.deepEqual([second.status, second.text], [201, first.text]);
  assert.equal(second.headers.get("Idempotency-Replayed"), "true");
});

test("A node goes on from the state that it had, as far as the battery holds it that its shell has now", async (mesh) => {
  const charges: boolean[] = [];
  for (const { id, region, state, answer } of facts.nodes.touched as Json[]) {
    const ran = await inferOn(mesh, id);
    assert.equal(ran.status, 200, ran.text);
    assert.equal(ran.body.parameters.region, region, "its state is with the object that had it");
    const { body } = await mesh.call(`/v1/nodes/${id}`, { key: metered.key });
    const { modelled, profile } = body;
    assert.equal(modelled.source, "node");
    // In the order of use; a node that is launched anew has two of them the other way round.
    const orderAfterRun = (resident: Json) =>
      [...resident.map(({ model }: Json) => model), "scene-indices"].slice(1);
    assert.deepEqual(state.resident[0].model, "scene-indices");
    assert.deepEqual(modelled.resident, orderAfterRun(state.resident), id);
    const launched = launchedModels(DEFAULT_PROFILE);
    assert.notDeepEqual(modelled.resident, orderAfterRun(launched), id);
    // No battery changes faster than by all that the panels give, or by all that a node draws.
    const passed_s = (Date.parse(modelled.as_of) - state.at) / 1e3;
    const watts_max = Math.max(profile.solar_w, 1_000);
    assert.equal(profile.battery_j, BATTERIES[id.split("-")[0]] * 3_600, id);
    const held_j = Math.min(state.battery, profile.battery_j);
    charges.push(held_j === state.battery);
    const moved_j = modelled.state_of_charge * profile.battery_j - held_j;
    assert.ok(passed_s > 0 && Math.abs(moved_j) <= watts_max * passed_s, `${id}: ${moved_j} J`);
    assert.ok(Math.abs(modelled.temperature_k - answer.modelled.temperature_k) < 10, id);
  }
  assert.deepEqual(new Set(charges), new Set([true, false]));
});

test("A node that was drained or failed stays so, and a repaired one serves", async (mesh) => {
  const { drained, failed, repaired } = facts.nodes;
  for (const [id, service] of [[drained, "drained"], [failed, "failed"], [repaired, "up"]]) {
    // Isolates hear of it from the registrars, behind their answers.
    await within(20_000, `${id} is ${service}`, async () => {
      const { body } = await mesh.call(`/v1/nodes/${id}`, { key: metered.key });
      return body.service === service ? body : null;
    });
  }
  for (const node of [drained, failed]) {
    const { status, headers, text } = await inferOn(mesh, node);
    assert.equal(status, 503, text);
    assert.match(headers.get("Perigee-Refusal") ?? "", /\bgone\b/);
  }
  assert.equal((await inferOn(mesh, repaired)).status, 200);
});

test("A budget is spent by what the previous release ran, and what its isolates had on lease comes back", async (mesh) => {
  const path = `/v1/tenants/${limited.id}/limits`;
  const { charge_microcredits: spent } = facts.usage.with_pending[limited.id];
  const { budget_microcredits, requests_per_minute } = facts.limits;
  // A lease whose holder is silent is lost after half a minute; then the ledger closes it.
  const { body } = await within(120_000, "nothing on lease", async () => {
    const reply = await mesh.admin(path);
    return reply.body.leased_microcredits === 0 ? reply : null;
  }, 500);
  assert.deepEqual(body, {
    budget_microcredits,
    requests_per_minute,
    spent_microcredits: spent,
    leased_microcredits: 0,
    available_microcredits: budget_microcredits - spent,
  });
  assert.equal((await usageOf(mesh, limited.id)).charge_microcredits, spent, "nothing is waived");
});

test("A new inference runs by the prices that were set, and its receipt arrives beside the old ones", async (mesh) => {
  const body = { parameters: { origin_lat: 52.5163, origin_lon: 13.3777 }, inputs: [SCENE] };
  const { status, text, body: answer } = await mesh.call("/v2/models/scene-indices/infer", {
    key: limited.key,
    body,
  });
  assert.equal(status, 200, text);
  const { execution_id } = answer.parameters;
  const receipt = await within(20_000, "its receipt", async () => {
    const [row] = await mesh.rows("SELECT * FROM receipts WHERE id = ?", [execution_id]);
    return row ?? null;
  });
  assert.equal(receipt.price_list, facts.prices.id);
  assert.equal(receipt.charge_microcredits, answer.parameters.charge_microcredits);
});

test("The objects' tables have the migrations of this release, and nodes keep their address", async () => {
  const number = (path: string) => readFile(path, "SELECT number FROM migrations")[0]?.number;
  for (const { file } of facts.nodes.touched) {
    const path = `${data}/${file}`;
    assert.equal(number(path), NODE_MIGRATIONS.length);
    const [{ passport }] = readFile(path, "SELECT passport FROM passports");
    const [{ address }] = readFile(path, "SELECT address FROM addresses");
    assert.deepEqual(JSON.parse(address), { ...JSON.parse(passport), v: 1 });
  }
  const collectors = await objectFiles(data, "Collector");
  assert.ok(collectors.length > 0);
  for (const path of collectors) assert.equal(number(path), COLLECTOR_MIGRATIONS.length);
});
