/**
 * The OpenAI-compatible routes as their clients see them: the official openai package and the AI SDK, as
 * they are, against a mesh whose engine is a small server of this test's own.
 * @module
 */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embed, generateText, streamText } from "ai";
import assert from "node:assert/strict";
import { connect } from "node:net";
import OpenAI from "openai";
import { type Json, type Mesh, startMesh, within } from "../support/mesh.ts";
import {
  answerTo,
  type EngineServer,
  enginesSetting,
  startEngineServer,
  vectorOf,
} from "../support/openai-server.ts";
import { exported, proved } from "../support/proved.ts";

const KEY_OF_ENGINE = "sk-of-the-engine";
const HEADERS = { "Perigee-Origin": "48.86,2.35" };
const PROMPT = "name the planets that go round a star";
const ANSWER = answerTo(PROMPT, 100).join("");
const MESSAGES = [{ role: "user" as const, content: PROMPT }];

let engine: EngineServer;
let mesh: Mesh;

Deno.test.beforeAll(async () => {
  engine = startEngineServer({ pace_ms: 5 });
  const shared = { key_secret: "ENGINE_KEY_TEST", max_tokens: 200 };
  const models = {
    "small": { ...shared, apis: ["chat", "completions", "embeddings"] },
    "small-priced": {
      ...shared,
      max_tokens: 1_000,
      running_usage: true,
      per_mega_prompt_token: 2_000_000,
      per_mega_completion_token: 3_500_000,
    },
  };
  mesh = await startMesh({
    PERIGEE_ENGINES: enginesSetting(engine, models),
    ENGINE_KEY_TEST: KEY_OF_ENGINE,
  });
});

Deno.test.afterAll(async () => {
  await mesh?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
});

const test = (name: string, run: () => Promise<void>) =>
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false, fn: run });

const client = (key = mesh.emulator.secrets.dev_key) =>
  new OpenAI({ baseURL: `${mesh.url}/v1`, apiKey: key, defaultHeaders: HEADERS });

/** The receipt of an execution, once the ledger has it. */
const receiptOf = (id: string): Promise<Json> =>
  within(20_000, `the receipt ${id}`, async () => {
    const [row] = await mesh.rows("SELECT * FROM receipts WHERE id = ?", [id]);
    return row ?? null;
  });

/** Asks for a chat over a connection of its own, which the caller then resets. */
async function askAndLeave(
  { url }: Mesh,
  { key, headers, body }: { key: string; headers: string[]; body: object },
): Promise<{ reset(): void }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // fetch() ends a connection in order, which workerd on this machine does not hear while it writes nothing.
  socket.on("error", () => {});
  await new Promise<void>((connected) => socket.once("connect", connected));
  const text = JSON.stringify(body);
  socket.write([
    "POST /v1/chat/completions HTTP/1.1",
    `Host: ${hostname}`,
    `Authorization: Bearer ${key}`,
    "Content-Type: application/json",
    `Content-Length: ${text.length}`,
    "Perigee-Origin: 48.86,2.35",
    ...headers,
    "",
    text,
  ].join("\r\n"));
  return { reset: () => void socket.resetAndDestroy() };
}

/** The id of the execution that an answer names. */
const executionOf = (answer: unknown): string =>
  (answer as { perigee: { execution_id: string } }).perigee.execution_id;

test("openai: models lists the built-in and the configured ones", async () => {
  const ids = [];
  for await (const { id } of client().models.list()) ids.push(id);
  assert.deepEqual(
    ids.toSorted(),
    ["drive-rss", "scene-indices", "small", "small-priced", "telemetry-anomaly"],
  );
  const model = await client().models.retrieve("small");
  assert.equal(model.owned_by, "openai");
});

