/**
 * A client of the Open Inference Protocol's binary extension: tensors up and down as bytes, with no number
 * written as text. Its own code, so that nothing of the server's stands on both sides.
 * @module
 */
import assert from "node:assert/strict";
import {
  type Datatype,
  ELEMENT_ARRAYS,
  type Tensor,
  type TensorData,
} from "../../contract/tensor.ts";
import { checkAnswer } from "./described.ts";
import type { Json, Mesh } from "./mesh.ts";

/** What came of an ask. */
export interface BinaryAnswer {
  status: number;
  /** The JSON of the answer, or of the refusal. */
  body: Json;
  /** In the answer's order; empty where it was refused. */
  outputs: Tensor[];
}

/** Asks from Paris, where a node is always near. */
export async function askBinary(
  mesh: Pick<Mesh, "url">,
  { model, inputs, key }: { model: string; inputs: readonly Tensor[]; key: string },
): Promise<BinaryAnswer> {
  const tails = inputs.map(({ data }) => bytesOf(data));
  const json = new TextEncoder().encode(JSON.stringify({
    inputs: inputs.map(({ name, datatype, shape }, i) => ({
      name,
      datatype,
      shape,
      parameters: { binary_data_size: tails[i].length },
    })),
    parameters: { binary_data_output: true, origin_lat: 48.86, origin_lon: 2.35 },
  }));
  const url = `${mesh.url}/v2/models/${model}/infer`;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/octet-stream",
      "Inference-Header-Content-Length": String(json.length),
    },
    body: new Blob([json, ...tails]),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const told = response.headers.get("Inference-Header-Content-Length");
  const length = told === null ? bytes.length : Number(told);
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  const body = JSON.parse(text);
  const { status, headers } = response;
  await checkAnswer({ method: "POST", url, status, headers, text });
  if (status !== 200) return { status, body, outputs: [] };
  let at = length;
  const outputs = body.outputs.map(({ name, datatype, shape, parameters }: Json): Tensor => {
    const size = parameters.binary_data_size;
    return { name, datatype, shape, data: dataOf(datatype, bytes.slice(at, at += size)) };
  });
  assert.equal(at, bytes.length, "bytes behind the last tensor");
  return { status, body, outputs };
}

function bytesOf(data: TensorData): Uint8Array<ArrayBuffer> {
  if (!Array.isArray(data)) {
    return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  }
  const whole = new Uint8Array(data.reduce((sum, text) => sum + 4 + text.length, 0));
  let at = 0;
  for (const text of data) {
    new DataView(whole.buffer).setUint32(at, text.length, true);
    whole.set(text, at + 4);
    at += 4 + text.length;
  }
  return whole;
}

function dataOf(datatype: Datatype, bytes: Uint8Array<ArrayBuffer>): TensorData {
  if (datatype !== "BYTES") return new ELEMENT_ARRAYS[datatype](bytes.buffer);
  const texts: Uint8Array[] = [];
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    texts.push(bytes.slice(at + 4, at += 4 + length));
  }
  return texts;
}
