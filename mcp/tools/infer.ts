import { z } from "zod";
import { ModelName, ModelVersionNumber } from "../../contract/model-registry.ts";
import { InferRequest, InferResponse, InputTensor } from "../../contract/oip.ts";
import { RouteRequest } from "../../contract/placement.ts";
import { tool } from "../tool.ts";

const INTEGERS_64 = ["INT64", "UINT64"];

const Tensor = z.strictObject({
  ...InputTensor.pick({ name: true, datatype: true, shape: true }).shape,
  data: InputTensor.shape.data.unwrap(),
}).refine(
  ({ datatype, data }) => !INTEGERS_64.includes(datatype) || keepsDigits(data),
  { message: "MCP's numbers lose digits beyond 2^53: send such tensors over HTTP", path: ["data"] },
);

// Of a route, what an inference may say as well.
const { shape: WHERE } = RouteRequest.pick({
  origin: true,
  deadline_ms: true,
  class: true,
  policy: true,
  objective: true,
});

/** Runs a model. */
export const infer = tool({
  name: "infer",
  title: "Ask a model",
  description: "Runs a model on the nearest orbital node that can serve, and gives its output " +
    "tensors; the answer's parameters say where it ran, what is modelled and what is measured. " +
    "It is charged. list_models says what a model takes. With an idempotency_key a call that is " +
    "repeated runs, and is charged, once.",
  input: z.strictObject({
    model: ModelName,
    version: ModelVersionNumber.optional().describe("Default: the newest"),
    inputs: z.array(Tensor).max(64),
    outputs: z.array(z.string()).max(64).optional().describe(
      "Names of those to give, in this order. Default: all",
    ),
    ...WHERE,
    idempotency_key: z.string().regex(/^[\x20-\x7e]{1,255}$/).optional(),
  }),
  output: InferResponse,
  runs: true,
  request: ({ model, version, inputs, outputs, idempotency_key, ...where }) => ({
    method: "POST",
    path: ["v2", "models", model, ...(version ? ["versions", version] : []), "infer"],
    body: {
      inputs,
      outputs: outputs?.map((name) => ({ name })),
      parameters: parametersOf(where),
    } satisfies InferRequest,
    headers: idempotency_key === undefined ? undefined : { "Idempotency-Key": idempotency_key },
  }),
});

/** The protocol's parameters are flat. */
function parametersOf(
  { origin, policy, ...rest }: Pick<z.output<typeof RouteRequest>, keyof typeof WHERE>,
) {
  const place = origin === undefined
    ? {}
    : "node" in origin
    ? { origin_node: origin.node }
    : { origin_lat: origin.lat, origin_lon: origin.lon, origin_alt_m: origin.alt_m };
  return { ...place, ...rest, policy: policy && JSON.stringify(policy) };
}

const keepsDigits = (data: readonly unknown[]): boolean =>
  data.every((value) =>
    Array.isArray(value)
      ? keepsDigits(value)
      : !Number.isInteger(value) || Number.isSafeInteger(value)
  );
