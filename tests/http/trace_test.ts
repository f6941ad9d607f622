/**
 * One trace of one inference, from the client's span to the ledger's write, as a collector gets it by
 * OTLP over HTTP; and what a collector can not do to an answer.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";
import { enginesSetting, startEngineServer } from "../support/openai-server.ts";
import { type CollectedSpan, traceCollector } from "../support/trace-collector.ts";

const collector = traceCollector();
const engine = startEngineServer();
const test = meshTest({
  PERIGEE_OTLP_URL: collector.url,
  PERIGEE_OTLP_HEADERS: "x-team=perigee,authorization=Bearer%20s3cret",
  PERIGEE_ENGINES: enginesSetting(engine, { small: {} }),
});
Deno.test.afterAll(async () => {
  await collector.close();
  await engine[Symbol.asyncDispose]();
});

const INFER = "/v2/models/drive-rss/infer";
const BODY = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};
const SERVER = 2;
const CLIENT = 3;

const ask = (mesh: Mesh, headers: Record<string, string> = {}) =>
  mesh.call(INFER, { body: BODY, headers });

/** The spans of a trace, by name, once its last step has come: the ledger's write. */
async function traceOf(trace_id: string): Promise<Map<string, CollectedSpan>> {
  const spans = await within(20_000, "the whole trace", () => {
    const own = collector.spans.filter(({ traceId }) => traceId === trace_id);
    const names = own.map(({ name }) => name);
    const whole = names.includes("ledger write") && names.includes("node") &&
      names.some((name) => name.startsWith("POST"));
    return Promise.resolve(whole ? own : null);
  });
  return new Map(spans.map((span) => [span.name, span]));
}

test("An inference is one trace, from the client's span over request, place, think, node and engine to the ledger's write", async (mesh) => {
  const trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const client_span = "00f067aa0ba902b7";
  const { status, text, body, headers } = await ask(mesh, {
    traceparent: `00-${trace_id}-${client_span}-01`,
    tracestate: "congo=t61rcWkgMzE",
    "X-Request-Id": "traced-1",
  });
  assert.equal(status, 200, text);
  const spans = await traceOf(trace_id);
  const names = [
    `POST /v2/models/:name/infer`,
    "auth",
    "place",
    "think",
    "node",
    "queue",
    "infer drive-rss",
    "ledger write",
  ];
  assert.deepEqual([...spans.keys()].sort(), [...names].sort());
  const of = (name: string): CollectedSpan => spans.get(name)!;
  const [request, place, think, node] = [names[0], "place", "think", "node"].map(of);
  // Each span's parent leads to the client's own.
  assert.equal(request.parentSpanId, client_span);
  for (const name of ["auth", "place", "think"]) {
    assert.equal(of(name).parentSpanId, request.spanId, name);
  }
  assert.equal(node.parentSpanId, think.spanId);
  for (const name of ["queue", "infer drive-rss", "ledger write"]) {
    assert.equal(of(name).parentSpanId, node.spanId, name);
  }
  assert.equal(new Set([...spans.values()].map(({ spanId }) => spanId)).size, names.length);
  for (const [name, span] of spans) {
    assert.equal(span.traceState, "congo=t61rcWkgMzE", name);
    assert.equal(span.status, 0, name);
    assert.ok(span.start <= span.end, name);
  }
  assert.deepEqual([request.kind, node.kind], [SERVER, SERVER]);
  assert.equal(of("ledger write").kind, CLIENT);

  assert.equal(request.attributes["http.request.method"], "POST");
  assert.equal(request.attributes["http.route"], "/v2/models/:name/infer");
  assert.equal(request.attributes["http.response.status_code"], 200);
  assert.equal(request.attributes["url.path"], INFER);
  assert.equal(request.attributes["perigee.request_id"], headers.get("X-Request-Id"));

  // Why this node, in the words and figures of the answer.
  const { parameters }: Json = body;
  for (const span of [think, node]) {
    assert.equal(span.attributes["perigee.node"], parameters.node);
    assert.equal(
      span.attributes["perigee.modelled.light_time_ms"],
      parameters.modelled_light_time_ms,
    );
    assert.equal(span.attributes["perigee.modelled.slant_range_km"], parameters.slant_range_km);
  }
  assert.equal(think.attributes["perigee.execution_id"], parameters.execution_id);
  assert.equal(think.attributes["perigee.attempts"], parameters.attempts);
  const rank = think.attributes["perigee.rank"] as number;
  const refused = think.attributes["perigee.candidates.refused"] as string[];
  assert.equal(rank, refused.length + parameters.attempts);
  assert.ok((place.attributes["perigee.candidates"] as number) >= rank);
  const engine = of("infer drive-rss").attributes;
  assert.equal(engine["gen_ai.operation.name"], "infer");
  assert.equal(engine["gen_ai.request.model"], "drive-rss");
  assert.equal(of("ledger write").attributes["perigee.execution_id"], parameters.execution_id);
  const [row] = await mesh.rows("SELECT count(*) AS n FROM receipts WHERE id = ?", [
    parameters.execution_id,
  ]);
  assert.equal(row.n, 1);
  for (const sent of collector.headers) {
    assert.equal(sent.get("x-team"), "perigee");
    assert.equal(sent.get("authorization"), "Bearer s3cret");
  }
});

