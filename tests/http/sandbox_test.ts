/**
 * Uploaded models in sandboxes, as a node runs them: what goes in and comes out, whose fault a failure is, and
 * what is left of a model that nobody asks any more. Jobs go to node objects, as an isolate sends them.
 * @module
 */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { Datatype, Tensor, TensorData } from "../../contract/tensor.ts";
import { residentName } from "../../contract/uploaded-model.ts";
import { workerdOf } from "../../emulator/workerd/guard.ts";
import type { ProtoFields } from "../../models/graph/protobuf.ts";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";
import { again, putModel, typedOnnx, uploadedJob } from "../support/uploaded-model.ts";

const test = meshTest();

const utf8 = (text: string) => new TextEncoder().encode(text);
const DATA: Record<Datatype, TensorData> = {
  BOOL: Uint8Array.of(1, 0, 1),
  UINT8: Uint8Array.of(0, 7, 255),
  UINT16: Uint16Array.of(0, 7, 65_535),
  UINT32: Uint32Array.of(0, 7, 4_294_967_295),
  UINT64: BigUint64Array.of(0n, 7n, 2n ** 64n - 1n),
  INT8: Int8Array.of(-128, 7, 127),
  INT16: Int16Array.of(-32_768, 7, 32_767),
  INT32: Int32Array.of(-(2 ** 31), 7, 2 ** 31 - 1),
  INT64: BigInt64Array.of(-(2n ** 63n), 7n, 2n ** 63n - 1n),
  // 1, -2 and the largest.
  FP16: Uint16Array.of(0x3c00, 0xc000, 0x7bff),
  FP32: Float32Array.of(0.1, -0, Infinity),
  FP64: Float64Array.of(0.1, -0, Number.MAX_VALUE),
  BYTES: [utf8("grün"), utf8(""), utf8("\uFEFF 🛰")],
};

const TYPES = Object.keys(DATA) as Datatype[];

const identities = (types: Datatype[]) =>
  typedOnnx({
    inputs: types.map((datatype) => ({ name: `x_${datatype}`, datatype, dims: ["N"] })),
    nodes: types.map((datatype) => ["Identity", [`x_${datatype}`], [`y_${datatype}`]]),
    outputs: types.map((datatype) => ({ name: `y_${datatype}`, datatype, dims: ["N"] })),
  });

const inputsOf = (types: Datatype[]): Tensor[] =>
  types.map((datatype) => ({ name: `x_${datatype}`, datatype, shape: [3], data: DATA[datatype] }));

/** BYTES as lists of numbers, so that what differs is told. */
const plain = (data: TensorData) => Array.isArray(data) ? data.map((one) => [...one]) : data;

/** A large weight: what a model of that size takes of everything. */
const weights = (
  bytes: number,
): ProtoFields => [[1, bytes / 4], [2, 1], [9, new Uint8Array(bytes)]];

const float = (name: string, ...dims: (number | string)[]) => ({
  name,
  datatype: "FP32" as const,
  dims,
});

const add = (name = "x") =>
  typedOnnx({
    inputs: [float(name, "N")],
    nodes: [["Add", [name, name], ["sum"]]],
    outputs: [float("sum", "N")],
  });

const vector = (...data: number[]): Tensor[] => [
  { name: "x", datatype: "FP32", shape: [data.length], data: Float32Array.from(data) },
];

test("Tensors of every datatype go into a sandbox and come back, bit for bit, in the model's order", async (mesh) => {
  const model = await putModel(mesh, identities(TYPES));
  const { job, think } = await uploadedJob(mesh, model);
  const result = await think(job, inputsOf(TYPES).reverse());
  assert.ok(result.ok);
  assert.deepEqual(
    result.outputs.map(({ name, shape }) => [name, shape]),
    TYPES.map((datatype) => [`y_${datatype}`, [3]]),
  );
  for (const { datatype, data } of result.outputs) {
    assert.deepEqual(plain(data), plain(DATA[datatype]), datatype);
  }
  const { receipt } = result.execution;
  assert.deepEqual([receipt.model, receipt.model_version, receipt.operations], ["mine", "1", 1e6]);
  assert.ok(result.digest.resident.includes(residentName(model)));
});

test("What a model cannot compute is told in the engine's words, and billed as the time that it had", async (mesh) => {
  const square = typedOnnx({
    inputs: [float("x", "N")],
    nodes: [["MatMul", ["x", "x"], ["xx"]], ["Reshape", ["x", "to"], ["y"]]],
    constants: { to: [[1, 1], [2, 7], [9, new Uint8Array(BigInt64Array.of(2n).buffer)]] },
    outputs: [float("y", 2), float("xx")],
  });
  const { job, think } = await uploadedJob(mesh, await putModel(mesh, square));
  const failed = await think(job, vector(1, 2, 3));
  assert.ok(!failed.ok && "failed" in failed);
  assert.deepEqual([failed.failed.failure, failed.billed], ["model_failed", true]);
  assert.match(failed.failed.message, /cannot be reshaped|Reshape/);
  assert.ok(failed.failed.message.length <= 500);
  // The sandbox goes on, and so does the node.
  const well = await think(again(job), vector(1, 2));
  assert.ok(well.ok);
  assert.deepEqual([...well.outputs[0].data as Float32Array], [1, 2]);
  const receipts = "SELECT charge_microcredits AS charge FROM receipts WHERE id = ?";
  const [{ charge }] = await within(20_000, "its receipt", async () => {
    const rows = await mesh.rows(receipts, [job.id]);
    return rows.length === 1 ? rows : null;
  });
  assert.ok(charge > 0);
});

