/**
 * Holds what came over HTTP against docs/reference/operators.md, which the unit test writes.
 * @module
 */
import assert from "node:assert/strict";
import { ENGINE_DIFFERS } from "./node-tests.ts";
import { reasonOf, short } from "./operators-page.ts";
import type { OverHttp } from "./over-http.ts";
import { readReferencePage } from "./reference-page.ts";

/** @returns how many were refused, and how many operators gave what they should */
export async function checkAgainstPage(
  results: readonly OverHttp[],
): Promise<{ refused: number; operators: number }> {
  const { taken, refusals } = await readReferencePage();
  const wrong = results.filter(({ name, wrong }) => wrong !== null && !(name in ENGINE_DIFFERS));
  assert.deepEqual(wrong.map(({ name, wrong }) => [name, wrong]), []);
  const refused = results.filter(({ refused }) => refused !== null);
  assert.deepEqual(
    new Map(refused.map(({ name, refused }) => [short(name), reasonOf(refused!)] as const).sort()),
    new Map([...refusals].sort()),
  );
  const right = new Set(
    results.filter(({ asked, wrong, refused }) => asked && wrong === null && refused === null)
      .flatMap(({ operators }) => operators),
  );
  const tested = [...taken].filter(([, tests]) => tests > 0).map(([name]) => name);
  assert.deepEqual(tested.filter((name) => !right.has(name)), [], "asked for no right answer");
  return { refused: refused.length, operators: tested.length };
}