test("An ask of a language model is one trace down to its engine, whole or as a stream, and says why this node", async (mesh) => {
  for (const [stream, digit] of [[false, "1"], [true, "2"]] as const) {
    const trace_id = digit.repeat(32);
    const client_span = "00f067aa0ba902b7";
    const { status, text } = await mesh.call("/v1/chat/completions", {
      body: { model: "small", messages: [{ role: "user", content: "say 5 x y" }], stream },
      headers: {
        "Perigee-Origin": "48.86,2.35",
        "traceparent": `00-${trace_id}-${client_span}-01`,
      },
    });
    assert.equal(status, 200, text);
    const { perigee }: Json = JSON.parse(stream ? /^data: (.*)$/m.exec(text)![1] : text);
    const spans = await traceOf(trace_id);
    const of = (name: string): CollectedSpan => spans.get(name)!;
    const parents: [string, string][] = [
      ["place", "POST /v1/chat/completions"],
      ["think", "POST /v1/chat/completions"],
      ["node", "think"],
      ["queue", "node"],
      ["chat upstream-name", "node"],
      ["ledger write", "node"],
    ];
    assert.equal(of("POST /v1/chat/completions").parentSpanId, client_span);
    for (const [name, parent] of parents) {
      assert.equal(of(name).parentSpanId, of(parent).spanId, name);
      assert.equal(of(name).status, 0, name);
    }
    // The engine's own spans are part of the span that asked it.
    const asked = of("chat upstream-name");
    assert.equal(engine.traces.at(-1), `00-${trace_id}-${asked.spanId}-01`);
    assert.equal(asked.kind, CLIENT);
    assert.equal(asked.attributes["gen_ai.operation.name"], "chat");
    assert.equal(asked.attributes["gen_ai.request.model"], "upstream-name");
    assert.equal(asked.attributes["gen_ai.usage.input_tokens"], 4);
    assert.equal(asked.attributes["gen_ai.usage.output_tokens"], 5);
    assert.equal(asked.attributes["server.address"], "127.0.0.1");
    for (const span of [of("think"), of("node")]) {
      assert.equal(span.attributes["perigee.execution_id"], perigee.execution_id);
      assert.equal(span.attributes["perigee.node"], perigee.node);
      assert.equal(
        span.attributes["perigee.modelled.light_time_ms"],
        perigee.modelled_light_time_ms,
      );
    }
    const rank = of("think").attributes["perigee.rank"] as number;
    const passed = of("think").attributes["perigee.candidates.refused"] as string[];
    assert.equal(rank, passed.length + perigee.attempts);
    assert.ok((of("place").attributes["perigee.candidates"] as number) >= rank);
    assert.ok((of("node").attributes["perigee.modelled.npu_ms"] as number) > 0);
  }
});