test("openai: a chat is answered, placed, metered in tokens, and its engine sees our key and not the caller's, and the caller's trace", async () => {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const { data, request_id } = await client().chat.completions.create({
    model: "small",
    messages: MESSAGES,
    max_tokens: 50,
  }, { headers: { "X-Request-Id": "of-this-test", traceparent } }).withResponse();
  assert.equal(request_id, "of-this-test");
  assert.equal(data.model, "small");
  assert.equal(data.choices[0].message.content, ANSWER);
  assert.equal(data.choices[0].finish_reason, "stop");
  assert.deepEqual(data.usage, { prompt_tokens: 8, completion_tokens: 8, total_tokens: 16 });
  const receipt = await receiptOf(executionOf(data));
  assert.equal(receipt.prompt_tokens, 8);
  assert.equal(receipt.completion_tokens, 8);
  assert.equal(receipt.operations, 16e9);
  assert.equal(receipt.charge_microcredits, 16);
  assert.equal(engine.keys.at(-1), `Bearer ${KEY_OF_ENGINE}`);
  // As it came: this mesh records none, so the engine's span is the caller's child.
  assert.equal(engine.traces.at(-1), traceparent);
  assert.equal(engine.asked.at(-1).model, "upstream-name");
  assert.equal(engine.asked.at(-1).max_tokens, 50);
});

test("openai: a chat streams, with the usage at its end only where it was asked for", async () => {
  for (const include_usage of [false, true]) {
    const stream = await client().chat.completions.create({
      model: "small",
      messages: MESSAGES,
      stream: true,
      ...(include_usage && { stream_options: { include_usage } }),
    });
    const chunks = await Array.fromAsync(stream);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    assert.equal(text, ANSWER);
    assert.equal(chunks[0].choices[0].delta.role, "assistant");
    const reasons = chunks.flatMap(({ choices }) => choices.map((c) => c.finish_reason));
    assert.deepEqual(reasons.filter((reason) => reason !== null), ["stop"]);
    assert.equal(reasons.at(-1), "stop");
    const usages = chunks.map(({ usage }) => usage).filter((usage) => usage);
    const expected = { prompt_tokens: 8, completion_tokens: 8, total_tokens: 16 };
    assert.deepEqual(usages, include_usage ? [expected] : []);
    const receipt = await receiptOf(executionOf(chunks[0]));
    assert.equal(receipt.completion_tokens, 8);
    assert.equal(receipt.charge_microcredits, 16);
  }
});

test("openai: a response is answered whole and as events", async () => {
  const ask = { model: "small", instructions: "be short", input: PROMPT };
  const whole = await client().responses.create(ask);
  assert.equal(whole.output_text, ANSWER);
  assert.equal(whole.status, "completed");
  assert.equal(whole.usage?.input_tokens, 10);
  assert.equal(whole.usage?.output_tokens, 8);
  const stream = await client().responses.create({ ...ask, max_output_tokens: 3, stream: true });
  const events = await Array.fromAsync(stream);
  const deltas = events.flatMap((e) => e.type === "response.output_text.delta" ? [e.delta] : []);
  assert.deepEqual(deltas, answerTo(PROMPT, 3));
  const last = events.at(-1)!;
  assert.equal(last.type, "response.incomplete");
  assert.ok(last.type === "response.incomplete");
  assert.equal(last.response.incomplete_details?.reason, "max_output_tokens");
  assert.equal(last.response.usage?.output_tokens, 3);
  assert.deepEqual(events.map((e) => e.sequence_number), events.map((_, i) => i));
});

