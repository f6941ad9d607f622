/**
 * Whether a run is too large or too dear for any isolate, so that only a node with a board attached can
 * have it.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";
import type { ModelSpec } from "../../models/catalogue.ts";
import { fits, SANDBOX } from "../../models/upload/limits.ts";
import type { UploadedSpec } from "../../models/upload/spec.ts";

/**
 * Decides for one run.
 * @param inputs checked against the specification
 * @param env whose binding LOADER makes the isolates of uploaded models; some deployments have none
 * @returns false for every built-in model: its limits keep it within what an isolate can run
 */
export function needsHardware(
  spec: ModelSpec,
  inputs: readonly Tensor[],
  { LOADER }: Partial<Env>,
): boolean {
  if (!spec.uploaded) return false;
  if (!LOADER) return true;
  // Whatever is uploaded has its specification from uploadedSpec().
  const { demand } = spec as UploadedSpec;
  return !fits(demand(inputs.map(({ shape }) => shape), inputs), SANDBOX);
}

/**
 * Decides for an ask without tensors: whether even the smallest run needs a board.
 * @param env as for needsHardware()
 * @returns false where some request may do without
 */
export function everNeedsHardware(spec: ModelSpec, { LOADER }: Partial<Env>): boolean {
  if (!spec.uploaded) return false;
  if (!LOADER) return true;
  const { demand } = (spec as UploadedSpec).facts;
  return demand !== null && !fits(demand.smallest, SANDBOX);
}
