/**
 * Tenants' models on the wire: OpenAI's list of models, with what is ours in an object `perigee` beside it.
 * @module
 */
import { z } from "@hono/zod-openapi";

/** A model's name, which its tenant chooses: it stands in paths. */
export const ModelName = z.string().regex(
  /^[a-z0-9][a-z0-9._-]{0,63}$/,
  "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', and begin with a letter or digit",
).openapi({ example: "detector" });

/** The number of a version in a path. */
export const ModelVersionNumber = z.string().regex(
  /^[1-9]\d{0,8}$/,
  "must be a version's number",
).openapi({ example: "1" });

const Port = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.int()).openapi({ description: "-1 marks a free size" }),
  dims: z.array(z.union([z.int(), z.string()])).openapi({
    description: "The shape with its free sizes named, as `limits` names them",
  }),
});

const Limit = z.object({
  of: z.array(z.string()).openapi({ description: "Free sizes, which are multiplied" }),
  min: z.int(),
  max: z.int(),
  prevents: z.string(),
});

/** What is known of a version before it runs, from its file alone. */
export const ModelFactsJson = z.object({
  inputs: z.array(Port),
  outputs: z.array(Port),
  limits: z.array(Limit),
  operations_min: z.number().nullable().openapi({ description: "Of the smallest run" }),
  operations_max: z.number().nullable().openapi({
    description: "No run takes more; null where it is known for a request only, before it runs",
  }),
  memory_bytes: z.int().openapi({
    description: "What it takes of a node's model memory, modelled",
  }),
  runs_on: z.array(z.enum(["isolate", "hardware"])).openapi({
    description: "Where it can run: in an isolate of a node's object, or on hardware behind a node",
  }),
});

/** What is known of a version before it runs, from its file alone. */
export type ModelFactsJson = z.infer<typeof ModelFactsJson>;

const Version = z.object({
  version: z.string(),
  sha256: z.string().nullable().openapi({
    description: "Of the ONNX file, hexadecimal; null for a built-in model",
  }),
  file_bytes: z.int(),
  created_at: z.string().nullable().openapi({ description: "Null for a built-in model" }),
});

/** A model as lists show it; what is said of it is said of its default version, the newest. */
export const ModelJson = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.int().openapi({ description: "Seconds since 1970" }),
  owned_by: z.string().openapi({ description: "The tenant's id, or perigee" }),
  perigee: Version.extend({
    ...ModelFactsJson.shape,
    versions: z.array(Version).openapi({ description: "The oldest first" }),
  }),
}).openapi("Model");
/** A model as lists show it. */
export type ModelJson = z.infer<typeof ModelJson>;

/** A language model, for which an engine answers. */
export const EngineModelJson = ModelJson.omit({ perigee: true }).extend({
  perigee: z.object({
    apis: z.array(z.string()).openapi({ description: "What it can be asked" }),
    max_tokens: z.int().openapi({ description: "The most that one answer may have" }),
    operations_per_token: z.number(),
    memory_bytes: z.int(),
    per_mega_prompt_token: z.int().openapi({ description: "Micro-credits" }),
    per_mega_completion_token: z.int().openapi({ description: "Micro-credits" }),
  }),
}).openapi("EngineModel");
/** A language model, for which an engine answers. */
export type EngineModelJson = z.infer<typeof EngineModelJson>;

/** The answer to a deletion, as OpenAI's clients read it. */
export const ModelDeleted = z.object({
  id: z.string(),
  object: z.literal("model"),
  deleted: z.literal(true),
}).openapi("ModelDeleted");

/** What an admin lets a tenant have of models. */
export const NewModelQuota = z.object({
  model_bytes_max: z.int().min(0).max(2 ** 40).openapi({
    description: "What the files of its versions may take together",
  }),
  models_max: z.int().min(0).max(500).openapi({
    description: "How many versions it may have, all names together",
  }),
}).openapi("NewModelQuota");

/** A tenant's quota of models, and what it uses of it. */
export const ModelQuotaJson = NewModelQuota.extend({
  model_bytes: z.int(),
  models: z.int(),
}).openapi("ModelQuota");

/** All models that a tenant can ask. */
export const ModelListJson = z.object({
  object: z.literal("list"),
  data: z.array(z.union([ModelJson, EngineModelJson])),
  perigee: z.object({
    // Not nullable(), as in RouteAnswer.
    quota: z.union([ModelQuotaJson, z.null()]).openapi({ description: "Null without a tenant" }),
  }),
}).openapi("ModelList");
/** All models that a tenant can ask. */
export type ModelListJson = z.infer<typeof ModelListJson>;
