/**
 * Reads the body of an inference against the model that it asks, as it arrives. What is wrong with it is
 * said at the first byte that shows it.
 * @module
 */
import { InferBodyReader, type ReadBody } from "../../contract/oip/infer-body.ts";
import { InvalidBody } from "../../contract/oip/invalid-body.ts";
import { InferRequest } from "../../contract/oip.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { Datatype, Tensor } from "../../contract/tensor.ts";
import {
  checkInputShape,
  checkShapes,
  elementsMax,
  type ModelSpec,
} from "../../models/catalogue.ts";
import type { BodyRoom } from "../body-room.ts";
import { requireJson } from "../middleware/body.ts";
import { breathe, cappedChunks } from "../middleware/capped-body.ts";
import { invalid } from "../params/invalid.ts";

export interface Inference {
  body: InferRequest;
  /** In the model's order. */
  inputs: Tensor[];
  /** What came over the wire. */
  bytes: number;
}

/** @throws ProblemError for a body that is none, or none that the model takes */
export async function readInference(
  request: Request,
  spec: ModelSpec,
  room: BodyRoom,
): Promise<Inference> {
  requireJson(request.headers);
  const reader = new InferBodyReader({
    model: spec.name,
    inputs: spec.inputs,
    wrongShape: (name, shape) => checkInputShape(spec, name, shape),
  });
  let bytes = 0;
  for await (const chunk of cappedChunks(request, bodyBytesMax(spec), room)) {
    bytes += chunk.byteLength;
    said(() => reader.write(chunk));
  }
  if (bytes === 0) throw new ProblemError("malformed_json", "The body is empty");
  const replay = reader.replay();
  while (!said(() => replay.next()).done) await breathe();
  const { fields, tensors } = said(() => reader.end());
  const parsed = InferRequest.safeParse(fields);
  if (!parsed.success) throw invalid(parsed.error.issues);
  return { body: parsed.data, inputs: inputsOf(spec, tensors), bytes };
}

/** What the reader finds, as a problem. */
function said<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidBody) {
      throw new ProblemError("invalid_request", error.message, { final: true });
    }
    if (error instanceof SyntaxError) {
      throw new ProblemError("malformed_json", `The body is not JSON: ${error.message}`);
    }
    throw error;
  }
}

function inputsOf(spec: ModelSpec, tensors: ReadBody["tensors"]): Tensor[] {
  const inputs = spec.inputs.map(({ name }) => {
    const tensor = tensors.get(name);
    if (!tensor) {
      throw new ProblemError("invalid_request", `Input "${name}" is missing`, { final: true });
    }
    return tensor;
  });
  const wrong = checkShapes(spec, inputs.map(({ shape }) => shape));
  if (wrong) throw new ProblemError("invalid_request", wrong, { final: true });
  return inputs;
}

// The limit for every model, as an isolate has memory for no more.
const BYTES_MAX = 32 * 2 ** 20;
// Names, parameters, and a policy with areas, as text.
const BYTES_BESIDE_TENSORS = 2 ** 20 + 2 ** 16;

/** An element as clients write it at the longest, with its comma and a space. */
const TEXT_BYTES: Partial<Record<Datatype, number>> = {
  BOOL: 7,
  UINT8: 5,
  INT8: 6,
  UINT16: 7,
  INT16: 8,
  UINT32: 12,
  INT32: 13,
  UINT64: 22,
  INT64: 22,
};
const FLOAT_TEXT_BYTES = 26;

/** How large a body the model can need at most. */
export function bodyBytesMax(spec: ModelSpec): number {
  const tensors = spec.inputs.reduce(
    (bytes, { datatype }, i) =>
      bytes + elementsMax(spec, i) * (TEXT_BYTES[datatype] ?? FLOAT_TEXT_BYTES),
    0,
  );
  return Math.min(BYTES_MAX, Math.ceil(tensors) + BYTES_BESIDE_TENSORS);
}
