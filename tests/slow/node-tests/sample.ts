/**
 * Which of the node tests are asked where not all of them are: seeded, and so that every operator which any
 * test holds is in one of them.
 * @module
 */
import type { Random } from "../../support/random.ts";
import { readNodeTest } from "../../support/onnx-node-tests.ts";
import { operatorsOf } from "./node-tests.ts";

/**
 * Picks tests.
 * @param names of those that may be picked
 */
export function sampleOf(names: readonly string[], random: Random): Set<string> {
  const shuffled = [...names].map((name) => [random.next(), name] as const)
    .sort(([a], [b]) => a - b).map(([, name]) => name);
  const seen = new Set<string>();
  const sample = new Set<string>();
  for (const name of shuffled) {
    const fresh = operatorsOf(readNodeTest(name).model).filter((one) => !seen.has(one));
    if (fresh.length === 0) continue;
    for (const one of fresh) seen.add(one);
    sample.add(name);
  }
  return sample;
}
