/**
 * The AI SDK with its provider for OpenAI-compatible APIs: a text whole, and as a stream.
 *
 *   npx deno run -A examples/ai-sdk.ts
 *
 * PERIGEE_URL is the mesh (http://localhost:8787, where npx deno task dev serves); PERIGEE_KEY is a
 * tenant's key (the development key, from .perigee/secrets.json in the folder that this runs in);
 * PERIGEE_MODEL is a language model of the mesh (llama-3.1-8b-instruct). A mesh has those that
 * PERIGEE_ENGINES names: docs/how-to/language-models.md.
 * @module
 */
import { readFileSync } from "node:fs";
import { env, exit } from "node:process";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, streamText } from "ai";

const MESH = env.PERIGEE_URL ?? "http://localhost:8787";
const KEY = env.PERIGEE_KEY ?? JSON.parse(readFileSync(".perigee/secrets.json", "utf8")).dev_key;

const perigee = createOpenAICompatible({
  name: "perigee",
  baseURL: `${MESH}/v1`,
  apiKey: KEY,
  // Where you are: the nearest node that can serve is asked.
  headers: { "Perigee-Origin": "48.8566,2.3522" },
  // Without it a stream does not say how many tokens it took.
  includeUsage: true,
});
const model = perigee(env.PERIGEE_MODEL ?? "llama-3.1-8b-instruct");
const prompt = "Name the largest moon of Saturn";

try {
  const { text, usage, response } = await generateText({ model, prompt });
  console.log(`text: ${text}`);
  console.log(`${usage.totalTokens} tokens, from ${response.headers?.["perigee-node"]}`);

  // It throws nothing: an error is a part of the stream, and ends the parts of text.
  let failed: unknown;
  const streamed = streamText({ model, prompt, onError: ({ error }) => void (failed = error) });
  const parts = await Array.fromAsync(streamed.textStream);
  if (failed) throw failed;
  console.log(`stream of ${parts.length} parts: ${parts.join("")}`);
  console.log(`${(await streamed.usage).totalTokens} tokens`);
} catch (error) {
  if (!APICallError.isInstance(error)) throw error;
  // Of a model that the mesh does not have, it says what to configure.
  console.error(error.message);
  exit(1);
}