test("openai: a response calls functions, whole and as events, and goes on with what they gave", async () => {
  const tools = ["sunlit", "overhead"].map((name) => ({
    type: "function" as const,
    name,
    description: "of a node",
    parameters: { type: "object", properties: { about: { type: "string" } } },
    strict: false,
  }));
  const ask = {
    model: "small",
    input: "call about G2A",
    tools,
    tool_choice: "required" as const,
  };
  const expected = tools.map(({ name }, i) => [`call-${i}`, name, '{"about":"about G2A"}']);
  const callsIn = (output: OpenAI.Responses.ResponseOutputItem[]) =>
    output.map((item) =>
      item.type === "function_call" && [item.call_id, item.name, item.arguments]
    );
  const whole = await client().responses.create(ask);
  assert.deepEqual(callsIn(whole.output), expected);
  assert.equal(whole.status, "completed");
  const { tools: [first], tool_choice } = engine.asked.at(-1);
  assert.equal(tool_choice, "required");
  assert.deepEqual(first, {
    type: "function",
    function: {
      name: "sunlit",
      description: "of a node",
      parameters: tools[0].parameters,
      strict: false,
    },
  });
  // The package puts the events together by itself, and fails where they do not fit.
  const events: string[] = [];
  const stream = client().responses.stream(ask);
  for await (const { type } of stream) events.push(type);
  const streamed = await stream.finalResponse();
  assert.deepEqual(callsIn(streamed.output), expected);
  assert.equal(events.filter((type) => type === "response.function_call_arguments.done").length, 2);

  const next = await client().responses.create({
    ...ask,
    tool_choice: { type: "function", name: "overhead" },
    input: [
      { role: "user", content: "call about G2A" },
      ...streamed.output as OpenAI.Responses.ResponseFunctionToolCall[],
      ...expected.map(([call_id]) => ({
        type: "function_call_output" as const,
        call_id,
        output: `it is dark, says ${call_id}`,
      })),
    ],
  });
  assert.equal(next.output_text, "it is dark, says call-1 ");
  const { messages, tool_choice: chosen } = engine.asked.at(-1);
  assert.deepEqual(chosen, { type: "function", function: { name: "overhead" } });
  assert.deepEqual(messages.map(({ role }: Json) => role), ["user", "assistant", "tool", "tool"]);
  assert.deepEqual(
    messages[1].tool_calls.map(({ id, function: { name } }: Json) => [id, name]),
    expected.map(([id, name]) => [id, name]),
  );
  assert.equal(messages[3].tool_call_id, "call-1");
});

test("openai: an answer that a filter cut says so, in a chat and in a response", async () => {
  const input = "filter these words";
  const chat = await client().chat.completions.create({
    model: "small",
    messages: [{ role: "user", content: input }],
  });
  assert.equal(chat.choices[0].finish_reason, "content_filter");
  const whole = await client().responses.create({ model: "small", input });
  const events = await Array.fromAsync(
    await client().responses.create({ model: "small", input, stream: true }),
  );
  const last = events.at(-1)!;
  assert.ok(last.type === "response.incomplete");
  for (const { status, incomplete_details } of [whole, last.response]) {
    assert.equal(status, "incomplete");
    assert.equal(incomplete_details?.reason, "content_filter");
  }
});

test("openai: a text is gone on with, whole and as a stream", async () => {
  const ask = { model: "small", prompt: PROMPT };
  const whole = await client().completions.create({ ...ask, max_tokens: 3 });
  assert.equal(whole.choices[0].text, answerTo(PROMPT, 3).join(""));
  assert.equal(whole.choices[0].finish_reason, "length");
  assert.deepEqual(whole.usage, { prompt_tokens: 8, completion_tokens: 3, total_tokens: 11 });
  const stream = await client().completions.create({ ...ask, stream: true });
  const chunks = await Array.fromAsync(stream);
  assert.equal(chunks.map(({ choices }) => choices[0].text).join(""), ANSWER);
  assert.equal(chunks.at(-1)?.choices[0].finish_reason, "stop");
  assert.equal((await receiptOf(executionOf(chunks[0]))).completion_tokens, 8);
});

test("openai: embeddings as floats and in base64 are the same vectors", async () => {
  const input = ["mars", "venus"];
  const ask = { model: "small", input };
  // Asks for base64, as it is told nothing else.
  const decoded = await client().embeddings.create(ask);
  const floats = await client().embeddings.create({ ...ask, encoding_format: "float" });
  const base64 = await client().embeddings.create({ ...ask, encoding_format: "base64" });
  const expected = input.map(vectorOf);
  assert.deepEqual(decoded.data.map(({ embedding }) => [...embedding]), expected);
  assert.deepEqual(floats.data.map(({ embedding }) => embedding), expected);
  const bytes = Uint8Array.fromBase64(base64.data[0].embedding as unknown as string);
  assert.deepEqual([...new Float32Array(bytes.buffer)], expected[0]);
  assert.deepEqual(decoded.usage, { prompt_tokens: 2, total_tokens: 2 });
  assert.equal((await receiptOf(executionOf(decoded))).charge_microcredits, 2);
});

