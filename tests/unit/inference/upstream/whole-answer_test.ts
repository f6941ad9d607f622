import assert from "node:assert/strict";
import { WholeAnswer } from "../../../../inference/upstream/whole-answer.ts";

Deno.test("A whole answer holds each choice's text, calls, logprobs and end, and what the chunks say besides", () => {
  const whole = new WholeAnswer("chat");
  assert.equal(whole.isEmpty, true);
  const call = (index: number, fields: object) => ({ tool_calls: [{ index, ...fields }] });
  const deltas: [number, object, object?][] = [
    [1, { role: "assistant", content: "o" }],
    [0, { role: "assistant", content: null, ...call(1, { id: "b", function: { name: "g" } }) }],
    [0, call(0, { id: "a", type: "function", function: { name: "f", arguments: "" } })],
    [0, call(0, { function: { arguments: '{"x":' } })],
    [0, call(1, { function: { arguments: "{}" } })],
    [0, call(0, { id: null, function: { name: null, arguments: "1}" } })],
    [1, { content: "k", reasoning_content: "so" }, { logprobs: { content: [{ token: "k" }] } }],
    [1, { content: "!" }, { logprobs: { content: [{ token: "!" }] } }],
    [0, {}, { finish_reason: "tool_calls" }],
    [1, {}, { finish_reason: "content_filter" }],
  ];
  for (const [index, delta, rest] of deltas) {
    const choice = { index, delta, finish_reason: null, ...rest };
    whole.add({ id: "up-1", object: "chat.completion.chunk", model: "m", choices: [choice] });
  }
  whole.add({ choices: [], system_fingerprint: "fp", usage: { prompt_tokens: 1 } });
  whole.cut();
  assert.deepEqual(whole.body({ prompt_tokens: 1 }), {
    system_fingerprint: "fp",
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
          { id: "b", function: { name: "g", arguments: "{}" } },
        ],
      },
      logprobs: null,
      finish_reason: "tool_calls",
    }, {
      index: 1,
      message: { role: "assistant", content: "ok!", reasoning_content: "so" },
      logprobs: { content: [{ token: "k" }, { token: "!" }] },
      finish_reason: "content_filter",
    }],
    usage: { prompt_tokens: 1 },
  });
});

Deno.test("A whole text goes on by its chunks, its logprobs by their lists, and ends where it is cut", () => {
  const whole = new WholeAnswer("completions");
  for (const text of ["so ", "it ", "goes"]) {
    const logprobs = { tokens: [text], token_logprobs: [-1], top_logprobs: null };
    whole.add({ choices: [{ index: 0, text, logprobs, finish_reason: null }] });
  }
  whole.cut();
  assert.deepEqual(whole.body(null), {
    choices: [{
      index: 0,
      text: "so it goes",
      logprobs: {
        tokens: ["so ", "it ", "goes"],
        token_logprobs: [-1, -1, -1],
        top_logprobs: null,
      },
      finish_reason: "length",
    }],
  });
});
