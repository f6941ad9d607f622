/**
 * Reads the body of an inference against the model that it asks, as it arrives. What is wrong with it is
 * said at the first byte that shows it.
 * @module
 */
import { InferBodyReader, type ReadBody } from "../../contract/oip/infer-body.ts";
import type { ModelInputs } from "../../contract/oip/tensor-admission.ts";
import { commonRequest } from "../../contract/oip/common-request.ts";
import { InvalidBody } from "../../contract/oip/invalid-body.ts";
import { InferRequest } from "../../contract/oip.ts";
import { unsupportedIn } from "../../contract/oip/unsupported.ts";
import { ProblemError } from "../../contract/problem.ts";
import { type Datatype, elementBytes, type Tensor } from "../../contract/tensor.ts";
import {
  checkInputShape,
  checkShapes,
  elementsMax,
  type ModelSpec,
} from "../../models/catalogue.ts";
import type { BodyRoom } from "../body-room.ts";
import { requireTensors } from "../middleware/body.ts";
import { BREATH_BYTES, breathe } from "../middleware/capped-body.ts";
import { smallBody } from "../middleware/small-body.ts";
import { unpackedChunks } from "../middleware/unpacked-body.ts";
import { invalid } from "../params/invalid.ts";

export interface Inference {
  body: InferRequest;
  /** In the model's order. */
  inputs: Tensor[];
  /** What came over the wire: packed, where it has a Content-Encoding. */
  bytes: number;
}

/** @throws ProblemError for a body that is none, or none that the model takes */
export async function readInference(
  request: Request,
  spec: ModelSpec,
  room: BodyRoom,
): Promise<Inference> {
  requireTensors(request.headers);
  const json_bytes = jsonBytesOf(request.headers);
  const takes: ModelInputs = {
    model: spec.name,
    inputs: spec.inputs,
    wrongShape: (name, shape) => checkInputShape(spec, name, shape),
  };
  const reader = new InferBodyReader(takes, json_bytes);
  // A body that is wrong as one header has it may be right as another has it.
  const said = saying(json_bytes === null);
  const small = await smallBody(request, bodyBytesMax(spec));
  if (small) {
    if (small.length === 0) throw empty();
    said(() => reader.write(small));
    return await read(reader, { spec, said, bytes: small.length });
  }
  let bytes = 0;
  let isEmpty = true;
  const chunks = unpackedChunks(request, bodyBytesMax(spec), room, {
    takes: isWide(spec) ? "wide" : "read",
    breathBytes: () => reader.isBinary ? BINARY_BREATH_BYTES : BREATH_BYTES,
    packed: (chunk) => void (bytes += chunk.byteLength),
  });
  for await (const chunk of chunks) {
    isEmpty = false;
    said(() => reader.write(chunk));
  }
  if (isEmpty) throw empty();
  return await read(reader, { spec, said, bytes });
}

const empty = (): ProblemError => new ProblemError("malformed_json", "The body is empty");

/** Ends a reading, and checks what was read. */
async function read(
  reader: InferBodyReader,
  { spec, said, bytes }: { spec: ModelSpec; said: ReturnType<typeof saying>; bytes: number },
): Promise<Inference> {
  const replay = reader.replay();
  while (!said(() => replay.next()).done) await breathe();
  const { fields, tensors } = said(() => reader.end());
  const unsupported = unsupportedIn(fields);
  if (unsupported) throw new ProblemError("not_supported", unsupported, { final: true });
  const body = commonRequest(fields) ?? parsed(fields);
  return { body, inputs: inputsOf(spec, body, tensors), bytes };
}

function parsed(fields: unknown): InferRequest {
  const { success, data, error } = InferRequest.safeParse(fields);
  if (!success) throw invalid(error.issues);
  return data;
}

// Bytes are copied to where they belong, at gigabytes a second.
const BINARY_BREATH_BYTES = 2 ** 22;

const JSON_BYTES = "Inference-Header-Content-Length";

/** @returns how long the JSON is, where tensors follow it as bytes; null where all of the body is JSON */
function jsonBytesOf(headers: Headers): number | null {
  const given = headers.get(JSON_BYTES);
  if (given === null) return null;
  if (!/^\d{1,9}$/.test(given)) {
    throw new ProblemError(
      "invalid_request",
      `${JSON_BYTES} must be the number of bytes of the JSON`,
    );
  }
  if (Number(given) > 0) return Number(given);
  throw new ProblemError(
    "not_supported",
    `${JSON_BYTES} is 0: raw binary requests, which have no JSON, are not supported`,
  );
}

/** Makes what tells of the reader's faults as problems. */
const saying = (final: boolean) => <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidBody) {
      throw new ProblemError("invalid_request", error.message, { final });
    }
    if (error instanceof SyntaxError) {
      throw new ProblemError("malformed_json", `The body is not JSON: ${error.message}`, { final });
    }
    throw error;
  }
};

function inputsOf(
  spec: ModelSpec,
  body: InferRequest,
  tensors: ReadBody["tensors"],
): Tensor[] {
  const lacking = body.inputs.findIndex(({ name }) => !tensors.has(name));
  if (lacking >= 0) {
    const message = "must be an array, where there is no binary_data_size";
    throw invalid([{ path: ["inputs", lacking, "data"], message }]);
  }
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

const textBytesOf = (datatype: Datatype): number =>
  datatype === "BYTES" ? Infinity : TEXT_BYTES[datatype] ?? FLOAT_TEXT_BYTES;

// Tensors of more than this take more room than those of a scene of 512 x 512.
const WIDE_BYTES = 2 ** 23;

/** Whether the model's inputs can be larger than a scene's. */
const isWide = (spec: ModelSpec): boolean =>
  spec.inputs.some(({ datatype }, i) =>
    elementsMax(spec, i) * (elementBytes(datatype) ?? Infinity) > WIDE_BYTES
  );

/**
 * How large a body the model can need at most: as text, which takes more than bytes. A text of BYTES has no
 * longest, so a model that takes it gets the limit of all.
 */
export function bodyBytesMax(spec: ModelSpec): number {
  const tensors = spec.inputs.reduce(
    (bytes, { datatype }, i) => bytes + elementsMax(spec, i) * textBytesOf(datatype),
    0,
  );
  return Math.min(BYTES_MAX, Math.ceil(tensors) + BYTES_BESIDE_TENSORS);
}
