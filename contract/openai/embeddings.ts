/**
 * `POST /v1/embeddings` on the wire: vectors of texts, as numbers or as their bytes in base64.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Prompt } from "./completions.ts";
import { PerigeeAnswer, SHARED, Usage } from "./shared.ts";

/** A request of embeddings. */
export const EmbeddingRequest = z.object({
  ...SHARED,
  input: Prompt,
  encoding_format: z.enum(["float", "base64"]).nullish().openapi({
    description: "base64: float32, little-endian",
  }),
  dimensions: z.int().min(1).max(65_536).nullish(),
}).openapi("EmbeddingRequest");

/** A request of embeddings. */
export type EmbeddingRequest = z.infer<typeof EmbeddingRequest>;

/** The vectors, in the order of the inputs. */
export const Embeddings = z.object({
  object: z.literal("list"),
  data: z.array(z.object({
    object: z.literal("embedding"),
    index: z.int(),
    embedding: z.union([z.array(z.number()), z.string()]),
  })),
  model: z.string(),
  usage: Usage,
  perigee: PerigeeAnswer,
}).openapi("Embeddings");
