import assert from "node:assert/strict";
import { inputCount, inputSize, textSize } from "../../../../functions/openai/prompt-size.ts";

Deno.test("A text is at most a token for each of its bytes, and taken for a fourth of them", () => {
  const { tokens_max, tokens_guess } = textSize(["ü".repeat(40), null, undefined]);
  assert.ok(tokens_max >= 80, `${tokens_max}`);
  assert.equal(tokens_guess, 20);
});

Deno.test("Tokens count as what they are, one or many prompts of them", () => {
  assert.equal(inputSize([1, 2, 3]).tokens_guess, 3);
  assert.equal(inputSize([[1, 2], [3]]).tokens_guess, 3);
  assert.ok(inputSize([[1, 2], [3]]).tokens_max >= 3);
  assert.deepEqual(["a", ["a", "b"], [1, 2], [[1], [2], [3]]].map(inputCount), [1, 2, 1, 3]);
});
