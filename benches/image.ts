/**
 * A scene of 3 MB, its body as JSON and as bytes behind the JSON; both readable by any client of the protocol.
 * @module
 */
import { PARAMETERS } from "./hostile-bodies.ts";

/** Pixels along a side: 6 bands of FP32 are 3.1 MB. */
export const SIDE = 362;

const SHAPE = [1, 6, SIDE, SIDE];

/** A body, and the headers that go with it. */
export interface ImageBody {
  body: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
}

/** Reflectances of all bands, the same in every run. */
export const image = (): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: 6 * SIDE * SIDE }, (_, i) => Math.abs(Math.sin(i * 1.37)));

/** As a client writes it that knows nothing but JSON. */
export function jsonBody(data: Float32Array): ImageBody {
  const input = { name: "reflectance", datatype: "FP32", shape: SHAPE, data: Array.from(data) };
  const text = JSON.stringify({ parameters: PARAMETERS, inputs: [input] });
  return {
    body: new TextEncoder().encode(text),
    headers: { "Content-Type": "application/json" },
  };
}

/** As Triton's client writes it. */
export function binaryBody(data: Float32Array): ImageBody {
  const parameters = { binary_data_size: data.byteLength };
  const input = { name: "reflectance", datatype: "FP32", shape: SHAPE, parameters };
  const text = JSON.stringify({
    parameters: { ...PARAMETERS, binary_data_output: true },
    inputs: [input],
  });
  const body = new Uint8Array(text.length + data.byteLength);
  new TextEncoder().encodeInto(text, body);
  body.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), text.length);
  return {
    body,
    headers: {
      "Content-Type": "application/octet-stream",
      "Inference-Header-Content-Length": String(text.length),
    },
  };
}
