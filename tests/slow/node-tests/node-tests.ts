/**
 * Runs the ONNX project's node tests through all that an upload goes through, but for the network:
 * skeleton, inspection, specification, count, and the engine; and compares what comes out.
 * @module
 */

import type { Tensor } from "../../../contract/tensor.ts";
import { checkShapes } from "../../../models/catalogue.ts";
import { nodesOf } from "../../../models/operations/count-operations.ts";
import { ModelError } from "../../../models/operations/model-error.ts";
import { readModel } from "../../../models/operations/model-file.ts";
import { skeletonOf } from "../../../models/upload/skeleton.ts";
import { uploadedSpec } from "../../../models/upload/spec.ts";
import { type NodeTest, readNodeTest } from "../../support/onnx-node-tests.ts";
import { sameTensor } from "../../support/same-tensor.ts";
import { runTensors } from "../../unit/models/run-tensors.ts";

/** Where the engine gives something else than the tests of ONNX 1.12, and why. */
export const ENGINE_DIFFERS: Readonly<Record<string, string>> = {
  "node/test_maxunpool_export_with_output_shape":
    "ONNX Runtime reads the indices as those of output_shape, ONNX 1.12 as those of the pooled tensor",
  "node/test_resize_downsample_scales_cubic_align_corners":
    "with align_corners ONNX Runtime scales by the rounded sizes, ONNX 1.12 by the scales",
  "node/test_resize_downsample_scales_linear_align_corners":
    "with align_corners ONNX Runtime scales by the rounded sizes, ONNX 1.12 by the scales",
};

export interface NodeTestResult {
  name: string;
  /** Empty where the file cannot be read that far. */
  operators: readonly string[];
  /** Why it is not taken; null where it is, and gives what it should. */
  refused: string | null;
  /** What is wrong, and must not be. */
  wrong: string | null;
}

export async function runNodeTest(name: string): Promise<NodeTestResult> {
  const test = readNodeTest(name);
  const result = { name, operators: operatorsOf(test.model), refused: null, wrong: null };
  try {
    return { ...result, wrong: await differences(test, result.operators) };
  } catch (error) {
    if (error instanceof ModelError) return { ...result, refused: error.message };
    return { ...result, wrong: String(error) };
  }
}

export function operatorsOf(file: Uint8Array): string[] {
  try {
    return [...new Set([...nodesOf(readModel(file))].map(({ type }) => type))].sort();
  } catch {
    return [];
  }
}

/** What chance decides: only the shapes can be compared. */
const RANDOM = [
  ...["Bernoulli", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"],
  ...["Multinomial"],
];

/** Sums in which terms cancel: what should be 0 is as exact as the largest element. */
const SUMS = ["DFT", "STFT"];
const SUM_TOLERANCE = 2e-6;

/** Tests whose result is random by their attributes. */
const isRandom = (name: string, operators: readonly string[]): boolean =>
  operators.some((operator) => RANDOM.includes(operator)) ||
  (name.includes("training_dropout") && !name.includes("zero_ratio"));

/** @returns null where it gives what the test says. @throws ModelError where it is refused */
async function differences(
  { name, model, inputs, outputs }: NodeTest,
  operators: readonly string[],
): Promise<string | null> {
  const spec = uploadedSpec(skeletonOf(model), {
    tenant_id: "t",
    name: "m",
    version: "1",
    sha256: "0".repeat(64),
    object: "t/m",
    file_bytes: model.length,
  });
  if (!inputs || !outputs) return "its data are no tensors, and yet it was taken";
  const shapes = inputs.map(({ shape }) => shape);
  const misfit = checkShapes(spec, shapes);
  if (misfit) return misfit;
  const promised = spec.outputShapes(shapes, inputs);
  const { operations, memory_bytes } = spec.demand(shapes, inputs);
  if (!Number.isSafeInteger(operations) || !(memory_bytes > 0)) return "its demand is no number";
  const ran = await runTensors(model, spec.inputs.map(({ name }) => name), inputs);
  for (const [i, want] of outputs.entries()) {
    const { name: output, datatype } = spec.outputs[i];
    const got = ran.get(output)!;
    if (got.datatype !== datatype) return `${output} is ${got.datatype}, not ${datatype}`;
    const wrong = differs(got, promised[i]) ?? differsFrom(want, got, { name, operators });
    if (wrong) return `${output}: ${wrong}`;
  }
  return null;
}

/** What a test's output is, and is not. @returns null where nothing is wrong with it */
export function differsFrom(
  want: Tensor,
  got: Tensor,
  { name, operators }: Pick<NodeTestResult, "name" | "operators">,
): string | null {
  const tolerance = operators.some((one) => SUMS.includes(one)) ? SUM_TOLERANCE : 0;
  return isRandom(name, operators) ? null : sameTensor(got, want, tolerance);
}

/** Sizes that depend on data are bounded, all others are exact. */
function differs({ shape }: Tensor, promised: readonly number[]): string | null {
  const isBounded = shape.length === promised.length &&
    shape.every((size, axis) => size <= promised[axis]);
  return isBounded ? null : `it has shape [${shape}] where [${promised}] was promised`;
}
