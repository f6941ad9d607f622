/**
 * One node of twenty is slow: realtime asks that it is late with are answered by another one, each is charged
 * once, and what the caller was told is what the ledger holds. benches/hedging.ts asks 10,000.
 * Beside them fly two nodes of other hardware, which no link leads to: they run, and are billed, by it.
 * @module
 */
import assert from "node:assert/strict";
import { realtimeAsk, TWENTY } from "../../benches/twenty.ts";
import { LAUNCH_PRICES } from "../../mesh/billing/receipt.ts";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";

const SKY = {
  ...TWENTY,
  profiles: { small: { npu_tops: 0.5, npu_active_w: 4, battery_wh: 1_000, memory_mb: 100 } },
  shells: [...TWENTY.shells, {
    code: "LP",
    altitude_km: 800,
    inclination_deg: 98,
    planes: 1,
    per_plane: 2,
    profile: "small",
  }],
};
// So long that nobody who was answered can have waited for it.
const DELAY_MS = 10_000;
const OUTBOX_PACE_MS = 1_100;

let nodes: string[] = [];
let slow = "";

const test = meshTest({
  PERIGEE_CONSTELLATION: JSON.stringify(SKY),
  // Whoever is late may be hedged, so that each ask shows it.
  PERIGEE_HEDGE_SHARE: "1",
});

async function infer(mesh: Mesh, node: string, only?: string): Promise<Json> {
  const ask = realtimeAsk(node);
  const policy = only && JSON.stringify({ allow: [{ node: only }] });
  const { status, text, body } = await mesh.call("/v2/models/drive-rss/infer", {
    body: { ...ask, parameters: { ...ask.parameters, ...(policy && { policy }) } },
  });
  assert.equal(status, 200, text);
  return body.parameters;
}