test("openai: its own retries get through a 429 of the tenant's rate and a 503 of the engine", async () => {
  const key = await mesh.tenant("retrying");
  const put = (requests_per_minute: number) =>
    mesh.admin("/v1/tenants/retrying/limits", {
      method: "PUT",
      body: { budget_microcredits: null, requests_per_minute },
    });
  // One a second, and the first ones at once.
  await put(60);
  const ask = { model: "small", messages: MESSAGES };
  const statuses: number[] = [];
  const rated = new OpenAI({
    baseURL: `${mesh.url}/v1`,
    apiKey: key,
    defaultHeaders: HEADERS,
    fetch: async (...args) => {
      const response = await fetch(...args);
      statuses.push(response.status);
      if (response.status === 429) {
        assert.match(response.headers.get("retry-after-ms") ?? "", /^\d+$/);
        assert.equal(response.headers.get("x-ratelimit-limit-requests"), "60");
      }
      return response;
    },
  });
  const useUp = async () => {
    const call = () => mesh.call("/v1/chat/completions", { body: ask, headers: HEADERS, key });
    for (let refused = false; !refused;) {
      const replies = await Promise.all(Array.from({ length: 20 }, call));
      refused = replies.some(({ status }) => status === 429);
    }
  };
  // On a slow machine a request may be there again by the time that the client asks: once more, then.
  while (statuses[0] !== 429) {
    await useUp();
    statuses.length = 0;
    const waited = await rated.chat.completions.create(ask);
    assert.equal(waited.choices[0].message.content, ANSWER);
    assert.equal(statuses.at(-1), 200);
  }
  await put(60_000);
  // Three tries of ours are not enough, so the first answer is a 503; the client's second finds the engine.
  statuses.length = 0;
  engine.fail = [503, 503, 503].map((status) => ({ status, headers: { "retry-after-ms": "10" } }));
  const before = engine.asked.length;
  const answer = await rated.chat.completions.create(ask);
  assert.equal(answer.choices[0].message.content, ANSWER);
  assert.deepEqual(statuses, [503, 200]);
  assert.equal(engine.asked.length - before, 4);
});

test("openai: what no repetition mends is not asked again", async () => {
  const before = engine.asked.length;
  const refused = () => engine.fail.push({ status: 401 });
  refused();
  const ask = { model: "small", messages: MESSAGES };
  await assert.rejects(client().chat.completions.create(ask), { status: 503 });
  assert.equal(engine.asked.length - before, 1);
  refused();
  const { status, headers } = await mesh.call("/v1/chat/completions", {
    body: ask,
    headers: HEADERS,
  });
  assert.equal(status, 503);
  assert.equal(headers.get("x-should-retry"), "false");
});

test("openai: an abort in the middle of a stream stops the engine, and what was sent is charged", async () => {
  const cancelled = engine.cancelled;
  const stream = await client().chat.completions.create({
    model: "small-priced",
    messages: [{ role: "user", content: "say 1000 words" }],
    stream: true,
  });
  let [got, id] = [0, ""];
  for await (const chunk of stream) {
    id ||= executionOf(chunk);
    if (chunk.choices[0]?.delta.content) got++;
    if (got === 5) break;
  }
  await within(10_000, "the engine's stop", () => engine.cancelled > cancelled || null);
  const receipt = await receiptOf(id);
  const sent = receipt.completion_tokens;
  // What lay in the sockets when the client went counts as sent; the engine wrote a little more.
  assert.ok(sent >= got && sent < 900, `${got} got, ${sent} charged`);
  assert.equal(receipt.prompt_tokens, 3);
  assert.equal(receipt.charge_microcredits, Math.ceil(2 * 3 + 3.5 * sent));
  assert.equal(receipt.operations, (3 + sent) * 1e9);
});

