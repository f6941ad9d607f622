import assert from "node:assert/strict";
import { Span } from "../../../telemetry/span.ts";
import { SpanQueue } from "../../../telemetry/span-queue.ts";

const COLLECTOR = {
  url: "https://collector.example/v1/traces",
  headers: { "x-team": "a" },
  ratio: 1,
};
const OK = () => Promise.resolve(Response.json({}));

interface Sent {
  url: string;
  init: RequestInit;
  names: string[];
}

/** A queue whose time and collector a test drives. */
function handDriven(answer: () => Promise<Response> = OK) {
  const driven = {
    now: 1_000_000,
    answer,
    sent: [] as Sent[],
    warnings: [] as string[],
    gathering: [] as (() => void)[],
  };
  const queue = new SpanQueue({
    now: () => driven.now,
    wait: () => new Promise((resolve) => driven.gathering.push(resolve)),
    fetch: (url, init) => {
      const body = JSON.parse(init!.body as string);
      const names = body.resourceSpans[0].scopeSpans[0].spans.map(({ name }: Span) => name);
      driven.sent.push({ url: `${url}`, init: init!, names });
      return driven.answer();
    },
    warn: (what) => driven.warnings.push(what),
  });
  const push = (name: string) => {
    const ports = {
      now: () => driven.now,
      random: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
      ended: (span: Span) => queue.push(span),
    };
    new Span(name, { trace_id: "a".repeat(32), span_id: null, state: "" }, ports).end();
  };
  const flush = async () => {
    const flushed = queue.flush(COLLECTOR);
    for (const gathered of driven.gathering.splice(0)) gathered();
    await flushed;
  };
  return { driven, queue, push, flush };
}

Deno.test("Spans that end while one flush gathers go in its request, and no other flush begins", async () => {
  const { driven, queue, push } = handDriven();
  push("first");
  const flushed = queue.flush(COLLECTOR);
  push("second");
  await queue.flush(COLLECTOR);
  assert.equal(driven.sent.length, 0);
  driven.gathering[0]();
  await flushed;
  assert.deepEqual(driven.sent.map(({ names }) => names), [["first", "second"]]);
  const [{ url, init }] = driven.sent;
  assert.equal(url, COLLECTOR.url);
  assert.deepEqual(init.headers, { "x-team": "a", "Content-Type": "application/json" });
  assert.equal(init.redirect, "manual");
  assert.deepEqual(queue.counts, { sent: 2, dropped: 0, waiting: 0 });
});

Deno.test("A flush of nothing sends nothing and waits for nothing", async () => {
  const { driven, queue } = handDriven();
  await queue.flush(COLLECTOR);
  assert.deepEqual([driven.sent, driven.gathering], [[], []]);
});

Deno.test("No more than 2,048 spans wait, 512 go at once, and what is over is dropped and counted", async () => {
  const { driven, queue, push, flush } = handDriven();
  for (let i = 0; i < 3_000; i++) push(`${i}`);
  assert.deepEqual(queue.counts, { sent: 0, dropped: 952, waiting: 2_048 });
  await flush();
  assert.deepEqual(driven.sent.map(({ names }) => names.length), [512, 512, 512, 512]);
  assert.deepEqual(queue.counts, { sent: 2_048, dropped: 952, waiting: 0 });
});

const FAILURES: Record<string, () => Promise<Response>> = {
  "is not there": () => Promise.reject(new TypeError("connection refused")),
  "hangs until the deadline": () => Promise.reject(new DOMException("timed out", "TimeoutError")),
  "answers 503": () => Promise.resolve(new Response("away", { status: 503 })),
  "redirects": () => Promise.resolve(new Response(null, { status: 302 })),
};

for (const [what, answer] of Object.entries(FAILURES)) {
  Deno.test(`A collector that ${what} loses a batch, is left alone for a while, and is logged once a minute`, async () => {
    const { driven, queue, push, flush } = handDriven(answer);
    push("lost");
    await flush();
    assert.deepEqual(queue.counts, { sent: 0, dropped: 1, waiting: 0 });
    push("kept");
    await flush();
    assert.equal(driven.sent.length, 1, "it is not asked again at once");
    for (let i = 0; i < 4; i++) {
      driven.now += 11_000;
      push("lost");
      await flush();
    }
    assert.equal(driven.sent.length, 5);
    assert.equal(driven.warnings.length, 1);
    driven.now += 60_000;
    push("lost");
    await flush();
    assert.equal(driven.warnings.length, 2);
    driven.answer = OK;
    driven.now += 11_000;
    push("sent");
    await flush();
    assert.deepEqual(driven.sent.at(-1)!.names, ["sent"]);
    assert.deepEqual(queue.counts, { sent: 1, dropped: 7, waiting: 0 });
  });
}

Deno.test("A flush that its request took with it is followed by another, also after the clock jumped back", () => {
  for (const jump_ms of [60_000, -3_600_000]) {
    const { driven, queue, push } = handDriven();
    push("first");
    void queue.flush(COLLECTOR);
    driven.now += jump_ms;
    void queue.flush(COLLECTOR);
    assert.equal(driven.gathering.length, 2, `${jump_ms}`);
  }
});

Deno.test("Spans that a collector says it rejects are counted as dropped, and it is logged", async () => {
  const { driven, queue, push, flush } = handDriven(() =>
    Promise.resolve(Response.json({ partialSuccess: { rejectedSpans: "1" } }))
  );
  push("one");
  push("two");
  await flush();
  assert.deepEqual(queue.counts, { sent: 1, dropped: 1, waiting: 0 });
  assert.equal(driven.warnings.length, 1);
});
