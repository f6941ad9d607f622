/**
 * Whether a run is too large or too dear for any isolate, so that only a node with a board attached can
 * have it.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";
import type { ModelSpec } from "../../models/catalogue.ts";
import { fits, misfit, SANDBOX } from "../../models/upload/limits.ts";
import type { UploadedSpec } from "../../models/upload/spec.ts";

/**
 * Says why one run needs a board.
 * @param inputs checked against the specification
 * @param env whose binding LOADER makes the isolates of uploaded models; some deployments have none
 * @returns the problem's code and the beginning of its detail, for a caller whom no board can serve; null
 *   where an isolate will do, as for every built-in model: its limits keep it within that
 */
export function whyHardware(
  spec: ModelSpec,
  inputs: readonly Tensor[],
  { LOADER }: Partial<Env>,
): { code: "no_sandbox" | "no_node"; says: string } | null {
  if (!spec.uploaded) return null;
  if (!LOADER) {
    return { code: "no_sandbox", says: "This deployment has no sandboxes for uploaded models" };
  }
  // Whatever is uploaded has its specification from uploadedSpec().
  const { demand } = spec as UploadedSpec;
  const why = misfit(demand(inputs.map(({ shape }) => shape), inputs), SANDBOX);
  return why === null
    ? null
    : { code: "no_node", says: `The run is too much for a sandbox: it ${why}` };
}

/**
 * Decides for an ask without tensors: whether even the smallest run needs a board.
 * @param env as for whyHardware()
 * @returns false where some request may do without
 */
export function everNeedsHardware(spec: ModelSpec, { LOADER }: Partial<Env>): boolean {
  if (!spec.uploaded) return false;
  if (!LOADER) return true;
  const { demand } = (spec as UploadedSpec).facts;
  return demand !== null && !fits(demand.smallest, SANDBOX);
}
