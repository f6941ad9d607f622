/**
 * The official openai package, as it is: lists the models, chats whole and as a stream, asks for a
 * response, and compares two texts by their embeddings.
 *
 *   npx deno run -A examples/openai.ts
 *
 * PERIGEE_URL is the mesh (http://localhost:8787, where npx deno task dev serves); PERIGEE_KEY is a
 * tenant's key (the development key, from .perigee/secrets.json in the folder that this runs in);
 * PERIGEE_MODEL is a language model of the mesh (llama-3.1-8b-instruct) that answers chat and embeddings.
 * A mesh has those that PERIGEE_ENGINES names: docs/how-to/language-models.md.
 * @module
 */
import { readFileSync } from "node:fs";
import { env, exit } from "node:process";
import OpenAI from "openai";

const MESH = env.PERIGEE_URL ?? "http://localhost:8787";
const KEY = env.PERIGEE_KEY ?? JSON.parse(readFileSync(".perigee/secrets.json", "utf8")).dev_key;
const model = env.PERIGEE_MODEL ?? "llama-3.1-8b-instruct";

const openai = new OpenAI({
  baseURL: `${MESH}/v1`,
  apiKey: KEY,
  // Where you are: the nearest node that can serve is asked.
  defaultHeaders: { "Perigee-Origin": "48.8566,2.3522" },
});
const question = "Name the largest moon of Saturn";
const messages = [{ role: "user" as const, content: question }];

try {
  const names = (await Array.fromAsync(openai.models.list())).map(({ id }) => id);
  console.log(`models: ${names.join(", ")}`);

  const { data: chat, response } = await openai.chat.completions.create({ model, messages })
    .withResponse();
  console.log(`chat: ${chat.choices[0].message.content}`);
  console.log(`${chat.usage?.total_tokens} tokens, from ${response.headers.get("Perigee-Node")}`);

  const stream = await openai.chat.completions.create({ model, messages, stream: true });
  let [streamed, chunks] = ["", 0];
  for await (const { choices: [choice] } of stream) {
    streamed += choice?.delta.content ?? "";
    chunks++;
  }
  console.log(`stream of ${chunks} chunks: ${streamed}`);

  const answer = await openai.responses.create({ model, input: question });
  console.log(`response: ${answer.output_text}`);

  const { data: [one, other] } = await openai.embeddings.create({
    model,
    input: ["moon", "satellite"],
  });
  const cosine = dot(one.embedding, other.embedding) /
    Math.sqrt(dot(one.embedding, one.embedding) * dot(other.embedding, other.embedding));
  console.log(`embeddings of ${one.embedding.length} numbers, cosine ${cosine.toFixed(3)}`);
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  // Of a model that the mesh does not have, it says what to configure.
  console.error(error.message);
  exit(1);
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
