import assert from "node:assert/strict";
import { hasNodeTests, NODE_TESTS, nodeTestNames } from "../../support/onnx-node-tests.ts";
import { ENGINE_DIFFERS, type NodeTestResult, runNodeTest } from "./node-tests.ts";
import { formatted, operatorsPage, PAGE } from "./operators-page.ts";

/** Of ONNX 1.12, as Debian has it. */
const TESTS = 1_072;

Deno.test({
  name: `each of ONNX's ${TESTS} node tests is refused by name, or is counted, runs and is right`,
  ignore: !hasNodeTests(),
  async fn() {
    const results: NodeTestResult[] = [];
    for (const name of nodeTestNames()) results.push(await runNodeTest(name));
    assert.equal(results.length, TESTS, NODE_TESTS);
    const wrong = results.filter(({ wrong }) => wrong !== null);
    assert.deepEqual(
      wrong.filter(({ name }) => !(name in ENGINE_DIFFERS)).map(({ name, wrong }) => [name, wrong]),
      [],
    );
    // One that differs no longer is to be taken off the list.
    assert.deepEqual(wrong.map(({ name }) => name).sort(), Object.keys(ENGINE_DIFFERS).sort());
    const refused = results.filter(({ refused }) => refused !== null).length;
    assert(refused < 0.1 * TESTS, `${refused} are refused`);
    assert.equal(
      await Deno.readTextFile(PAGE),
      await formatted(operatorsPage(results)),
      "docs/reference/operators.md: write it anew with tests/slow/node-tests/operators-page.ts",
    );
  },
});
