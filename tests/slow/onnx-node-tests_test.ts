/**
 * ONNX's node tests over HTTP, against one mesh. Here all of them are uploaded, and a sample is asked that
 * holds every operator: a sandbox takes some 150 ms of CPU to start. `npx deno task node-tests` asks all of
 * them, and tests/slow/node-tests/in-process_test.ts runs all of them without a mesh.
 */
import assert from "node:assert/strict";
import { startMesh } from "../support/mesh.ts";
import { hasNodeTests, NODE_TESTS, nodeTestNames } from "../support/onnx-node-tests.ts";
import { seeded } from "../support/random.ts";
import { ENGINE_DIFFERS } from "./node-tests/node-tests.ts";
import { short } from "./node-tests/operators-page.ts";
import { checkAgainstPage } from "./node-tests/checks.ts";
import { readReferencePage } from "./node-tests/reference-page.ts";
import { runOverHttp } from "./node-tests/over-http.ts";
import { sampleOf } from "./node-tests/sample.ts";

const SEED = 14;

if (!hasNodeTests()) {
  console.log(`${NODE_TESTS} is not there: install libonnx-testdata, as .ci/run does`);
}

Deno.test({
  name: "Every node test is taken or refused as operators.md says; every operator, asked, is right",
  ignore: !hasNodeTests(),
  // The mesh's sockets and timers outlive the requests.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using mesh = await startMesh();
    const names = nodeTestNames();
    const { refusals } = await readReferencePage();
    const askable = names.filter((name) => !(name in ENGINE_DIFFERS) && !refusals.has(short(name)));
    const sample = sampleOf(askable, seeded(SEED));
    const results = await runOverHttp(mesh, names, (name) => sample.has(name));
    assert.equal(results.length, names.length);
    const { refused, operators } = await checkAgainstPage(results);
    const asked = results.filter(({ asked }) => asked).length;
    console.log(
      `${results.length} uploaded, ${refused} refused, ${asked} asked with ${operators} operators`,
    );
  },
});
