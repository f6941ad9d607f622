/**
 * Whose fault a failure is, by a loader that does what it is told. The real one: tests/http/sandbox_test.ts.
 * @module
 */
import assert from "node:assert/strict";
import type { Tensor } from "../../../../contract/tensor.ts";
import type { UploadedModel } from "../../../../contract/uploaded-model.ts";
import { builtIn, ModelFailure, uploadedRun } from "../../../../inference/engine.ts";
import {
  type Loader,
  type SandboxAccess,
  SandboxEngine,
} from "../../../../inference/sandbox/sandbox-engine.ts";
import type { WorkerCode } from "../../../../inference/sandbox/worker-code.ts";
import { MODELS } from "../../../../models/catalogue.ts";

const FILE = Uint8Array.of(1, 2, 3);
const SHA256 = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";
const PARTS = { script: "script", ort: "ort", runtime: {} as WebAssembly.Module };
const X: Tensor[] = [{ name: "x", datatype: "FP32", shape: [1], data: Float32Array.of(1) }];

let models = 0;
/** Of a tenant of its own: places are shared by all tests of this file. */
const model = (change: Partial<UploadedModel> = {}): UploadedModel => ({
  tenant_id: `t-${models++}`,
  name: "m",
  version: "1",
  sha256: SHA256,
  object: "key",
  file_bytes: FILE.byteLength,
  ...change,
});

type Run = (inputs: unknown[]) => Promise<unknown>;

/** Sandboxes that answer by turns, and what became of each. */
function fake(...runs: Run[]) {
  const made: { id: string; code: WorkerCode; evicted: boolean }[] = [];
  const errors: string[] = [];
  let turn = 0;
  const loader: Loader = {
    get(id, code) {
      const known = made.find((one) => one.id === id);
      const start = async () => {
        if (known) return known;
        const one = { id, code: await code(), evicted: false };
        made.push(one);
        return one;
      };
      return {
        getEntrypoint: () => ({
          async run(inputs: unknown[]) {
            await start();
            return await runs[Math.min(turn++, runs.length - 1)](inputs);
          },
          async evict() {
            (await start()).evicted = true;
          },
        }),
      };
    },
  };
  const files = { get: () => Promise.resolve({ arrayBuffer: () => Promise.resolve(FILE.buffer) }) };
  const access: SandboxAccess = { loader, files, error: (what) => void errors.push(what) };
  return { made, errors, access, engine: new SandboxEngine(access, PARTS) };
}

const gives = (value: number): Run => () =>
  Promise.resolve({
    outputs: [{ name: "y", type: "float32", dims: [1], data: Float32Array.of(value) }],
  });
const says = (error: string, broken: boolean): Run => () => Promise.resolve({ error, broken });
const dies: Run = () => Promise.reject(new Error("The isolate has died"));

async function failureOf(run: Promise<unknown>): Promise<[string, string]> {
  const error = await run.then(() => assert.fail("it ran"), (error) => error);
  assert.ok(error instanceof ModelFailure, String(error));
  return [error.failure, error.message];
}

Deno.test("SandboxEngine hands the model's own file to a sandbox of the tenant's, and keeps it", async () => {
  const { engine, made } = fake(gives(1), gives(2));
  const uploaded = model();
  for (const value of [1, 2]) {
    const [{ name, datatype, data }] = await engine.run(uploadedRun(uploaded), X);
    assert.deepEqual([name, datatype, data], ["y", "FP32", Float32Array.of(value)]);
  }
  assert.equal(made.length, 1);
  const [{ id, code: { modules, env, globalOutbound } }] = made;
  assert.ok(id.startsWith(`${uploaded.tenant_id}/${SHA256}/`));
  assert.deepEqual(modules["model.onnx"], { data: FILE.buffer });
  assert.deepEqual([env, globalOutbound], [{}, null]);
});