test("BYTES that the engine cannot carry are the caller's fault, and reach no sandbox", async (mesh) => {
  const { job, think } = await uploadedJob(mesh, await putModel(mesh, identities(["BYTES"])));
  for (
    const [bytes, says] of [[[0xff], "is not UTF-8"], [[97, 0, 98], "has a zero byte"]] as const
  ) {
    const data = [utf8("a"), Uint8Array.from(bytes), utf8("b")];
    const input: Tensor = { name: "x_BYTES", datatype: "BYTES", shape: [3], data };
    const failed = await think(again(job), [input]);
    assert.ok(!failed.ok && "failed" in failed);
    assert.ok(failed.failed.message.startsWith(`Element 1 of input "x_BYTES" ${says}`));
  }
});

test("A file that is not what was uploaded is not run: no digest, no run, no charge; the right one is, after it", async (mesh) => {
  const file = add();
  const model = await putModel(mesh, file);
  const bucket: Json = await mesh.emulator.runtime.getR2Bucket("MODELS");
  await bucket.put(model.object, file.toReversed());
  const { job, think } = await uploadedJob(mesh, model);
  const refused = async (says: RegExp) => {
    const result = await think(again(job), vector(1));
    assert.ok(!result.ok && "failed" in result);
    assert.deepEqual([result.failed.failure, result.billed], ["models_unavailable", false]);
    assert.match(result.failed.message, says);
  };
  await refused(/not what was uploaded/);
  await bucket.delete(model.object);
  await refused(/not there/);
  await bucket.put(model.object, file);
  const result = await think(job, vector(1, 2));
  assert.ok(result.ok);
  assert.deepEqual([...result.outputs[0].data as Float32Array], [2, 4]);
});

test("A model that wants more memory than a sandbox has fails alone, and the next run finds a new sandbox", async (mesh) => {
  const grow = typedOnnx({
    inputs: [{ name: "shape", datatype: "INT64", dims: [1] }],
    nodes: [["ConstantOfShape", ["shape"], ["zeros"]], ["ReduceSum", ["zeros"], ["sum"]]],
    outputs: [float("sum", 1)],
  });
  const { job, think } = await uploadedJob(mesh, await putModel(mesh, grow));
  const sum = (elements: number) =>
    think(again(job), [
      { name: "shape", datatype: "INT64", shape: [1], data: BigInt64Array.of(BigInt(elements)) },
    ]);
  const large = await sum(100e6);
  assert.ok(!large.ok && "failed" in large);
  assert.equal(large.failed.failure, "model_failed");
  assert.ok((await sum(1e6)).ok);
});

test("Runs at once of one model and of many all get their own outputs", async (mesh) => {
  const models = await Promise.all(
    ["a", "b", "c", "d", "e", "f"].map((name) => putModel(mesh, add(), { tenant_id: `t-${name}` })),
  );
  const asks = Array.from({ length: 24 }, async (_, i) => {
    const { job, think } = await uploadedJob(mesh, models[i % 6], { index: i % 3 });
    const result = await think(job, vector(i, -i));
    assert.ok(result.ok, `ask ${i}`);
    assert.deepEqual([...result.outputs[0].data as Float32Array], [2 * i, -2 * i]);
  });
  await Promise.all(asks);
});

test("A node tells a tenant of no other's models, and an operator of all", async (mesh) => {
  const index = 7;
  const models = await Promise.all(
    ["dev", "other"].map((tenant_id) => putModel(mesh, add(), { tenant_id })),
  );
  const jobs = await Promise.all(models.map((model) => uploadedJob(mesh, model, { index })));
  for (const { job, think } of jobs) assert.ok((await think(job, vector(1))).ok);
  const { address: { node } } = jobs[0].job;
  const { body: { sub_point } } = await mesh.call(`/v1/nodes/${node}`);
  const asked = await mesh.call("/v2/models/drive-rss/infer", {
    body: {
      parameters: {
        origin_lat: sub_point.lat,
        origin_lon: sub_point.lon,
        policy: JSON.stringify({ allow: [{ node }] }),
      },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
    },
  });
  assert.equal(asked.status, 200, asked.text);
  const [own, others] = models.map(residentName);
  const seen = await mesh.call(`/v1/nodes/${node}`);
  assert.equal(seen.body.modelled.source, "node");
  assert.ok(seen.body.modelled.resident.includes(own), seen.text);
  assert.ok(!seen.text.includes("other/"), seen.text);
  const shown = await mesh.admin(`/v1/nodes/${node}`);
  assert.ok(shown.body.modelled.resident.includes(others), shown.text);
  const shownAs = await mesh.admin(`/v1/nodes/${node}?tenant=dev`);
  assert.ok(!shownAs.text.includes("other/"), shownAs.text);
});

