/**
 * Reads docs/reference/operators.md, which the unit test of the node tests writes.
 * @module
 */
import { PAGE } from "./operators-page.ts";

export interface ReferencePage {
  /** Operators that are taken, with the number of tests that hold each. */
  taken: Map<string, number>;
  /** Short names of the tests that are refused, and why. */
  refusals: Map<string, string>;
}

export async function readReferencePage(): Promise<ReferencePage> {
  const page = await Deno.readTextFile(PAGE);
  const section = (title: string) => page.split(`## ${title}\n`)[1].split("\n## ")[0];
  const taken = [...section("Taken").matchAll(/`([\w.]+)`\s+(\d+)/g)]
    .map(([, name, tests]) => [name, Number(tests)] as const);
  const refusals = section("Refused tests").split("\n")
    .map((line) => /^\| (.+?) +\| (.+?) *\|$/.exec(line))
    .flatMap((row) => (row?.[2] ?? "").split(", ").map((name) => [name, row?.[1] ?? ""] as const))
    .filter(([name]) => /^\w/.test(name) && name !== "tests");
  return { taken: new Map(taken), refusals: new Map(refusals) };
}
