/**
 * The engine over HTTP, with a network of this test's own: when it is asked again, and when not.
 * @module
 */
import assert from "node:assert/strict";
import { type OpenAiEngine, parseEngines } from "../../../../contract/engines.ts";
import { OpenAiUpstream } from "../../../../inference/upstream/openai-upstream.ts";
import {
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamRequest,
} from "../../../../inference/upstream/upstream.ts";

const engine = (more: object = {}): OpenAiEngine =>
  parseEngines(JSON.stringify({
    hosts: ["engine.example"],
    models: {
      small: {
        kind: "openai",
        base_url: "https://engine.example/v1/",
        model: "theirs",
        operations_per_token: 1,
        memory_bytes: 1,
        silence_ms_max: 200,
        ...more,
      },
    },
  })).get("small") as OpenAiEngine;

const REQUEST: UpstreamRequest = {
  api: "chat",
  body: { messages: [] },
  max_tokens: 9,
  stream: false,
};
const WHOLE = { choices: [{ message: { content: "x" } }] };
const TRACE = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, tracestate: "congo=1" };
const STREAM = { ...REQUEST, stream: true };

const events = (...data: (object | string)[]) =>
  new Response(
    data.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join(""),
  );

interface Network {
  upstream: OpenAiUpstream;
  sent: { url: string; init: RequestInit }[];
  waited: number[];
}

function network(answers: (() => Response | Promise<Response>)[], more?: object): Network {
  const sent: Network["sent"] = [];
  const waited: number[] = [];
  const upstream = new OpenAiUpstream(engine(more), {
    fetch: async (url, init) => {
      sent.push({ url, init });
      return await answers[sent.length - 1]();
    },
    key: "sk-secret",
    trace: TRACE,
    wait: (ms) => Promise.resolve(void waited.push(ms)),
  });
  return { upstream, sent, waited };
}

const ask = ({ upstream }: Network, request = REQUEST): Promise<UpstreamAnswer> =>
  upstream.ask(request, new AbortController().signal);

async function failureOf(asked: Promise<unknown>): Promise<UpstreamFailure> {
  const failure = await asked.then(() => null, (error) => error);
  assert.ok(failure instanceof UpstreamFailure, String(failure));
  return failure;
}

const saying = (status: number, headers = {}) => () =>
  Response.json({ error: { message: `it says ${status}` } }, { status, headers });

Deno.test("The engine gets its own name of the model, the limit, its key and the ask's trace, and no redirect is followed", async () => {
  const net = network([() => Response.json(WHOLE)], { limit_field: "max_completion_tokens" });
  assert.deepEqual(await ask(net), { is: "whole", body: WHOLE });
  const [{ url, init }] = net.sent;
  assert.equal(url, "https://engine.example/v1/chat/completions");
  assert.equal(init.redirect, "manual");
  const headers = new Headers(init.headers);
  assert.equal(headers.get("Authorization"), "Bearer sk-secret");
  assert.equal(headers.get("traceparent"), TRACE.traceparent);
  assert.equal(headers.get("tracestate"), TRACE.tracestate);
  assert.deepEqual(JSON.parse(init.body as string), {
    messages: [],
    model: "theirs",
    max_completion_tokens: 9,
    stream: false,
  });
});

Deno.test("An engine that is busy, or cannot be reached, is asked three times, with waits", async () => {
  const gone = () => Promise.reject(new TypeError("refused"));
  const net = network([saying(503), gone, () => Response.json(WHOLE)]);
  assert.equal((await ask(net)).is, "whole");
  assert.deepEqual(net.waited, [100, 200]);
  const down = network([gone, gone, gone]);
  assert.match((await failureOf(ask(down))).message, /cannot be reached/);
  const told = network([saying(429, { "retry-after": "1" }), () => Response.json(WHOLE)]);
  await ask(told);
  assert.deepEqual(told.waited, [1_000]);
});

Deno.test("What no repetition mends is asked once: a wrong request, a wrong key, a redirect, a long wait", async () => {
  const cases: [() => Response, string, RegExp][] = [
    [saying(400), "invalid_request", /it says 400/],
    [saying(401), "engine_unavailable", /status 401/],
    [
      () => new Response(null, { status: 302, headers: { Location: "http://elsewhere/" } }),
      "engine_unavailable",
      /status 302/,
    ],
    [saying(429, { "retry-after": "20" }), "engine_unavailable", /busy/],
  ];
  for (const [answer, fault, says] of cases) {
    const net = network([answer]);
    const failure = await failureOf(ask(net));
    assert.equal(failure.fault, fault);
    assert.match(failure.message, says);
    assert.doesNotMatch(failure.message, /sk-secret/);
    assert.equal(net.sent.length, 1);
  }
});

Deno.test("An engine that is silent is given up, and not asked again", async () => {
  const net = network([() => new Promise<Response>(() => {})]);
  const failure = await failureOf(ask(net));
  assert.match(failure.message, /said nothing for 200 ms/);
  assert.equal(net.sent.length, 1);
  assert.ok(net.sent[0].init.signal?.aborted, "the hop goes on");
});

Deno.test("An engine that says nothing is silent, whatever it sends to keep its connection open", async () => {
  for (const [request, drip] of [[STREAM, ": ping\n\n"], [REQUEST, " "]] as const) {
    let dripping: ReturnType<typeof setInterval> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        dripping = setInterval(() => controller.enqueue(new TextEncoder().encode(drip)), 20);
      },
      cancel: () => clearInterval(dripping),
    });
    const { message } = await failureOf(ask(network([() => new Response(body)]), request));
    clearInterval(dripping);
    assert.match(message, /said nothing for 200 ms/);
  }
});

Deno.test("A stream is asked again until its first chunk has come, and then never", async () => {
  const one = { choices: [{ delta: { content: "a" }, finish_reason: null }] };
  const net = network([
    () => events({ error: { message: "no memory" } }),
    () => events(": nothing", "[DONE]"),
    () => events(one, "[DONE]"),
  ]);
  const answer = await ask(net, STREAM);
  assert.ok(answer.is === "stream");
  assert.deepEqual(await Array.fromAsync(answer.chunks), [one]);
  const body = JSON.parse(net.sent[0].init.body as string);
  assert.deepEqual(body.stream_options, { include_usage: true });
  const broken = network([() => events(one, { error: { message: "no memory" } })]);
  const begun = await ask(broken, STREAM);
  assert.ok(begun.is === "stream");
  assert.match((await failureOf(Array.fromAsync(begun.chunks))).message, /no memory/);
  assert.equal(broken.sent.length, 1);
});

Deno.test("A stream that ends without [DONE] has broken off, unless every choice had told why it ends", async () => {
  const open = { choices: [{ delta: { content: "a" }, finish_reason: null }] };
  const closed = { choices: [{ delta: {}, finish_reason: "stop" }] };
  for (const [chunks, whole] of [[[open], false], [[open, closed], true]] as const) {
    const answer = await ask(network([() => events(...chunks)]), STREAM);
    assert.ok(answer.is === "stream");
    const read = Array.fromAsync(answer.chunks);
    if (whole) assert.equal((await read).length, 2);
    else assert.match((await failureOf(read)).message, /without saying that it is done/);
  }
});

Deno.test("Who aborts ends the hop, and no failure of the engine is made of it", async () => {
  const aborted = new AbortController();
  const net = network([() => new Promise<Response>(() => {})]);
  const asked = net.upstream.ask(REQUEST, aborted.signal);
  aborted.abort(new DOMException("gone", "AbortError"));
  await assert.rejects(asked, { name: "AbortError" });
  assert.equal(net.sent.length, 1);
});