test("No span is sent of a trace that its client does not record", async (mesh) => {
  const unrecorded = "a".repeat(32);
  const recorded = "b".repeat(32);
  const silent = await ask(mesh, { traceparent: `00-${unrecorded}-${"1".repeat(16)}-00` });
  assert.equal(silent.status, 200, silent.text);
  const { execution_id } = silent.body.parameters;
  await within(20_000, "the receipt of the unrecorded one", async () => {
    const rows = await mesh.rows("SELECT 1 FROM receipts WHERE id = ?", [execution_id]);
    return rows.length > 0 || null;
  });
  const loud = await ask(mesh, { traceparent: `00-${recorded}-${"1".repeat(16)}-01` });
  assert.equal(loud.status, 200, loud.text);
  await traceOf(recorded);
  assert.deepEqual(collector.spans.filter(({ traceId }) => traceId === unrecorded), []);
});

test("A traceparent that is not valid begins a new trace, and a refused request is recorded with its problem", async (mesh) => {
  const { status } = await mesh.call(INFER, {
    body: { ...BODY, inputs: [] },
    headers: { traceparent: `00-${"0".repeat(32)}-${"1".repeat(16)}-01`, "X-Request-Id": "wrong" },
  });
  assert.equal(status, 400);
  const span = await within(20_000, "the span of the refused request", () =>
    Promise.resolve(
      collector.spans.find(({ attributes }) => attributes["perigee.request_id"] === "wrong") ??
        null,
    ));
  assert.equal(span.parentSpanId, null);
  assert.notEqual(span.traceId, "0".repeat(32));
  assert.equal(span.attributes["http.response.status_code"], 400);
  assert.equal(span.attributes["perigee.problem"], "invalid_request");
  // The caller was wrong, not the server.
  assert.equal(span.status, 0);
});

test("The ledger's write is in the trace also if the ledger was away, and each try that failed is", async (mesh) => {
  const trace_id = "d".repeat(32);
  const back = await mesh.emulator.ledger.takeAway();
  let execution_id: string;
  const writes = (status: number) =>
    collector.spans.filter((span) =>
      span.traceId === trace_id && span.name === "ledger write" && span.status === status
    );
  try {
    const { status, text, body } = await ask(mesh, {
      traceparent: `00-${trace_id}-${"1".repeat(16)}-01`,
    });
    assert.equal(status, 200, text);
    execution_id = body.parameters.execution_id;
    await within(
      20_000,
      "a write that failed",
      () => Promise.resolve(writes(2).length > 0 || null),
    );
    assert.deepEqual(writes(0), []);
  } finally {
    await back();
  }
  const written = await within(40_000, "the write", () => Promise.resolve(writes(0).at(0) ?? null));
  const node = collector.spans.find((span) => span.traceId === trace_id && span.name === "node");
  for (const span of [written, ...writes(2)]) {
    assert.equal(span.parentSpanId, node!.spanId);
    assert.equal(span.attributes["perigee.execution_id"], execution_id);
  }
});

test("A collector that hangs changes no answer and no receipt", async (mesh) => {
  collector.hangs = true;
  const before = collector.headers.length;
  const first = await ask(mesh);
  assert.equal(first.status, 200, first.text);
  await within(
    20_000,
    "a request that hangs",
    () => Promise.resolve(collector.headers.length > before || null),
  );
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(mesh)));
  for (const { status, text } of answers) assert.equal(status, 200, text);
  const ids = [first, ...answers].map(({ body }) => body.parameters.execution_id);
  await within(20_000, "all receipts", async () => {
    const rows = await mesh.rows(
      `SELECT id FROM receipts WHERE id IN (${ids.map(() => "?").join()})`,
      ids,
    );
    return rows.length === ids.length || null;
  });
});