const scaled = (factor: number) =>
  typedOnnx({
    inputs: [float("x", "N")],
    nodes: [["Mul", ["x", "by"], ["y"]]],
    constants: { by: [[2, 1], [9, new Uint8Array(Float32Array.of(factor).buffer)]] },
    outputs: [float("y", "N")],
  });

test("Two tenants' models of one name never meet, through the front door", async (mesh) => {
  const tenants = await Promise.all(
    ["one", "two"].map((id) => mesh.tenant(id, { scopes: ["infer", "read", "models"] })),
  );
  const parameters = { origin_lat: 47, origin_lon: 8 };
  for (const [i, key] of tenants.entries()) {
    const put = await mesh.call("/v1/models/scale", {
      key,
      method: "PUT",
      body: scaled(i + 2),
      headers: { "Content-Type": "application/octet-stream" },
    });
    assert.equal(put.status, 201, put.text);
  }
  const x = { name: "x", datatype: "FP32", shape: [2], data: [1, 10] };
  for (let round = 0; round < 3; round++) {
    for (const [i, key] of tenants.entries()) {
      const { status, text, body } = await mesh.call("/v2/models/scale/infer", {
        key,
        body: { parameters, inputs: [x] },
      });
      assert.equal(status, 200, text);
      assert.deepEqual(body.outputs[0].data, [i + 2, 10 * (i + 2)]);
      assert.ok(body.parameters.operations > 0 && body.parameters.charge_microcredits > 0, text);
    }
  }
  const { status } = await mesh.call("/v2/models/scale/infer", {
    body: { parameters, inputs: [x] },
  });
  assert.equal(status, 404);
});

test("Inputs that a model cannot take are a 400 or a 422 that says why, and never a 500", async (mesh) => {
  const pick = typedOnnx({
    inputs: [float("x", "N"), { name: "at", datatype: "INT64", dims: ["K"] }],
    nodes: [["Reshape", ["x", "two"], ["pair"]], ["Gather", ["pair", "at"], ["y"]]],
    constants: { two: [[1, 1], [2, 7], [9, new Uint8Array(BigInt64Array.of(2n).buffer)]] },
    outputs: [float("y", "K")],
  });
  const headers = { "Content-Type": "application/octet-stream" };
  const put = await mesh.call("/v1/models/pick", { method: "PUT", body: pick, headers });
  assert.equal(put.status, 201, put.text);
  const ask = (x: number[], at: number[]) =>
    mesh.call("/v2/models/pick/infer", {
      body: {
        parameters: { origin_lat: 47, origin_lon: 8 },
        inputs: [
          { name: "x", datatype: "FP32", shape: [x.length], data: x },
          { name: "at", datatype: "INT64", shape: [at.length], data: at },
        ],
      },
    });
  const well = await ask([5, 6], [1]);
  assert.equal(well.status, 200, well.text);
  assert.deepEqual(well.body.outputs[0].data, [6]);
  const shapes = await ask([5, 6, 7], [1]);
  assert.equal(shapes.status, 400, shapes.text);
  assert.match(shapes.text, /Reshape|dimension|must be/);
  const outside = await ask([5, 6], [9]);
  assert.equal(outside.status, 422, outside.text);
  assert.equal(outside.headers.get("Perigee-Problem") ?? outside.body.code, "model_failed");
  assert.match(outside.text, /out of data bounds|out of bounds/);
});

/** What this test's workerd holds in memory. */
/** Of the mesh's own: other tests have theirs beside it. */
async function workerdBytes(mesh: Mesh): Promise<number> {
  const pid = await workerdOf(dirname(mesh.emulator.ledger.file));
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
}

test("Thirty models, one after another, leave the memory of four", async (mesh) => {
  const think = async (i: number) => {
    const file = typedOnnx({
      inputs: [float("x", "N")],
      nodes: [["Gather", ["w", "at"], ["v"]], ["Add", ["x", "v"], ["y"]]],
      constants: {
        w: weights(200_000),
        at: [[1, 1], [2, 7], [9, new Uint8Array(BigInt64Array.of(BigInt(i)).buffer)]],
      },
      outputs: [float("y", "N")],
    });
    const { job, think } = await uploadedJob(mesh, await putModel(mesh, file));
    const result = await think(job, vector(i));
    assert.ok(result.ok);
    assert.deepEqual([...result.outputs[0].data as Float32Array], [i]);
  };
  // By then as many have come and gone as are kept, and garbage has been collected.
  for (let i = 0; i < 12; i++) await think(i);
  const before = await workerdBytes(mesh);
  for (let i = 12; i < 42; i++) await think(i);
  const grown = await workerdBytes(mesh) - before;
  assert.ok(grown < 150e6, `${Math.round(grown / 1e6)} MB more`);
});
