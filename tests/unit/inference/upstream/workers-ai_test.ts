/**
 * Workers AI behind its binding, with a binding of this test's own.
 * @module
 */
import assert from "node:assert/strict";
import { parseEngines, type WorkersAiEngine } from "../../../../contract/engines.ts";
import {
  type JsonObject,
  UpstreamFailure,
  type UpstreamRequest,
} from "../../../../inference/upstream/upstream.ts";
import { type AiBinding, WorkersAiUpstream } from "../../../../inference/upstream/workers-ai.ts";

const ENGINE = parseEngines(JSON.stringify({
  models: {
    small: {
      kind: "workers-ai",
      model: "@cf/meta/llama",
      operations_per_token: 1,
      memory_bytes: 1,
    },
  },
})).get("small") as WorkersAiEngine;

const CHAT: UpstreamRequest = {
  api: "chat",
  body: { messages: [] },
  max_tokens: 5,
  stream: false,
};

const ask = (binding: AiBinding | undefined, request: Partial<UpstreamRequest> = {}) =>
  new WorkersAiUpstream(ENGINE, binding)
    .ask({ ...CHAT, ...request }, new AbortController().signal);

const answering = (answer: unknown, asked: [string, JsonObject][] = []): AiBinding => ({
  run: (model, inputs) => {
    asked.push([model, inputs]);
    return Promise.resolve(answer);
  },
});

const streamOf = (...data: string[]) =>
  new Response(data.map((one) => `data: ${one}\n\n`).join("")).body!;

Deno.test("Without the binding an ask fails, and says how to add it", async () => {
  await assert.rejects(ask(undefined), (error: UpstreamFailure) => {
    assert.ok(error instanceof UpstreamFailure);
    assert.match(error.message, /no binding AI/);
    return error.retry_after_ms === Infinity;
  });
});

Deno.test("Both forms of a whole answer become OpenAI's", async () => {
  const asked: [string, JsonObject][] = [];
  const usage = { prompt_tokens: 1, completion_tokens: 2 };
  assert.deepEqual(await ask(answering({ response: "hi", usage }, asked)), {
    is: "whole",
    body: {
      choices: [{
        index: 0,
        message: { role: "assistant", content: "hi" },
        finish_reason: "stop",
      }],
      usage,
    },
  });
  assert.deepEqual(asked, [["@cf/meta/llama", { messages: [], max_tokens: 5, stream: false }]]);
  const theirs = { choices: [{ message: { content: "hi" } }], usage };
  assert.deepEqual(await ask(answering(theirs)), { is: "whole", body: theirs });
});

Deno.test("Both forms of a stream become OpenAI's chunks", async () => {
  const stream = streamOf('{"response":"a"}', '{"response":"","usage":{"x":1}}', "[DONE]");
  const answer = await ask(answering(stream), { stream: true });
  assert.ok(answer.is === "stream");
  assert.deepEqual(await Array.fromAsync(answer.chunks), [
    { choices: [{ index: 0, delta: { content: "a" }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: null }], usage: { x: 1 } },
    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  ]);
  const chunk = { choices: [{ index: 0, delta: { content: "a" }, finish_reason: "stop" }] };
  const theirs = await ask(answering(streamOf(JSON.stringify(chunk), "[DONE]")), { stream: true });
  assert.ok(theirs.is === "stream");
  assert.deepEqual(await Array.fromAsync(theirs.chunks), [chunk]);
});

Deno.test("Rows of numbers become embeddings", async () => {
  const asked: [string, JsonObject][] = [];
  const binding = answering({ shape: [1, 2], data: [[1, 2]] }, asked);
  const request = { api: "embeddings" as const, body: { input: "a" }, max_tokens: null };
  assert.deepEqual(await ask(binding, request), {
    is: "whole",
    body: { data: [{ object: "embedding", index: 0, embedding: [1, 2] }] },
  });
  assert.deepEqual(asked[0][1], { text: ["a"] });
});

Deno.test("A binding that throws is an engine that does not answer", async () => {
  const binding = { run: () => Promise.reject(new Error("capacity")) };
  await assert.rejects(ask(binding), { name: "UpstreamFailure", fault: "engine_unavailable" });
});
