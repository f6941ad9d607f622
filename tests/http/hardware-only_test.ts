/**
 * A model that no isolate can run: it runs where a board is attached, and nowhere else.
 * @module
 */
import assert from "node:assert/strict";
import type { Tensor } from "../../contract/tensor.ts";
import { boardUrl, fetchModel } from "../../hardware/board.ts";
import { ModelStore } from "../../hardware/model-store.ts";
import type { Runner } from "../../hardware/runner.ts";
import { attach, boardKey, CALM_CLOCK, isListed } from "../support/board.ts";
import { type Json, type Mesh, meshTest, type Reply, within } from "../support/mesh.ts";
import { OPERATIONS, SIZE, square, squareModel } from "../support/square-model.ts";

const test = meshTest({ PERIGEE_CLOCK: CALM_CLOCK });

const NODE = "G2A-020-001";
const NEIGHBOUR = "G2A-020-002";
const PATH = "/v2/models/square/infer";

/** Mostly zeros: it is text that travels. */
const data = Array.from({ length: SIZE * SIZE }, (_, i) => i % 9_973 === 0 ? i % 7 : 0);

const body = (parameters: object) => ({
  inputs: [{ name: "x", shape: [SIZE, SIZE], datatype: "FP32", data }],
  parameters,
});

const ask = (mesh: Mesh, parameters: object): Promise<Reply> =>
  mesh.call(PATH, { body: body(parameters) });

/** Fetches the model as the program does, and computes its known function. */
class SquareRunner implements Runner {
  readonly name = "squares";
  readonly store: ModelStore;
  fetched = 0;
  runs = 0;

  constructor(mesh: Mesh, { node, key, folder }: { node: string; key: string; folder: string }) {
    this.store = new ModelStore(folder, (sha256, signal) => {
      this.fetched++;
      return fetchModel({ mesh: mesh.url, node, key }, sha256, signal);
    });
  }

  async load(model: Parameters<Runner["load"]>[0]) {
    assert.deepEqual(await this.store.bytesOf(model), squareModel());
    return (inputs: readonly Tensor[]) => {
      this.runs++;
      return Promise.resolve([square(inputs[0])]);
    };
  }
}

const meshClock = async (mesh: Mesh): Promise<number> =>
  Date.parse((await mesh.call(`/v1/nodes/${NODE}`)).body.at);

async function upload(mesh: Mesh): Promise<string> {
  const put = await mesh.call("/v1/models/square", {
    method: "PUT",
    body: squareModel(),
    headers: { "Content-Type": "application/octet-stream" },
  });
  assert.ok(put.status === 201 || put.status === 200, put.text);
  return put.body.perigee.sha256;
}

test("without a board the ask is refused as no_hardware, and costs nothing", async (mesh) => {
  await upload(mesh);
  const before = await meshClock(mesh);
  const refused = await ask(mesh, { origin_node: NODE });
  const after = await meshClock(mesh);
  assert.equal(refused.status, 503, refused.text.slice(0, 300));
  const refused_at = Date.parse(refused.headers.get("Perigee-Refused-At")!);
  assert.ok(before <= refused_at && refused_at <= after, `${before}, ${refused_at}, ${after}`);
  assert.equal(refused.headers.get("Perigee-Refusal"), "no_hardware");
  const takes = `it takes ${Math.ceil(OPERATIONS / 1e7) / 100} billion operations, over 2`;
  assert.ok(refused.text.includes(`too much for a sandbox: ${takes}`), refused.text);
  const route = await mesh.call("/v1/route", { body: { model: "square", origin: { node: NODE } } });
  assert.equal(route.status, 200, route.text);
  assert.equal(route.body.placement, null);
  assert.deepEqual(await mesh.nodeObjects(), []);
});

test("where a board is attached it runs there, from wherever it is asked, and the file came by its digest", async (mesh) => {
  const sha256 = await upload(mesh);
  const { key } = await boardKey(mesh, NODE);
  const folder = await Deno.makeTempDir({ prefix: "perigee-board-" });
  const runner = new SquareRunner(mesh, { node: NODE, key, folder });
  await using _board = await attach(mesh, NODE, key, runner);
  const models = `${boardUrl("", NODE)}/models`;
  const early = await mesh.call(`${models}/${sha256}`, { key });
  assert.equal(early.status, 404, "a model without a run was given");
  for (const origin of [NODE, NEIGHBOUR]) {
    const answer = await within(15_000, "an answer", async () => {
      const reply = await ask(mesh, { origin_node: origin });
      return reply.status === 200 ? reply : null;
    });
    const { parameters, outputs } = answer.body;
    assert.equal(parameters.node, NODE);
    assert.ok(parameters.operations >= OPERATIONS, `${parameters.operations}`);
    assert.ok(parameters.measured_board_wall_ms >= 0);
    const right = square({ name: "x", datatype: "FP32", shape: [], data: Float32Array.from(data) });
    assert.deepEqual(outputs[0].data, [...right.data as Float32Array]);
    if (origin === NEIGHBOUR) assert.equal(parameters.path, `${NEIGHBOUR},${NODE}`);
  }
  assert.deepEqual([runner.runs, runner.fetched], [2, 1], "the second run had the file on disk");
  for (const other of [null, mesh.emulator.secrets.dev_key, mesh.emulator.secrets.admin_token]) {
    assert.equal((await mesh.call(`${models}/${sha256}`, { key: other })).status, 401);
  }
  await Deno.remove(folder, { recursive: true });
});

test("a board that drops with the only run is told apart from an answer: the ask is refused, and nothing is charged", async (mesh) => {
  await upload(mesh);
  const { key } = await boardKey(mesh, NODE);
  const drop: Runner = {
    name: "drops",
    load: () => Promise.reject(new Error("It has no memory left")),
  };
  await using _board = await attach(mesh, NODE, key, drop);
  const refused = await ask(mesh, { origin_node: NODE });
  assert.equal(refused.status, 503, refused.text.slice(0, 300));
  assert.equal(refused.headers.get("Perigee-Refusal"), "no_hardware");
  const built = await mesh.call("/v2/models/drive-rss/infer", {
    body: {
      inputs: [{ name: "state", shape: [1, 6], datatype: "FP32", data: [1, 2, 3, 4, 5, 6] }],
      parameters: { origin_node: NODE },
    },
  });
  assert.equal(built.status, 200, "what an isolate can run, it runs");
  const { execution_id } = built.body.parameters;
  await within(15_000, "the receipt", async () => {
    const rows = await mesh.rows("SELECT id FROM receipts WHERE id = ?", [execution_id]);
    return rows.length === 1 || null;
  });
  // A node's receipts leave it in order: of what was refused there would be one by now.
  const dear: Json[] = await mesh.rows("SELECT id FROM receipts WHERE model = 'square'");
  assert.equal(dear.length, 2);
  await isListed(mesh, NODE, true);
});