test("A caller that leaves an answer that is no stream stops the engine, and what was made is charged; under an Idempotency-Key it is made to its end", async () => {
  const leave = async (tenant: string, content: string, headers: string[]): Promise<Json> => {
    const key = await mesh.tenant(tenant);
    const written = engine.written;
    const leaving = await askAndLeave(mesh, {
      key,
      headers,
      body: { model: "small-priced", messages: [{ role: "user", content }] },
    });
    // No other ask is under way.
    await within(10_000, "the engine's first words", () => engine.written > written + 5 || null);
    leaving.reset();
    return await within(20_000, "the receipt", async () => {
      const [row] = await mesh.rows("SELECT * FROM receipts WHERE tenant_id = ?", [tenant]);
      return row ?? null;
    });
  };
  const { cancelled, written } = engine;
  const stopped = await leave("leaving", "say 900 words", []);
  assert.equal(engine.cancelled, cancelled + 1);
  const made = stopped.completion_tokens;
  assert.ok(made > 0 && made < 900 && made <= engine.written - written, `${made} charged`);
  assert.equal(stopped.prompt_tokens, 3);
  assert.equal(stopped.charge_microcredits, Math.ceil(2 * 3 + 3.5 * made));
  const whole = await leave("returning", "say 40 words", ["Idempotency-Key: left-alone"]);
  assert.equal(whole.completion_tokens, 40);
  assert.equal(engine.cancelled, cancelled + 1);
});

test("openai: perigee's objective holds, and is kept with the placement", async () => {
  const asked = (objective: string) =>
    client().chat.completions.create(
      { model: "small", messages: MESSAGES, perigee: { objective } } as never,
    );
  const id = executionOf(await asked("energy"));
  const placement = await within(10_000, `placement ${id}`, async () => {
    const { status, body } = await mesh.call(`/v1/placements/${id}`);
    return status === 200 ? body : null;
  });
  assert.deepEqual(placement.policy, { objective: "energy" });
  await assert.rejects(asked("speed"), { status: 400 });
});

test("openai: a session stays at its node while that is there, and its engine is told, without its name", async () => {
  const ask = (from: string, more: object, headers: Record<string, string> = {}) =>
    client().chat.completions.create(
      { model: "small", messages: MESSAGES, ...more },
      { headers: { "Perigee-Origin": from, ...headers } },
    ).then((answer) => (answer as unknown as { perigee: { node: string } }).perigee.node);
  // From each of them one sees the first one's nearest node, and mostly has another one that is nearer.
  const [here, ...others] = ["48.86,2.35", "48.14,4.5", "47.4,6.2", "46.7,7.9"];
  const session = { "x-session-affinity": "conversation-1" };
  const isKept = async (there: string) => {
    const first = await ask(here, {}, session);
    const told = engine.sessions.at(-1);
    assert.match(told ?? "", /^[0-9a-f]{32}$/);
    const nearest = await ask(there, {});
    assert.equal(engine.sessions.at(-1), null);
    if (nearest === first) return false;
    const kept = await ask(there, {}, session);
    // It may have flown below the mask in between.
    if (kept !== first) return false;
    assert.equal(engine.sessions.at(-1), told);
    await ask(there, { prompt_cache_key: "conversation-1" });
    assert.equal(engine.asked.at(-1).prompt_cache_key, told);
    return true;
  };
  // Nodes fly: they are asked again until their nearest ones are not the same.
  await within(30_000, "two nearest nodes", async () => {
    for (const there of others) if (await isKept(there)) return true;
    return null;
  });
  const { status, text } = await mesh.call("/v1/chat/completions", {
    body: { model: "small", messages: MESSAGES },
    headers: { ...HEADERS, "x-session-affinity": "x".repeat(257) },
  });
  assert.equal(status, 400, text);
});

test("openai: an engine that breaks off is an error in the middle of the stream, without [DONE]", async () => {
  const ask = { model: "small", messages: [{ role: "user" as const, content: "x break-at-2 y" }] };
  const read = async () => {
    const stream = await client().chat.completions.create({ ...ask, stream: true });
    for await (const _ of stream) { /* to its end */ }
  };
  await assert.rejects(read, /engine/);
  const response = async () => {
    const { model, messages: [{ content: input }] } = ask;
    const events = await client().responses.create({ model, input, stream: true });
    for await (const _ of events) { /* to its end */ }
  };
  await assert.rejects(response, { code: "engine_unavailable" });
  const { text } = await mesh.call("/v1/chat/completions", {
    body: { ...ask, stream: true },
    headers: HEADERS,
  });
  const events = text.trim().split("\n\n");
  assert.equal(JSON.parse(events.at(-1)!.slice(6)).error.code, "engine_unavailable");
  assert.doesNotMatch(text, /\[DONE\]/);
  const receipt = await receiptOf(executionOf(JSON.parse(events[0].slice(6))));
  assert.equal(receipt.completion_tokens, 2);
});

