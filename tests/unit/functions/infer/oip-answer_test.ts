/**
 * Which outputs are given, and the body that they are given in.
 */
import assert from "node:assert/strict";
import type { Datatype, Tensor } from "../../../../contract/tensor.ts";
import type { AnswerOutput } from "../../../../contract/oip/answer-text.ts";
import type { InferRequest } from "../../../../contract/oip.ts";
import { MODELS, type ModelSpec } from "../../../../models/catalogue.ts";

// By names that are not written here: their types are workerd's, and what is around here is Deno's.
const from = (file: string) =>
  import(new URL(`../../../../functions/infer/${file}`, import.meta.url).href);

interface Body {
  body: unknown;
  headers: Record<string, string>;
}
interface Wanted {
  name: string;
  is_binary: boolean;
}

const { answerBody } = await from("answer-body.ts") as {
  answerBody(fields: object, outputs: AnswerOutput[], services: object): Body;
};
const { gzipAsked } = await from("compressed-answer.ts") as { gzipAsked(text: string): string };
const { bodyBytesMax } = await from("read-inference.ts") as {
  bodyBytesMax(spec: ModelSpec): number;
};
const { wantedOutputs } = await from("wanted-outputs.ts") as {
  wantedOutputs(spec: ModelSpec, body: Pick<InferRequest, "parameters" | "outputs">): Wanted[];
};

const SCENE = MODELS.get("scene-indices")!;

const withOutputs = (...outputs: [string, Datatype][]): ModelSpec => ({
  ...SCENE,
  outputs: outputs.map(([name, datatype]) => ({ name, datatype, shape: [-1] })),
});

const NOWHERE = { after: () => {}, room: { lend: () => () => {} } };

Deno.test("wantedOutputs() keeps the request's order, and what it says of each", () => {
  const spec = withOutputs(["a", "FP32"], ["b", "FP16"], ["c", "BYTES"]);
  const all = { parameters: { binary_data_output: true } };
  assert.deepEqual(wantedOutputs(spec, all), [
    { name: "a", is_binary: true },
    { name: "b", is_binary: true },
    { name: "c", is_binary: true },
  ]);
  const outputs = [
    { name: "c" },
    { name: "b", parameters: { binary_data: true } },
    { name: "a", parameters: null },
  ];
  assert.deepEqual(wantedOutputs(spec, { outputs }), [
    { name: "c", is_binary: false },
    { name: "b", is_binary: true },
    { name: "a", is_binary: false },
  ]);
  const [own] = wantedOutputs(spec, {
    ...all,
    outputs: [{ name: "a", parameters: { binary_data: false } }],
  });
  assert.equal(own.is_binary, false);
  assert.throws(() => wantedOutputs(spec, {}), {
    message: /"b" is FP16, which is not given as JSON/,
  });
  assert.throws(() => wantedOutputs(spec, { outputs: [{ name: "d" }] }), /no output "d".*a, b, c/);
  assert.throws(() => wantedOutputs(spec, { outputs: [{ name: "a" }, { name: "a" }] }), /twice/);
});

Deno.test("answerBody() puts the bytes of every datatype behind the JSON, exactly", () => {
  const tensors: Tensor[] = [
    { name: "f", datatype: "FP32", shape: [3], data: Float32Array.of(NaN, -Infinity, -0) },
    { name: "h", datatype: "FP16", shape: [2], data: Uint16Array.of(0x3c00, 0x7e00) },
    { name: "l", datatype: "INT64", shape: [1], data: BigInt64Array.of(-(2n ** 63n)) },
    { name: "t", datatype: "BYTES", shape: [2], data: [Uint8Array.of(0xff), new Uint8Array(0)] },
    { name: "s", datatype: "BOOL", shape: [], data: Uint8Array.of(1) },
    // A part of a larger memory.
    { name: "p", datatype: "INT16", shape: [1], data: new Int16Array([1, -2, 3]).subarray(1, 2) },
  ];
  const outputs = tensors.map((tensor) => ({ tensor, is_binary: tensor.name !== "s" }));
  const { body, headers } = answerBody({ id: "日本" }, outputs, NOWHERE);
  const bytes = body as Uint8Array;
  const length = Number(headers["Inference-Header-Content-Length"]);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
  assert.equal(json.id, "日本");
  assert.deepEqual(json.outputs[4], { name: "s", shape: [], datatype: "BOOL", data: [true] });
  const sizes = json.outputs.map((one: { parameters?: { binary_data_size: number } }) =>
    one.parameters?.binary_data_size
  );
  assert.deepEqual(sizes, [12, 4, 8, 9, undefined, 2]);
  assert.equal(
    bytes.subarray(length).toHex(),
    "0000c07f" + "000080ff" + "00000080" + "003c007e" + "0000000000000080" + "01000000ff00000000" +
      "feff",
  );
});

Deno.test("gzipAsked() reads Accept-Encoding as RFC 9110 has it", () => {
  const asks: Record<string, string[]> = {
    alone: ["gzip", "GZIP", "gzip;q=0.5, identity", "x-gzip", "gzip, br;q=0", " gzip ; q=1 "],
    listed: ["br, gzip", "*", "deflate,*;q=1", "gzip, deflate", "deflate, gzip, br, zstd"],
    no: ["", "deflate", "gzip;q=0", "identity", "*;q=0", "gzip; q=0.0, *", "zip", "gzip;q=x"],
  };
  for (const [right, given] of Object.entries(asks)) {
    for (const accepted of given) assert.equal(gzipAsked(accepted), right, accepted);
  }
});

Deno.test("A model without limits, or with BYTES, gets the limit of all", () => {
  const input = (datatype: Datatype, shape: number[]) => ({ name: "x", datatype, shape });
  const free: ModelSpec = { ...SCENE, limits: [], inputs: [input("FP32", [-1])], dims: [["N"]] };
  assert.equal(bodyBytesMax(free), 2 ** 25);
  const texts: ModelSpec = { ...free, inputs: [input("BYTES", [1])], dims: [[1]] };
  assert.equal(bodyBytesMax(texts), 2 ** 25);
  const scalar: ModelSpec = { ...free, inputs: [input("FP16", [])], dims: [[]] };
  assert.ok(bodyBytesMax(scalar) < 2 ** 21);
});
