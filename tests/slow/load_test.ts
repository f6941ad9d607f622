/**
 * Many requests from many places at once: none fails, and the ledger counts each exactly once.
 * @module
 */
import assert from "node:assert/strict";
import { seeded } from "../support/random.ts";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";

const REQUESTS = 2_000;
const CONNECTIONS = 16;
const PLACES = 50;
const SEED = 16;
const MODELS = ["drive-rss", "telemetry-anomaly", "scene-indices"];
const QUANTITIES = [
  "operations",
  "energy_mj",
  "npu_us",
  "bytes_up",
  "bytes_down",
  "charge_microcredits",
] as const;

const test = meshTest();

const random = seeded(SEED);
// Shells of 53 degrees and less: a node is always above 25 degrees up to this latitude.
const places = Array.from({ length: PLACES }, () => ({
  lat: random.between(-58, 58),
  lon: random.between(-180, 180),
}));

/** What is sent as number i: model and place in turn, so that every pair occurs. */
function request(i: number): { model: string; body: object } {
  const { lat, lon } = places[i % PLACES];
  const [height, width] = [1 + i % 7, 1 + i % 5];
  const inputs: Record<string, [string, number[]]> = {
    "drive-rss": ["state", [1 + i % 9, 6]],
    "telemetry-anomaly": ["windows", [1 + i % 4, 8]],
    "scene-indices": ["reflectance", [1, 6, height, width]],
  };
  const model = MODELS[i % MODELS.length];
  const [name, shape] = inputs[model];
  const elements = shape.reduce((product, size) => product * size, 1);
  const data = Array.from({ length: elements }, (_, at) => (at % 10 + 1) / 10);
  const parameters = { origin_lat: lat, origin_lon: lon };
  return { model, body: { parameters, inputs: [{ name, shape, datatype: "FP32", data }] } };
}

/** Answers in the order of their requests, by so many connections at once. */
async function sendAll(mesh: Mesh, key: string): Promise<Json[]> {
  const answers: Json[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (next < REQUESTS) {
      const i = next++;
      const { model, body } = request(i);
      const reply = await mesh.call(`/v2/models/${model}/infer`, { key, body });
      assert.equal(reply.status, 200, `request ${i} of seed ${SEED}: ${reply.text}`);
      answers[i] = reply.body;
    }
  }));
  return answers;
}

const sum = (rows: Json[], quantity: string): number =>
  rows.reduce((total, row) => total + Number(row[quantity]), 0);

test(`${REQUESTS} requests at ${CONNECTIONS} connections from ${PLACES} places all succeed, and each is one placement, one receipt and one execution of the usage`, async (mesh) => {
  const key = await mesh.tenant("load");
  const answers = await sendAll(mesh, key);
  const receipts = await within(30_000, `${REQUESTS} receipts`, async () => {
    const rows = await mesh.rows("SELECT * FROM receipts WHERE tenant_id = 'load'");
    return rows.length >= REQUESTS ? rows : null;
  });
  const placements = await mesh.rows("SELECT * FROM placements WHERE tenant_id = 'load'");

  const ids = answers.map(({ parameters }) => parameters.execution_id).sort();
  assert.equal(new Set(ids).size, REQUESTS);
  assert.deepEqual(receipts.map(({ id }) => id).sort(), ids);
  assert.deepEqual(placements.map(({ id }) => id).sort(), ids);

  const byId = new Map(receipts.map((row) => [row.id, row]));
  answers.forEach(({ parameters: p }, i) => {
    const receipt = byId.get(p.execution_id);
    assert.equal(receipt.model, request(i).model);
    for (const column of ["node", "operations", "bytes_up", "bytes_down", "charge_microcredits"]) {
      assert.equal(receipt[column], p[column], `${column} of request ${i}`);
    }
  });

  const { body: { total, groups } } = await mesh.call("/v1/usage?group_by=model", { key });
  assert.equal(total.executions, REQUESTS);
  for (const quantity of QUANTITIES) {
    assert.equal(total[quantity], sum(receipts, quantity), quantity);
  }
  assert.deepEqual(groups.map(({ group }: Json) => group), [...MODELS].sort());
  for (const { group, ...got } of groups) {
    const rows = receipts.filter(({ model }) => model === group);
    assert.equal(got.executions, rows.length, group);
    for (const quantity of QUANTITIES) {
      assert.equal(got[quantity], sum(rows, quantity), `${quantity} of ${group}`);
    }
  }
});

test("Every page of /v1/placements together holds every execution once, newest first", async (mesh) => {
  const key = await mesh.tenant("load");
  const seen: Json[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const { status, text, body } = await mesh.call(`/v1/placements?limit=700${query}`, { key });
    assert.equal(status, 200, text);
    assert.ok(body.data.length <= 700);
    seen.push(...body.data);
    cursor = body.next;
  }
  assert.equal(seen.length, REQUESTS);
  assert.equal(new Set(seen.map(({ id }) => id)).size, REQUESTS);
  seen.slice(1).forEach(({ placed_at }, i) => assert.ok(placed_at <= seen[i].placed_at));
});

test("An object exists for every node that ran something, and else only where its state went", async (mesh) => {
  const rows = await mesh.rows("SELECT DISTINCT node, region FROM receipts");
  const objects = (await mesh.nodeObjects()).length;
  // A node that crosses a border meanwhile has its state pushed to the next region's object, at most
  // one in the minute that this takes.
  const nodes = new Set(rows.map(({ node }) => node)).size;
  assert.ok(objects >= rows.length && objects <= rows.length + nodes, `${objects} ${rows.length}`);
});
