/**
 * Uploads and asks all of ONNX's node tests: `npx deno task node-tests`.
 * @module
 */
import { startMesh } from "../../support/mesh.ts";
import { nodeTestNames } from "../../support/onnx-node-tests.ts";
import { checkAgainstPage } from "./checks.ts";
import { runOverHttp } from "./over-http.ts";

const mesh = await startMesh();
const results = await runOverHttp(mesh, nodeTestNames(), () => true);
await mesh[Symbol.asyncDispose]();
const { refused, operators } = await checkAgainstPage(results);
const asked = results.filter(({ asked }) => asked);
const differs = asked.filter(({ wrong }) => wrong !== null).length;
console.log(
  `${results.length} uploaded, ${refused} refused by name, ${asked.length} asked: ` +
    `${
      asked.length - differs
    } right in every element, ${differs} as operators.md says they differ; ` +
    `${operators} operators`,
);
Deno.exit(0);
