/**
 * A problem with what a caller sent names fields, and never gives back a body of megabytes.
 * @module
 */
import assert from "node:assert/strict";
import { ProblemError } from "../../../../contract/problem.ts";
import { invalid } from "../../../../functions/params/invalid.ts";

const issue = (i: number) => ({ path: ["inputs", i, "data"], message: `issue ${i}` });
const issues = (count: number) => Array.from({ length: count }, (_, i) => issue(i));

Deno.test("invalid() names every field of up to 20, with the same words in its detail", () => {
  const { errors, message } = invalid(issues(20));
  assert.deepEqual(
    errors,
    issues(20).map(({ message }, i) => ({ pointer: `#/inputs/${i}/data`, detail: message })),
  );
  for (const { pointer, detail } of errors) assert.ok(message.includes(`${pointer}: ${detail}`));
});

Deno.test("invalid() names the first 19 of more than 20 fields, and says how many more there are", () => {
  for (const [count, more] of [[21, 2], [1_000_000, 999_981]]) {
    const { errors, message } = invalid(issues(count));
    assert.equal(errors.length, 20);
    assert.deepEqual(errors.slice(0, 19), invalid(issues(19)).errors);
    assert.deepEqual(errors[19], { pointer: "#", detail: `and ${more} more` });
    assert.match(message, new RegExp(`and ${more} more$`));
  }
});

Deno.test("A problem cuts what it quotes: 256 characters of a field and of its name, 2,048 of all", () => {
  const long = "é🚀".repeat(500_000);
  const { errors, message } = invalid([{ path: [long], message: long }, ...issues(30)]);
  const [first] = errors;
  for (
    const [text, max] of [[first.pointer, 256], [first.detail, 256], [message, 2_048]] as const
  ) {
    assert.ok(text.length <= max && text.length >= max - 1, `${text.length}`);
    assert.ok(text.endsWith("...") && text.isWellFormed());
  }
  assert.ok(new ProblemError("conflict", long).message.length <= 2_048);
  assert.equal(new ProblemError("conflict", "short").message, "short");
});
