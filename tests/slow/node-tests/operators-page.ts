/**
 * Writes docs/reference/operators.md from the results of the node tests; the test of that name compares.
 *
 * ```sh
 * deno run -A tests/slow/node-tests/operators-page.ts
 * ```
 * @module
 */

import { CONTROL_NAMES } from "../../../models/operations/control-flow.ts";
import { RULE } from "../../../models/operations/rule.ts";
import { OPSETS } from "../../../models/upload/limits.ts";
import { REFUSED } from "../../../models/upload/refused-operators.ts";
import { hasNodeTests, NODE_TESTS, nodeTestNames } from "../../support/onnx-node-tests.ts";
import { ENGINE_DIFFERS, type NodeTestResult, runNodeTest } from "./node-tests.ts";

export const PAGE = new URL("../../../docs/reference/operators.md", import.meta.url);

export function operatorsPage(results: readonly NodeTestResult[]): string {
  const differs = results.filter(({ wrong }) => wrong !== null);
  const right = results.filter(({ refused, wrong }) => refused === null && wrong === null);
  const refused = results.filter((one) => one.refused !== null);
  const tested = new Map<string, number>();
  for (const { operators } of right) {
    for (const operator of operators) tested.set(operator, (tested.get(operator) ?? 0) + 1);
  }
  const taken = [...Object.keys(RULE), ...CONTROL_NAMES]
    .sort((a, b) => a.toLowerCase() < b.toLowerCase() ? -1 : 1);
  return `# Operators

Which operators of ONNX an uploaded model may use: operator sets ${OPSETS.least} to ${OPSETS.most}, as the engine (ONNX
Runtime Web 1.30) has them. Made by the test that runs ONNX's own node tests
(\`tests/slow/node-tests/in-process_test.ts\`), each inspected, counted and run as an upload is:

| of the ${results.length} tests of ONNX 1.12 | |
| --- | ---: |
| taken, and right in every element | ${right.length} |
| taken, and the engine gives something else | ${differs.length} |
| refused by name | ${refused.length} |

## Taken

${taken.length} operators, with the number of tests that hold them (0: newer than these tests).

${taken.map((name) => `\`${name}\` ${tested.get(name) ?? 0}`).join(", ")}

## Where the engine differs

| test | |
| --- | --- |
${differs.map(({ name }) => `| \`${short(name)}\` | ${ENGINE_DIFFERS[name]} |`).join("\n")}

## Refused by name

| operator | why |
| --- | --- |
${Object.entries(REFUSED).map(([name, why]) => `| \`${name}\` | ${why} |`).join("\n")}

Any other operator, of whatever domain, is refused by its name, too.

## Refused tests

| refused because | tests |
| --- | --- |
${groups(refused).map(([why, names]) => `| ${why} | ${names.map(short).join(", ")} |`).join("\n")}
`;
}

/** As the page calls a test. */
export const short = (name: string): string => name.replace(/^.*\/test_/, "");

/** Why a test is refused, without what names its node or tensor. */
export const reasonOf = (refused: string): string =>
  refused.replace(/^(\w+) "[^"]*": /, "$1: ").replace(/^(Input|Output) "[^"]*"/, "$1");

function groups(refused: readonly NodeTestResult[]): [string, string[]][] {
  const byReason = new Map<string, string[]>();
  for (const { name, refused: why } of refused) {
    const reason = reasonOf(why!);
    byReason.set(reason, [...byReason.get(reason) ?? [], name]);
  }
  return [...byReason].sort(([a], [b]) => a < b ? -1 : 1);
}

/** Formatted as all pages are. */
export async function formatted(page: string): Promise<string> {
  const fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "--line-width", "100", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = fmt.stdin.getWriter();
  await writer.write(new TextEncoder().encode(page));
  await writer.close();
  return new TextDecoder().decode((await fmt.output()).stdout);
}

if (import.meta.main) {
  if (!hasNodeTests()) throw new Error(`${NODE_TESTS} is not there: install libonnx-testdata`);
  const results: NodeTestResult[] = [];
  for (const name of nodeTestNames()) results.push(await runNodeTest(name));
  await Deno.writeTextFile(PAGE, await formatted(operatorsPage(results)));
}
