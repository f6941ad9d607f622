/**
 * The Open Inference Protocol v2 (KServe, Triton) on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Latitude, Longitude } from "./origin.ts";
import { Class, DeadlineMs, Objective } from "./placement.ts";
import { DATATYPES } from "./tensor.ts";

const Parameter = z.union([z.string(), z.number(), z.boolean()]);
const Shape = z.array(z.int().min(0).max(2 ** 31)).max(8);

// Elements are read by the tensor decoder, in one pass: a schema for each would cost more than the model.
const Data = z.custom<unknown[]>(Array.isArray, "must be an array").openapi({
  type: "array",
  items: {},
  description: "Elements in row-major order, flat or nested. Absent where the tensor is binary",
});

const BinaryDataSize = z.int().min(0).optional().openapi({
  description:
    "Bytes of the tensor, which follow the JSON (header Inference-Header-Content-Length)",
});

// Clients write null for parameters that they do not have.
const TensorParameters = z.object({ binary_data_size: BinaryDataSize }).catchall(Parameter);

/** One tensor of an inference request. */
export const InputTensor = z.object({
  name: z.string().min(1).max(256),
  shape: Shape,
  datatype: z.enum(DATATYPES),
  parameters: TensorParameters.nullish(),
  data: Data.optional(),
}).openapi("InputTensor");

export const InferParameters = z.looseObject({
  origin_lat: Latitude.optional(),
  origin_lon: Longitude.optional(),
  origin_node: z.string().max(64).optional(),
  origin_alt_m: z.number().min(-5_000).max(50_000).optional(),
  deadline_ms: DeadlineMs.optional(),
  class: Class.optional(),
  policy: z.string().max(1_000_000).optional().openapi({
    description: "A Policy as JSON text: parameters are flat",
  }),
  objective: Objective.optional(),
  binary_data_output: z.boolean().optional().openapi({
    description: "All outputs follow the JSON as bytes, but those that say binary_data: false",
  }),
}).openapi("InferParameters", {
  description: "Where the request comes from and what it expects. Unknown keys are ignored",
});

/** The body of an inference request. */
export const InferRequest = z.object({
  id: z.string().max(256).nullish(),
  parameters: InferParameters.nullish(),
  inputs: z.array(InputTensor).max(64),
  outputs: z.array(z.object({
    name: z.string(),
    parameters: z.object({
      binary_data: z.boolean().optional().openapi({
        description: "Whether the output follows the JSON as bytes",
      }),
    }).catchall(Parameter).nullish(),
  })).max(64).nullish().openapi({ description: "Which are given, and in which order; all: none" }),
}).openapi("InferRequest", {
  example: {
    parameters: { origin_lat: 52.5163, origin_lon: 13.3777, class: "realtime" },
    inputs: [{
      name: "state",
      shape: [1, 6],
      datatype: "FP32",
      data: [13.9, 13.9, 50.0, 1.0, 3.5, 8.0],
    }],
  },
});

export type InferRequest = z.infer<typeof InferRequest>;

/** The body of the answer to an inference request. */
export const InferResponse = z.object({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  parameters: z.record(z.string(), Parameter).openapi({
    description:
      "Placement and usage: node, elevation_deg, slant_range_km, modelled_..., measured_...",
  }),
  outputs: z.array(z.object({
    name: z.string(),
    shape: Shape,
    datatype: z.enum(DATATYPES),
    parameters: z.object({ binary_data_size: BinaryDataSize }).optional(),
    data: Data.optional(),
  })),
}).openapi("InferResponse");
/** The body of the answer to an inference request. */
export type InferResponse = z.infer<typeof InferResponse>;

/** The body of an error: the protocol's `error`, and beside it the code of our table of problems. */
export const OipError = z.object({
  error: z.string(),
  code: z.string().openapi({ example: "invalid_request" }),
}).openapi("OipError");

const TensorMetadata = z.object({
  name: z.string(),
  datatype: z.enum(DATATYPES),
  shape: z.array(z.int()).openapi({ description: "-1 for a free dimension" }),
});

/** What a model takes and gives. */
export const ModelMetadata = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(TensorMetadata),
  outputs: z.array(TensorMetadata),
}).openapi("ModelMetadata");

const Durations = z.object({ count: z.int(), ns: z.int() });

/** What was counted of models, in the form of Triton's statistics extension. */
export const ModelStatistics = z.object({
  model_stats: z.array(z.object({
    name: z.string(),
    version: z.string(),
    last_inference: z.int().openapi({ description: "Milliseconds since 1970; 0: none yet" }),
    inference_count: z.int().openapi({ description: "Items of all batches that ran" }),
    execution_count: z.int().openapi({ description: "Requests that ran" }),
    inference_stats: z.object({
      success: Durations,
      fail: Durations,
      queue: Durations,
      compute_input: Durations,
      compute_infer: Durations,
      compute_output: Durations,
      cache_hit: Durations,
      cache_miss: Durations,
    }).openapi({ description: "Measured, not modelled" }),
    response_stats: z.object({}),
    batch_stats: z.array(z.object({})),
    memory_usage: z.array(z.object({})),
    counted_since: z.iso.datetime().openapi({
      description:
        "When the isolate that answers began to count; it counts the caller's tenant's requests that " +
        "it has served itself",
    }),
  })),
}).openapi("ModelStatistics");

export type ModelStatistics = z.infer<typeof ModelStatistics>;

/** The filter of the repository's index. */
export const RepositoryIndexRequest = z.object({
  ready: z.boolean().nullish().openapi({ description: "Only models that can be asked now" }),
}).openapi("RepositoryIndexRequest");

/** The repository's index, in the form of Triton's model repository extension. */
export const RepositoryIndex = z.array(z.object({
  name: z.string(),
  version: z.string(),
  state: z.enum(["READY", "UNAVAILABLE"]),
  reason: z.string(),
})).openapi("RepositoryIndex");
