import assert from "node:assert/strict";
import type { Datatype, Tensor } from "../../../contract/tensor.ts";
import type { ModelStore } from "../../../hardware/model-store.ts";
import { NativeRunner } from "../../../hardware/native-runner.ts";
import { loadRuntime, NATIVE_VERSION } from "../../../hardware/native-runtime.ts";
import { readCacheFolder } from "../../../hardware/settings.ts";
import { typedOnnx } from "../../support/uploaded-model.ts";

// It takes 288 MB, so nobody is made to install it for a test.
const HOME = `${readCacheFolder(Deno.env.get)}/onnxruntime-node-${NATIVE_VERSION}`;
const isInstalled = await Deno.stat(`${HOME}/installed`).then(() => true, () => false);

const GIVEN: Pick<Tensor, "datatype" | "data">[] = [
  { datatype: "FP16", data: Uint16Array.of(0x3c00, 0x7e01) },
  { datatype: "FP64", data: Float64Array.of(0.1, NaN) },
  { datatype: "INT64", data: BigInt64Array.of(-5n, 2n ** 60n) },
  { datatype: "BOOL", data: Uint8Array.of(0, 1) },
  { datatype: "BYTES", data: [new TextEncoder().encode("ä"), new Uint8Array()] },
];

const identityOf = (datatype: Datatype): Uint8Array =>
  typedOnnx({
    inputs: [{ name: "x", datatype, dims: [2] }],
    nodes: [["Identity", ["x"], ["y"]]],
    outputs: [{ name: "y", datatype, dims: [2] }],
  });

Deno.test({
  name: "the native runtime takes and gives every kind of element, where it is installed",
  ignore: !isInstalled,
  async fn() {
    const halves = Object.getOwnPropertyDescriptor(globalThis, "Float16Array")!;
    const files = new Map(GIVEN.map(({ datatype }) => [datatype, identityOf(datatype)]));
    const store = {
      bytesOf: ({ sha256 }: { sha256: Datatype }) => Promise.resolve(files.get(sha256)),
    } as unknown as ModelStore;
    try {
      const runner = new NativeRunner(loadRuntime(HOME), store);
      for (const { datatype, data } of GIVEN) {
        const run = await runner.load({ kind: "uploaded", sha256: datatype, file_bytes: 1 });
        const x: Tensor = { name: "x", datatype, shape: [2], data };
        assert.deepEqual(await run([x], [{ name: "y", datatype }]), [{ ...x, name: "y" }]);
      }
    } finally {
      // Other tests of this isolate may want it.
      Object.defineProperty(globalThis, "Float16Array", halves);
    }
  },
});
