/**
 * Two tenants with a model of one name each: different files, and nothing of one is ever seen, run, counted or
 * deleted by the other.
 */
import assert from "node:assert/strict";
import type { Tensor } from "../../../contract/tensor.ts";
import type { ProtoFields } from "../../../models/graph/protobuf.ts";
import { askBinary } from "../../support/binary-client.ts";
import { type Json, type Mesh, sharedMeshTest, within } from "../../support/mesh.ts";
import { typedOnnx } from "../../support/uploaded-model.ts";

const test = sharedMeshTest();

interface Tenant {
  id: string;
  key: string;
  /** What its model multiplies by. */
  factor: number;
  /** What its output is called: the other's has another name. */
  output: string;
}

const constant = (value: number): ProtoFields => [
  [2, 1],
  [9, new Uint8Array(Float32Array.of(value).buffer)],
];

/** Nodes run for one tenant once more than for the other: what is charged differs, too. */
function fileOf({ factor, output }: Tenant): Uint8Array<ArrayBuffer> {
  const port = (name: string) => ({ name, datatype: "FP32" as const, dims: ["N"] });
  return typedOnnx({
    inputs: [port("x")],
    constants: { factor: constant(factor) },
    nodes: factor > 10
      ? [["Mul", ["x", "factor"], [output]]]
      : [["Mul", ["x", "factor"], ["z"]], ["Abs", ["z"], [output]]],
    outputs: [port(output)],
  });
}

async function tenants(mesh: Mesh): Promise<Tenant[]> {
  const facts = [
    { id: "alpha", factor: 3, output: "alpha_out" },
    { id: "beta", factor: 1_000, output: "beta_out" },
  ];
  return await Promise.all(facts.map(async (one) => {
    const key = await mesh.tenant(one.id, { scopes: ["infer", "read", "models"] });
    return { ...one, key };
  }));
}

async function upload(mesh: Mesh, tenant: Tenant): Promise<void> {
  const reply = await mesh.call("/v1/models/shared", {
    method: "PUT",
    body: fileOf(tenant),
    key: tenant.key,
    headers: { "Content-Type": "application/octet-stream" },
  });
  assert.equal(reply.status, 201, reply.text);
  assert.equal(reply.body.perigee.version, "1");
}

/** Asks, and holds the answer to be the tenant's own model's. @returns the execution's id */
async function askOwn(mesh: Mesh, { key, factor, output }: Tenant, x: number): Promise<string> {
  const inputs: Tensor[] = [
    { name: "x", datatype: "FP32", shape: [2], data: Float32Array.of(x, x + 1) },
  ];
  const { status, body, outputs } = await askBinary(mesh, { model: "shared", inputs, key });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(outputs.map(({ name }) => name), [output]);
  assert.deepEqual([...outputs[0].data as Float32Array], [factor * x, factor * (x + 1)]);
  assert.equal(body.parameters.operations, factor > 10 ? 2 : 4);
  return body.parameters.execution_id;
}

test("Models of one name never meet, however their tenants' requests mix", async (mesh) => {
  const both = await tenants(mesh);
  await Promise.all(both.map((tenant) => upload(mesh, tenant)));
  const ran = new Map(both.map(({ id }) => [id, [] as string[]]));
  // From one place, so that the same node runs both.
  for (let round = 0; round < 6; round++) {
    await Promise.all([0, 1, 2, 3].map(async (i) => {
      const tenant = both[(i + round) % 2];
      ran.get(tenant.id)!.push(await askOwn(mesh, tenant, 10 * round + i));
    }));
  }
  for (const { id, key, output } of both) {
    const { body } = await mesh.call("/v2/models/shared", { key });
    assert.deepEqual(body.outputs.map(({ name }: Json) => name), [output]);
    const receipts = await within(20_000, "all receipts", async () => {
      const { body } = await mesh.call("/v1/receipts?limit=100", { key });
      return body.data.length >= ran.get(id)!.length ? body.data : null;
    });
    assert.deepEqual(
      receipts.map((one: Json) => one.id).sort(),
      ran.get(id)!.sort(),
      "receipts of its own runs, and of no others",
    );
    const stats = await mesh.call("/v2/models/shared/stats", { key });
    assert.equal(stats.body.model_stats[0].inference_stats.success.count, ran.get(id)!.length);
  }
});

test("What one tenant deletes or makes anew changes nothing for the other", async (mesh) => {
  const [alpha, beta] = await tenants(mesh);
  const gone = await mesh.call("/v1/models/shared", { method: "DELETE", key: alpha.key });
  assert.equal(gone.status, 200, gone.text);
  await askOwn(mesh, beta, 7);
  const inputs: Tensor[] = [{ name: "x", datatype: "FP32", shape: [1], data: Float32Array.of(1) }];
  const refused = await askBinary(mesh, { model: "shared", inputs, key: alpha.key });
  assert.deepEqual([refused.status, refused.body.code], [404, "model_not_found"]);
  // The other's very bytes are a version of its own: the tenants share no file.
  const reply = await mesh.call("/v1/models/shared", {
    method: "PUT",
    body: fileOf(beta),
    key: alpha.key,
    headers: { "Content-Type": "application/octet-stream" },
  });
  assert.deepEqual([reply.status, reply.body.perigee.version], [201, "2"], reply.text);
  const rows = await mesh.rows("SELECT tenant_id, object FROM models WHERE name = 'shared'");
  assert.equal(new Set(rows.map(({ object }) => object)).size, rows.length);
  assert.ok(rows.every(({ tenant_id, object }) => object.startsWith(`${tenant_id}/`)));
  await askOwn(mesh, { ...alpha, factor: beta.factor, output: beta.output }, 8);
  await mesh.call("/v1/models/shared", { method: "DELETE", key: beta.key });
  await askOwn(mesh, { ...alpha, factor: beta.factor, output: beta.output }, 9);
});
