/**
 * Which outputs an inference is asked for, in which order, and whether as JSON or as bytes.
 * @module
 */
import type { InferRequest } from "../../contract/oip.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { ModelSpec } from "../../models/catalogue.ts";

/** One output that is asked for. */
export interface WantedOutput {
  name: string;
  /** Its elements follow the JSON as bytes. */
  is_binary: boolean;
}

/**
 * Reads them from a request.
 * @returns in the order of the request; all, in the model's order, where it names none
 * @throws ProblemError `invalid_request` for an output that the model has not, that is named twice, or that
 *   JSON cannot hold
 */
export function wantedOutputs(
  spec: ModelSpec,
  { parameters, outputs }: Pick<InferRequest, "parameters" | "outputs">,
): WantedOutput[] {
  const by_default = parameters?.binary_data_output ?? false;
  const asked = outputs?.length ? outputs : spec.outputs.map(({ name }) => ({ name }));
  const wanted = new Map<string, WantedOutput>();
  for (const { name, parameters } of asked as NonNullable<InferRequest["outputs"]>) {
    const output = spec.outputs.find((one) => one.name === name);
    if (!output) {
      const gives = spec.outputs.map((one) => one.name).join(", ");
      throw wrong(`Model "${spec.name}" has no output "${name}": it gives ${gives}`);
    }
    if (wanted.has(name)) throw wrong(`Output "${name}" is asked for twice`);
    const is_binary = parameters?.binary_data ?? by_default;
    // JSON has no FP16, and Triton and KServe give none there either.
    if (output.datatype === "FP16" && !is_binary) {
      throw wrong(`Output "${name}" is FP16, which is not given as JSON: ask for binary_data`);
    }
    wanted.set(name, { name, is_binary });
  }
  return [...wanted.values()];
}

const wrong = (detail: string): ProblemError =>
  new ProblemError("invalid_request", detail, { final: true });
