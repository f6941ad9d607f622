/**
 * Models of tenants without a registry: files put into the mesh's bucket, and jobs as an isolate would send
 * them to a node.
 * @module
 */
import { LIGHT } from "../../mesh/radio/profile.ts";
import type { Datatype, Tensor } from "../../contract/tensor.ts";
import type { UploadedModel } from "../../contract/uploaded-model.ts";
import { encode, type Field, type ProtoFields } from "../../models/graph/protobuf.ts";
import { LAUNCH_PRICES } from "../../mesh/billing/receipt.ts";
import { FILED } from "../../mesh/orbit/filed.ts";
import type { Job, JobResult } from "../../durable-objects/node/job.ts";
import { residentName } from "../../contract/uploaded-model.ts";
import { seconds } from "../../mesh/units.ts";
import { MODELS } from "../../models/catalogue.ts";
import type { Json, Mesh } from "./mesh.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const JOB_OF = "../../functions/infer/job.ts";
const { jobOf } = await import(JOB_OF) as { jobOf(from: object): Job };

const MEBIBYTE = 2 ** 20;

/** ONNX's numbers of the datatypes. */
export const ELEM_TYPES: Record<Datatype, number> = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
};

interface Port {
  name: string;
  datatype: Datatype;
  dims: readonly (number | string)[];
}

/** An ONNX file of typed inputs and outputs; nodes are [operator, inputs, outputs]. */
export function typedOnnx({ inputs, constants = {}, nodes, outputs }: {
  inputs: Port[];
  /** TensorProto without its name. */
  constants?: Record<string, ProtoFields>;
  nodes: [type: string, inputs: string[], outputs: string[]][];
  outputs: Port[];
}): Uint8Array<ArrayBuffer> {
  const port = ({ name, datatype, dims }: Port): ProtoFields => {
    const shape = dims.map((dim): Field => [1, [typeof dim === "number" ? [1, dim] : [2, dim]]]);
    return [[1, name], [2, [[1, [[1, ELEM_TYPES[datatype]], [2, shape]]]]]];
  };
  return encode([
    [1, 8],
    [7, [
      ...nodes.map(([type, from, to]): Field => [1, [
        ...from.map((name): Field => [1, name]),
        ...to.map((name): Field => [2, name]),
        [4, type],
      ]]),
      [2, "test"],
      ...Object.entries(constants).map(([name, tensor]): Field => [5, [...tensor, [8, name]]]),
      ...inputs.map((one): Field => [11, port(one)]),
      ...outputs.map((one): Field => [12, port(one)]),
    ]],
    [8, [[1, ""], [2, 20]]],
  ]);
}

/** Puts a file into the bucket. @returns the version that a ledger row would name */
export async function putModel(
  mesh: Mesh,
  file: Uint8Array<ArrayBuffer>,
  { tenant_id = "dev", name = "mine" }: { tenant_id?: string; name?: string } = {},
): Promise<UploadedModel> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", file));
  const object = `${tenant_id}/${crypto.randomUUID()}`;
  const bucket: Json = await mesh.emulator.runtime.getR2Bucket("MODELS");
  await bucket.put(object, file);
  return {
    tenant_id,
    name,
    version: "1",
    sha256: digest.toHex(),
    object,
    file_bytes: file.byteLength,
  };
}

/** The same ask once more, as another execution. */
export function again(job: Job): Job {
  const id = crypto.randomUUID();
  return { ...job, id, demand: { ...job.demand, id }, placement: { ...job.placement, id } };
}

/** The job of one ask on one node, and the node's object in the region that has it now. */
export async function uploadedJob(
  mesh: Mesh,
  uploaded: UploadedModel,
  { index = 0, operations = 1e6 }: { index?: number; operations?: number } = {},
): Promise<{ job: Job; think(job: Job, inputs: Tensor[]): Promise<JobResult> }> {
  const node = FILED.id(index);
  const { body: { region, sub_point } } = await mesh.call(`/v1/nodes/${node}`);
  const none = seconds(0);
  const at = Date.now();
  const { tenant_id } = uploaded;
  const job = jobOf({
    radio: LIGHT,
    caller: { tenant_id, key_id: "k", scopes: [], limits: {} },
    request_id: "r-1",
    request: {
      inputs: [],
      spec: {
        ...MODELS.get("drive-rss")!,
        outputs: [],
        outputShapes: () => [],
        name: uploaded.name,
        version: uploaded.version,
        uploaded,
      },
      origin: { lat: 0, lon: 0, alt_m: 0 },
      policy: undefined,
    },
    ask: {
      at,
      class: "interactive",
      operations,
      model: residentName(uploaded),
      memory_bytes: Math.ceil(uploaded.file_bytes / MEBIBYTE) * MEBIBYTE,
      load_bytes: uploaded.file_bytes,
      bytes_up: 1,
      deadline_ms: null,
    },
    candidate: {
      node,
      region,
      look: null,
      sub_point: { lat: sub_point.lat, lon: sub_point.lon, alt: sub_point.alt_km },
      sunlit: true,
      path: [node],
      timing: {
        light: none,
        transfer: none,
        wait: none,
        npu: none,
        total: none,
        energy: 0,
        queue: none,
        up: none,
      },
    },
    id: "",
    attempts: 1,
    elements: FILED.elements(index),
    prices: LAUNCH_PRICES,
    lease_id: null,
  });
  const nodes: Json = await mesh.emulator.runtime.getDurableObjectNamespace("NODES");
  const think = async (job: Job, inputs: Tensor[]): Promise<JobResult> => {
    for (let moves = 0; moves < 4; moves++) {
      const { node, region } = job.address;
      const result = await nodes.getByName(`${node}@${region}`).think(job, inputs);
      if (!("moved" in result)) return result;
      job = { ...job, address: { ...job.address, region: result.moved } };
    }
    throw new Error("The node's objects do not agree");
  };
  return { job: again(job), think };
}