/** What the ledger holds of answers is what they said, once each. */
async function checkLedger(mesh: Mesh, told: readonly Json[]): Promise<void> {
  const ids = told.map(({ execution_id }) => execution_id);
  assert.equal(new Set(ids).size, ids.length);
  const rows = await within(20_000, "all receipts", async () => {
    const found = await mesh.rows(
      `SELECT r.id, r.node, r.region, r.charge_microcredits, p.node AS placed, p.attempts
       FROM receipts r JOIN placements p ON p.id = r.id
       WHERE r.id IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(ids)],
    );
    return found.length === ids.length ? found : null;
  });
  const by_id = new Map(rows.map((row) => [row.id, row]));
  for (const { execution_id: id, node, region, charge_microcredits, attempts } of told) {
    const row = by_id.get(id);
    assert.deepEqual(
      [row.node, row.region, row.charge_microcredits, row.placed, row.attempts],
      [node, region, charge_microcredits, node, attempts],
    );
    assert.ok(charge_microcredits > LAUNCH_PRICES.per_request);
  }
}

async function makeSlow(mesh: Mesh, stage: "arrival" | "answer"): Promise<void> {
  const { status, text } = await mesh.admin(`/v1/nodes/${slow}/slow`, {
    body: { delay_ms: DELAY_MS, lasts_ms: 600_000, stage },
  });
  assert.equal(status, 200, text);
}

test("A realtime ask whose node is late is answered by the next node, and charged once", async (mesh) => {
  const { body } = await mesh.call("/v1/nodes?limit=100&shell=HD");
  nodes = body.data.map(({ id }: Json) => id);
  assert.equal(nodes.length, 20);
  [slow] = nodes;
  // Objects are made, and the isolate learns how long an answer takes.
  const told: Json[] = [];
  for (const node of [...nodes, ...nodes]) told.push(await infer(mesh, node));
  await makeSlow(mesh, "arrival");
  for (let i = 0; i < 3; i++) {
    const answer = await infer(mesh, slow);
    assert.notEqual(answer.node, slow);
    assert.ok(answer.measured_wall_ms < DELAY_MS);
    told.push(answer);
  }
  await checkLedger(mesh, told);
});

test("Where the late node has run the ask and only its answer is late, its receipt counts, and is what is told", async (mesh) => {
  await makeSlow(mesh, "answer");
  const told: Json[] = [];
  // A node brings receipts to its collector once a second, and at once after a rest: only then is it there
  // before the other node's.
  await within(30_000, "an answer of the slow node's run", async () => {
    const answer = await infer(mesh, slow);
    assert.ok(answer.measured_wall_ms < DELAY_MS);
    told.push(answer);
    return answer.node === slow || null;
  }, OUTBOX_PACE_MS);
  await checkLedger(mesh, told);
});

test("Of hundreds of asks at once with a slow node among twenty none is charged twice, nor told what the ledger does not hold", async (mesh) => {
  const told: Json[] = [];
  for (const stage of ["arrival", "answer"] as const) {
    await makeSlow(mesh, stage);
    for (let round = 0; round < 5; round++) {
      told.push(...await Promise.all(nodes.map((node) => infer(mesh, node))));
    }
  }
  await checkLedger(mesh, told);
});

test("A node is made slow by an operator alone, for a while, and within bounds", async (mesh) => {
  const path = `/v1/nodes/${slow}/slow`;
  const body = { delay_ms: 1, lasts_ms: 1 };
  assert.equal((await mesh.call(path, { body })).status, 403);
  assert.equal((await mesh.admin("/v1/nodes/HD-009-009/slow", { body })).status, 404);
  for (
    const wrong of [{ delay_ms: 10_001 }, { lasts_ms: 600_001 }, { delay_ms: -1 }, { stage: 3 }]
  ) {
    assert.equal((await mesh.admin(path, { body: { ...body, ...wrong } })).status, 400);
  }
  assert.deepEqual((await mesh.admin(path, { body })).body, body);
});

test("A node of a shell with hardware of its own says so, runs by it, and is billed by it", async (mesh) => {
  const profileOf = async (id: string) => (await mesh.call(`/v1/nodes/${id}`)).body.profile;
  const small = {
    npu_tops: 0.5,
    npu_active_w: 4,
    tops_per_watt: 0.125,
    memory_bytes: 100e6,
    battery_j: 1_000 * 3_600,
    solar_w: 2_000,
  };
  const usual = await profileOf(nodes[0]);
  assert.deepEqual(await profileOf("LP-000-001"), small);
  assert.deepEqual([usual.npu_tops, usual.npu_active_w, usual.battery_j], [200, 20, 5_000 * 3_600]);

  // Nobody else may answer, however late this machine makes it.
  const told = {
    LP: await infer(mesh, "LP-000-001", "LP-000-001"),
    HD: await infer(mesh, nodes[1], nodes[1]),
  };
  assert.deepEqual([told.LP.node, told.HD.node], ["LP-000-001", nodes[1]]);
  await checkLedger(mesh, Object.values(told));
  const rows = await mesh.rows(
    `SELECT r.node, operations, modelled_npu_ms, modelled_energy_mj
     FROM receipts r JOIN placements p USING (id)
     WHERE id IN (?, ?)`,
    Object.values(told).map(({ execution_id }) => execution_id),
  );
  for (const { node, operations, modelled_npu_ms: npu_ms, modelled_energy_mj: energy_mj } of rows) {
    const { npu_tops, npu_active_w } = node === "LP-000-001" ? small : usual;
    assert.ok(Math.abs(npu_ms - (operations / npu_tops / 1e9 + 0.02)) < 1e-9, `${node}: ${npu_ms}`);
    assert.ok(Math.abs(energy_mj - npu_ms * npu_active_w) < 1e-6, `${node}: ${energy_mj} mJ`);
  }
  const body = { model: "drive-rss", origin: { node: "LP-000-001" } };
  const { candidates: [first] } = (await mesh.call("/v1/route", { body })).body;
  const { npu_ms, energy_mj } = first.modelled;
  assert.equal(first.node, "LP-000-001");
  assert.ok(Math.abs(energy_mj - npu_ms * small.npu_active_w) < 1e-9, `${energy_mj} mJ`);
});
