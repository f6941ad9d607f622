/**
 * What an isolate itself runs: built-in models in its own ONNX Runtime, uploaded ones in sandboxes.
 * @module
 */
import { logger } from "../../contract/log.ts";
import { builtIn, type Engine, type RunnableModel, uploadedRun } from "../../inference/engine.ts";
import { OnnxEngine } from "../../inference/onnx.ts";
import { type Loader, SandboxEngine } from "../../inference/sandbox/sandbox-engine.ts";
import { SANDBOX_PARTS } from "../../inference/sandbox/sandbox-parts.ts";
import { MODELS } from "../../models/catalogue.ts";
import type { Job } from "./job.ts";

const log = logger();

/** Of all nodes of the isolate: it compiles once. */
export const builtInModels = new OnnxEngine();

/** The engine of one node's object, by its bindings. */
export function isolateEngine({ LOADER, MODELS }: Partial<Env>): Engine {
  const uploadedModels = new SandboxEngine({
    loader: LOADER as Loader | undefined,
    files: MODELS,
    error: (what, fields) => log.error(what, fields),
  }, SANDBOX_PARTS);
  return {
    run: (model, inputs) =>
      model.uploaded ? uploadedModels.run(model, inputs) : builtInModels.run(model, inputs),
  };
}

/**
 * The model that a job names.
 * @throws RangeError for a built-in model that the catalogue does not have: a bug of the caller
 */
export function runnableOf({ model, uploaded, onBoard }: Job): RunnableModel {
  if (uploaded) return uploadedRun(uploaded, onBoard);
  const spec = MODELS.get(model);
  if (!spec) throw new RangeError(`The catalogue has no model "${model}"`);
  return builtIn(spec);
}
