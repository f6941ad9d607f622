/**
 * One ask of a language model on its node, with an engine, a disk and a bill of this test's own.
 * @module
 */
import assert from "node:assert/strict";
import type {
  UpstreamAsk,
  UpstreamLine,
} from "../../../../../durable-objects/node/upstream/upstream-job.ts";
import {
  type Sent,
  UpstreamRun,
} from "../../../../../durable-objects/node/upstream/upstream-run.ts";
import {
  type JsonObject,
  type UpstreamAnswer,
  UpstreamFailure,
} from "../../../../../inference/upstream/upstream.ts";
import type { Execution } from "../../../../../ledger/execution.ts";

const ASK: UpstreamAsk = {
  api: "chat",
  body: "{}",
  stream: true,
  max_tokens: 100,
  reserved: { prompt_tokens: 50, completion_tokens: 100 },
  prompt_tokens_guess: 7,
  prices: { per_mega_prompt_token: 1e6, per_mega_completion_token: 1e6 },
  operations_per_token: 1,
};

/** A chunk of one token, or of so many by the engine's own count. */
const chunk = (text: string, usage?: object): JsonObject => ({
  choices: [{ index: 0, delta: { content: text } }],
  ...(usage && { usage }),
});

interface Made {
  run: UpstreamRun;
  billed: Sent[];
  covered: Sent[];
  released: () => number;
}

type Answers =
  | UpstreamAnswer
  | UpstreamFailure
  | ((signal: AbortSignal) => UpstreamAnswer);

function make(answer: Answers, ask: Partial<UpstreamAsk> = {}): Made {
  const billed: Sent[] = [];
  const covered: Sent[] = [];
  let released = 0;
  const execution = (sent: Sent) => sent as unknown as Execution;
  const run = new UpstreamRun({ ...ASK, ...ask }, {
    upstream: {
      stops: true,
      ask: (_, signal) =>
        answer instanceof UpstreamFailure
          ? Promise.reject(answer)
          : Promise.resolve(typeof answer === "function" ? answer(signal) : answer),
    },
    pipe: () => new TransformStream(),
    execution,
    cover: (one) => Promise.resolve(void covered.push(one as unknown as Sent)),
    finish(sent) {
      billed.push(sent);
      return execution(sent);
    },
    release: () => void released++,
  });
  return { run, billed, covered, released: () => released };
}

async function* chunksOf(...chunks: (JsonObject | UpstreamFailure)[]) {
  for (const one of chunks) {
    if (one instanceof UpstreamFailure) throw one;
    yield await Promise.resolve(one);
  }
}

const streaming = (...chunks: (JsonObject | UpstreamFailure)[]): UpstreamAnswer => ({
  is: "stream",
  chunks: chunksOf(...chunks),
});

/** Begins a run and reads so many of its lines; all of them unless told otherwise. */
async function read({ run }: Made, lines_max = Infinity) {
  const begun = await run.begin();
  assert.ok(begun.is === "stream", JSON.stringify(begun));
  const reader = begun.lines.pipeThrough(new TextDecoderStream()).getReader();
  const lines: UpstreamLine[] = [];
  while (lines.length < lines_max) {
    const { done, value } = await reader.read();
    if (done) break;
    lines.push(JSON.parse(value));
  }
  return { lines, reader, written: begun.written };
}

const many = (count: number) => Array.from({ length: count }, (_, i) => chunk(`t${i}`));

Deno.test("A stream is billed by the engine's count if its caller got all, and for the chunks that it got if not", async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 9 };
  for (const [got, tokens] of [[4, 9], [3, 3], [1, 1], [0, 0]]) {
    const made = make(streaming(...many(3), { choices: [], usage }));
    const { lines } = await read(made);
    assert.deepEqual(lines.at(-1), { usage, cut: false });
    made.run.settle(got);
    made.run.settle(4);
    assert.equal(made.billed.length, 1, "billed once");
    assert.deepEqual(made.billed[0].tokens, { prompt_tokens: 5, completion_tokens: tokens });
  }
});

Deno.test("The engine's count with each chunk holds for a stream that breaks off", async () => {
  const at = (n: number) => ({ prompt_tokens: 5, completion_tokens: n });
  const made = make(streaming(chunk("a", at(3)), chunk("b", at(6)), chunk("c", at(9))));
  const { reader } = await read(made, 2);
  made.run.settle(2);
  await reader.cancel();
  assert.deepEqual(made.billed, [
    { tokens: { prompt_tokens: 5, completion_tokens: 6 }, bytes_down: made.billed[0].bytes_down },
  ]);
});

Deno.test("No more is sent than was reserved, whatever the engine sends, and no more is billed, whatever it says", async () => {
  const reserved = { prompt_tokens: 50, completion_tokens: 4 };
  const made = make(streaming(...many(9)), { reserved });
  const { lines } = await read(made);
  assert.equal(lines.filter((line) => "chunk" in line).length, 4);
  assert.deepEqual(lines.at(-1), { usage: null, cut: true });
  assert.equal(made.run.settle(4).receipt, undefined);
  assert.equal(made.billed[0].tokens.completion_tokens, 4);
  const usage = { prompt_tokens: 5_000, completion_tokens: 5_000 };
  const boasting = make(streaming(chunk("a"), { choices: [], usage }), { reserved });
  await read(boasting);
  boasting.run.settle(2);
  assert.deepEqual(boasting.billed[0].tokens, reserved);
});

