/**
 * `POST /v1/embeddings`: texts in, vectors out, as numbers or in base64.
 * @module
 */
import { EmbeddingRequest, Embeddings } from "../../contract/openai/embeddings.ts";
import { objectOf } from "../../inference/upstream/upstream.ts";
import { postRoute } from "../idempotency/post-route.ts";
import { answerHeaders } from "../infer/answer.ts";
import { limitedJson } from "../middleware/body.ts";
import type { App } from "../context.ts";
import { ranObject, usageObject } from "./answer-object.ts";
import { engineModelOf } from "./engine-model.ts";
import { inputSize } from "./prompt-size.ts";
import { bytesUp, given, placingOf } from "./request-parts.ts";
import { thinkUpstream } from "./think-upstream.ts";
import { retryAfterInMs, tokenResponses } from "./token-route.ts";

const definition = postRoute({
  asks: { scope: "infer" },
  path: "/v1/embeddings",
  operationId: "createEmbedding",
  tags: ["openai"],
  summary: "Make vectors of texts, on the nearest available node",
  middleware: limitedJson,
  request: {
    body: { required: true, content: { "application/json": { schema: EmbeddingRequest } } },
  },
  responses: tokenResponses(Embeddings, false),
});

/** Adds the route. */
export function serveEmbeddings(app: App): void {
  app.use(definition.path, retryAfterInMs);
  app.openapi(definition, async (c) => {
    const { services } = c.var;
    const request = c.req.valid("json");
    const { model: name, input, dimensions, encoding_format } = request;
    const answer = await thinkUpstream(services, {
      ...placingOf(services, request),
      model: await engineModelOf(services, name, "embeddings"),
      api: "embeddings",
      // As numbers from every engine: not all of them know base64.
      body: given({ input, dimensions, encoding_format: "float" }),
      prompt: inputSize(input),
      max_tokens: null,
      choices: 0,
      stream: false,
      bytes_up: bytesUp(services, request),
    });
    if (answer.is !== "whole") throw new Error("Embeddings are no stream");
    const { body, execution } = answer;
    const vectors = (body.data as { embedding: number[] }[]).map(({ embedding }, index) => ({
      object: "embedding" as const,
      index,
      embedding: encoding_format === "base64" ? base64Of(embedding) : embedding,
    }));
    return c.json(
      {
        object: "list" as const,
        data: vectors,
        model: name,
        usage: embeddingUsage(usageObject(execution, objectOf(body.usage))),
        perigee: ranObject(execution),
      },
      200,
      answerHeaders({ execution }),
    ) as never;
  });
}

const embeddingUsage = ({ prompt_tokens, total_tokens }: ReturnType<typeof usageObject>) => ({
  prompt_tokens,
  total_tokens,
});

/** Float32, little-endian, whatever the machine is. */
function base64Of(vector: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((value, i) => bytes.setFloat32(i * 4, value, true));
  return new Uint8Array(bytes.buffer).toBase64();
}