test("openai: a model without an engine is model_not_found, and what to do is said", async () => {
  const asking = (model: string) => client().chat.completions.create({ model, messages: MESSAGES });
  const isNotFound = (says: RegExp) => (error: InstanceType<typeof OpenAI.APIError>) =>
    error.status === 404 && error.code === "model_not_found" && says.test(error.message);
  await assert.rejects(asking("gpt-nowhere"), isNotFound(/PERIGEE_ENGINES/));
  await assert.rejects(asking("drive-rss"), isNotFound(/\/v2\/models\/drive-rss\/infer/));
});

test("What is wrong with a request is told by its field, and asks no engine", async () => {
  const before = engine.asked.length;
  const wrong: [object, string][] = [
    [{ model: "small" }, "messages"],
    [{ model: "small", messages: [] }, "messages"],
    [{ model: "small", messages: MESSAGES, temperature: "hot" }, "temperature"],
    [{ model: "small", messages: MESSAGES, max_tokens: 201 }, "max_tokens"],
    [
      { model: "small", messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "messages/0/content",
    ],
  ];
  for (const [body, param] of wrong) {
    const reply = await mesh.call("/v1/chat/completions", { body, headers: HEADERS });
    assert.equal(reply.status, 400, reply.text);
    assert.equal(reply.body.error.param, param);
    assert.equal(reply.body.error.type, "invalid_request_error");
  }
  const { status, body: refused } = await mesh.call("/v1/responses", {
    body: { model: "small", input: "x", text: { format: { type: "json_object" } } },
    headers: HEADERS,
  });
  assert.equal(status, 400);
  assert.equal(refused.error.param, "text/format/type");
  const nowhere = await mesh.call("/v1/embeddings", {
    body: { model: "small-priced", input: "x" },
    headers: HEADERS,
  });
  assert.equal(nowhere.body.error.code, "not_supported");
  assert.equal(engine.asked.length, before);
});

test("A stream under an Idempotency-Key is answered again without the engine, and charged once", async () => {
  const call = () =>
    mesh.call("/v1/chat/completions", {
      body: { model: "small", messages: MESSAGES, stream: true },
      headers: { ...HEADERS, "Idempotency-Key": "stream-once" },
    });
  const first = await call();
  const before = engine.asked.length;
  const second = await within(10_000, "the stored stream", async () => {
    const reply = await call();
    return reply.status === 409 ? null : reply;
  });
  assert.equal(second.headers.get("Idempotency-Replayed"), "true");
  assert.equal(second.text, first.text);
  assert.equal(engine.asked.length, before);
});

test("AI SDK: text, a stream and an embedding, as they are", async () => {
  const perigee = createOpenAICompatible({
    name: "perigee",
    baseURL: `${mesh.url}/v1`,
    apiKey: mesh.emulator.secrets.dev_key,
    headers: HEADERS,
    includeUsage: true,
  });
  const whole = await generateText({ model: perigee("small"), prompt: PROMPT });
  assert.equal(whole.text, ANSWER);
  assert.equal(whole.usage.outputTokens, 8);
  const streamed = streamText({ model: perigee("small"), prompt: PROMPT });
  const parts = await Array.fromAsync(streamed.textStream);
  assert.equal(parts.join(""), ANSWER);
  assert.equal((await streamed.usage).inputTokens, 8);
  const { embedding } = await embed({ model: perigee.embeddingModel("small"), value: "mars" });
  assert.deepEqual(embedding, vectorOf("mars"));
});

test("All that language models have run here is reckoned anew from its export", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await exported(mesh, { folder, key: mesh.emulator.secrets.dev_key, receipts: 10 });
    const { code, text } = await proved(folder);
    assert.equal(code, 0, text);
    // Tokens and their prices make the charge; the operations are so many for each token.
    assert.match(text, /^receipt\.operations +[1-9]\d+ +0 +0 +0 +0$/m);
    assert.match(text, /^receipt\.charge_microcredits +[1-9]\d+ +0 +0 +0 +0$/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