Deno.test("SandboxEngine says that there is no sandbox where the deployment has no loader", async () => {
  const { access } = fake(gives(1));
  for (const missing of [{ loader: undefined }, { files: undefined }]) {
    const engine = new SandboxEngine({ ...access, ...missing }, PARTS);
    assert.deepEqual(await failureOf(engine.run(uploadedRun(model()), X)), [
      "no_sandbox",
      "This deployment runs no uploaded models itself",
    ]);
  }
});

Deno.test("A loader that makes no sandbox is no fault of the model's, and an operator hears of it", async () => {
  const { access, errors } = fake(gives(1));
  const away: Loader[] = [
    {
      get() {
        throw new Error("The loader is away");
      },
    },
    { get: () => ({ getEntrypoint: () => ({ run: dies, evict: () => Promise.resolve() }) }) },
  ];
  for (const loader of away) {
    const engine = new SandboxEngine({ ...access, loader }, PARTS);
    assert.deepEqual(await failureOf(engine.run(uploadedRun(model()), X)), [
      "sandboxes_unavailable",
      "The node cannot get a sandbox just now",
    ]);
  }
  assert.deepEqual(errors, Array(2).fill("The Worker Loader makes no sandbox"));
});

Deno.test("What the engine says of a model is its caller's to hear, cut where it is long", async () => {
  const { engine, made } = fake(says(`ERROR_CODE: 2 ${"x".repeat(1_000)}`, false));
  const [failure, message] = await failureOf(engine.run(uploadedRun(model()), X));
  assert.equal(failure, "model_failed");
  assert.equal(message.length, 500);
  assert.ok(message.startsWith("ERROR_CODE: 2 xxx") && message.endsWith("xxx..."));
  assert.ok(!made[0].evicted);
});

Deno.test("A sandbox whose engine has ended is ended, and the next run gets a new one", async () => {
  const { engine, made } = fake(says("unreachable", true), gives(1));
  const uploaded = model();
  assert.deepEqual(await failureOf(engine.run(uploadedRun(uploaded), X)), [
    "model_failed",
    "unreachable",
  ]);
  await engine.run(uploadedRun(uploaded), X);
  assert.deepEqual(made.map(({ evicted }) => evicted), [true, false]);
});

Deno.test("A run whose sandbox dies is tried once more in a new one, and no oftener", async () => {
  const once = fake(dies, gives(1));
  assert.equal((await once.engine.run(uploadedRun(model()), X)).length, 1);
  assert.deepEqual([once.made.length, once.errors], [2, []]);
  const twice = fake(dies);
  const [failure] = await failureOf(twice.engine.run(uploadedRun(model()), X));
  assert.deepEqual([failure, twice.made.length], ["model_failed", 2]);
  assert.deepEqual(twice.errors, ["A sandbox ended in a run"]);
});

Deno.test("A file of another digest or size is run in no sandbox, and an operator hears of it", async () => {
  for (const change of [{ sha256: SHA256.replace("0", "1") }, { file_bytes: 4 }]) {
    const { engine, made, errors } = fake(gives(1));
    const failed = await failureOf(engine.run(uploadedRun(model(change)), X));
    assert.deepEqual(failed, ["models_unavailable", "The model's file is not what was uploaded"]);
    assert.equal(made.length, 0);
    assert.deepEqual(errors, ["The file of a model is not what was uploaded"]);
  }
});

Deno.test("A bucket that does not answer is no fault of the model's", async () => {
  const { access, errors } = fake(gives(1));
  const files = { get: () => Promise.reject(new Error("away")) };
  const engine = new SandboxEngine({ ...access, files }, PARTS);
  assert.deepEqual(await failureOf(engine.run(uploadedRun(model()), X)), [
    "models_unavailable",
    "The model's file cannot be read now",
  ]);
  assert.deepEqual(errors, ["The bucket of models does not answer"]);
});

Deno.test("SandboxEngine takes no built-in model: a bug", async () => {
  const { engine } = fake(gives(1));
  await assert.rejects(engine.run(builtIn(MODELS.get("drive-rss")!), X), RangeError);
});
