/**
 * The Open Inference Protocol v2 (KServe, Triton) on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Latitude, Longitude } from "./origin.ts";
import { Class, DeadlineMs } from "./placement.ts";
import { DATATYPES } from "./tensor.ts";

const Parameter = z.union([z.string(), z.number(), z.boolean()]);
const Shape = z.array(z.int().min(0).max(2 ** 31)).max(8);

// Elements are read by the tensor decoder, in one pass: a schema for each would cost more than the model.
const Data = z.custom<unknown[]>(Array.isArray, "must be an array").openapi({
  type: "array",
  items: {},
  description: "Elements in row-major order, flat or nested",
});

export const InputTensor = z.object({
  name: z.string().min(1).max(256),
  shape: Shape,
  datatype: z.enum(DATATYPES),
  parameters: z.record(z.string(), Parameter).optional(),
  data: Data,
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
}).openapi("InferParameters", {
  description: "Where the request comes from and what it expects. Unknown keys are ignored",
});

/** The body of an inference request. */
export const InferRequest = z.object({
  id: z.string().max(256).optional(),
  parameters: InferParameters.optional(),
  inputs: z.array(InputTensor).min(1).max(64),
  outputs: z.array(z.object({
    name: z.string(),
    parameters: z.record(z.string(), Parameter).optional(),
  })).max(64).optional(),
}).openapi("InferRequest");

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
    data: Data,
  })),
}).openapi("InferResponse");

/** The body of an error, as the protocol says. */
export const OipError = z.object({ error: z.string() }).openapi("OipError");

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
