/**
 * LangChain's chat model of OpenAI, pointed at the mesh: a message whole, and as a stream.
 *
 *   npx deno run -A examples/langchain.ts
 *
 * PERIGEE_URL is the mesh (http://localhost:8787, where npx deno task dev serves); PERIGEE_KEY is a
 * tenant's key (the development key, from .perigee/secrets.json in the folder that this runs in);
 * PERIGEE_MODEL is a language model of the mesh (llama-3.1-8b-instruct). A mesh has those that
 * PERIGEE_ENGINES names: docs/how-to/language-models.md.
 * @module
 */
import { readFileSync } from "node:fs";
import { env, exit } from "node:process";
import { ChatOpenAI } from "@langchain/openai";
import { APIError } from "openai";

const MESH = env.PERIGEE_URL ?? "http://localhost:8787";
const KEY = env.PERIGEE_KEY ?? JSON.parse(readFileSync(".perigee/secrets.json", "utf8")).dev_key;

const model = new ChatOpenAI({
  model: env.PERIGEE_MODEL ?? "llama-3.1-8b-instruct",
  apiKey: KEY,
  configuration: {
    baseURL: `${MESH}/v1`,
    // Where you are: the nearest node that can serve is asked.
    defaultHeaders: { "Perigee-Origin": "48.8566,2.3522" },
  },
});
const question = "Name the largest moon of Saturn";

try {
  const message = await model.invoke(question);
  console.log(`message: ${message.text}`);
  console.log(`${message.usage_metadata?.total_tokens} tokens`);

  const chunks = await Array.fromAsync(await model.stream(question));
  console.log(`stream of ${chunks.length} chunks: ${chunks.map(({ text }) => text).join("")}`);
  const last = chunks.reduce((whole, chunk) => whole.concat(chunk));
  console.log(`${last.usage_metadata?.total_tokens} tokens`);
} catch (error) {
  if (!(error instanceof APIError)) throw error;
  // Of a model that the mesh does not have, it says what to configure.
  console.error(error.message);
  exit(1);
}
