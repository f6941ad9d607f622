/**
 * What an answer of a language model says of the mesh: an object beside OpenAI's fields.
 * @module
 */
import type { PerigeeAnswer } from "../../contract/openai/shared.ts";
import type { JsonObject } from "../../inference/upstream/upstream.ts";
import type { Execution } from "../../ledger/execution.ts";
import { LIGHT } from "../../mesh/radio/profile.ts";

/** Where an ask runs: all that is known when its first chunk is sent. */
export function placedObject({ receipt, placement }: Execution): PerigeeAnswer {
  return {
    execution_id: receipt.id,
    node: receipt.node,
    region: receipt.region,
    path: placement.path,
    sunlit: placement.sunlit,
    attempts: placement.attempts,
    modelled_light_time_ms: placement.modelled_light_time_ms,
    modelled_transfer_ms: placement.modelled_transfer_ms,
    modelled_access_ms: placement.modelled_access_ms ?? 0,
    radio: placement.radio ?? LIGHT.name,
  };
}

/** Where an ask ran, and what it came to. */
export const ranObject = (execution: Execution): PerigeeAnswer => ({
  ...placedObject(execution),
  prompt_tokens: execution.receipt.prompt_tokens,
  completion_tokens: execution.receipt.completion_tokens,
  operations: execution.receipt.operations,
  modelled_npu_ms: execution.placement.modelled_npu_ms,
  modelled_energy_mj: execution.placement.modelled_energy_mj,
  charge_microcredits: execution.receipt.charge_microcredits,
});

/** The tokens of a run as OpenAI writes them; what is billed holds. */
export interface UsageObject extends JsonObject {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

/**
 * The usage of a run.
 * @param said what the engine says of it, whose details are kept
 */
export function usageObject({ receipt }: Execution, said: JsonObject | null): UsageObject {
  const { prompt_tokens = 0, completion_tokens = 0 } = receipt;
  const total_tokens = prompt_tokens + completion_tokens;
  return { ...said, prompt_tokens, completion_tokens, total_tokens };
}