Deno.test("No token leaves that is not covered on disk", async () => {
  const made = make(streaming(...many(90)));
  const begun = await made.run.begin();
  assert.ok(begun.is === "stream");
  const reader = begun.lines.pipeThrough(new TextDecoderStream()).getReader();
  for (let sent = 1; sent <= 90; sent++) {
    await reader.read();
    const { tokens } = made.covered.at(-1)!;
    assert.ok(
      tokens.completion_tokens >= sent,
      `${sent} sent, ${tokens.completion_tokens} covered`,
    );
    // One more may be on its way to the reader.
    assert.ok(tokens.completion_tokens <= sent + 2 * 32, "covered far ahead of what was sent");
  }
  made.run.settle(90);
  assert.ok(made.covered.length < 6, "a write for each token");
});

Deno.test("What an engine sends on behind the settling is neither covered nor billed", async () => {
  const made = make(streaming(...many(200)));
  const { reader, written } = await read(made, 3);
  made.run.settle(3);
  const covered = made.covered.length;
  while (!(await reader.read()).done) { /* to its end */ }
  await written;
  assert.equal(made.covered.length, covered);
  assert.equal(made.billed.length, 1);
  assert.equal(made.billed[0].tokens.completion_tokens, 3);
});

Deno.test("An isolate that goes without a word is billed for what it had been handed", async () => {
  const made = make(streaming(...many(50)));
  const { reader, written } = await read(made, 10);
  await reader.cancel("gone");
  await written;
  assert.equal(made.billed.length, 1);
  const { completion_tokens } = made.billed[0].tokens;
  assert.ok(completion_tokens >= 10 && completion_tokens < 50, `${completion_tokens}`);
  assert.equal(made.billed[0].tokens.prompt_tokens, 7, "the guess, as no count came");
});

Deno.test("An engine that breaks off is told with the last line, and what was sent is billed", async () => {
  const broken = new UpstreamFailure("engine_unavailable", "It broke");
  const made = make(streaming(chunk("a"), broken));
  const { lines } = await read(made);
  const failed = { fault: "engine_unavailable", message: "It broke" };
  assert.deepEqual(lines.at(-1), { usage: null, cut: false, failed });
  made.run.settle(1);
  assert.equal(made.billed[0].tokens.completion_tokens, 1);
});

Deno.test("An engine that fails before its first byte, or answers nothing, is billed to nobody", async () => {
  const late = new UpstreamFailure("engine_unavailable", "It is late", 5_000);
  const failing = make(late);
  const failed = { fault: "engine_unavailable", message: "It is late", retry_after_ms: 5_000 };
  assert.deepEqual(await failing.run.begin(), { is: "failed", failed });
  const empty = make({ is: "whole", body: { choices: [] } }, { stream: false });
  assert.equal((await empty.run.begin()).is, "failed");
  for (const made of [failing, empty]) {
    assert.deepEqual(made.billed, []);
    assert.equal(made.released(), 1);
  }
});

Deno.test("What is no stream is made of the engine's stream, and of a caller that has gone what was made is billed", async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 9 };
  const made = make(streaming(chunk("a"), chunk("b"), { choices: [], usage }), { stream: false });
  const begun = await made.run.begin();
  assert.ok(begun.is === "whole");
  const body = JSON.parse(begun.body);
  assert.equal(body.choices[0].message.content, "ab");
  assert.deepEqual(made.billed[0].tokens, usage);

  const going = Promise.withResolvers<void>();
  async function* endless(signal: AbortSignal) {
    for (let i = 0;; i++) {
      yield chunk(`t${i}`);
      if (i < 2) continue;
      going.resolve();
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      );
    }
  }
  const left = make((signal) => ({ is: "stream", chunks: endless(signal) }), { stream: false });
  const ended = left.run.begin();
  await going.promise;
  assert.notEqual(await left.run.leave(), null);
  assert.equal((await ended).is, "whole");
  assert.deepEqual(left.billed, [
    { tokens: { prompt_tokens: 7, completion_tokens: 3 }, bytes_down: 0 },
  ]);
});

Deno.test("No more is made than was reserved where the answer is no stream", async () => {
  const reserved = { prompt_tokens: 50, completion_tokens: 4 };
  const made = make(streaming(...many(9)), { stream: false, reserved });
  const begun = await made.run.begin();
  assert.ok(begun.is === "whole");
  const [choice] = JSON.parse(begun.body).choices;
  assert.deepEqual([choice.message.content, choice.finish_reason], ["t0t1t2t3", "length"]);
  assert.equal(made.billed[0].tokens.completion_tokens, 4);
});

Deno.test("A whole answer is billed by the engine's count, and without one by four bytes a token", async () => {
  const choices = [{ message: { role: "assistant", content: "x".repeat(400) } }];
  const usage = { prompt_tokens: 3, completion_tokens: 90 };
  const counted = make({ is: "whole", body: { choices, usage } }, { stream: false });
  assert.equal((await counted.run.begin()).is, "whole");
  assert.deepEqual(counted.billed[0].tokens, { prompt_tokens: 3, completion_tokens: 90 });
  const silent = make({ is: "whole", body: { choices } }, { stream: false });
  await silent.run.begin();
  const { prompt_tokens, completion_tokens } = silent.billed[0].tokens;
  assert.equal(prompt_tokens, 7);
  assert.equal(completion_tokens, 100, "400 bytes, and never more than was reserved");
});
