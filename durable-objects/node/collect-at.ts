/**
 * Hands executions to a collector, whichever release it runs.
 * @module
 */
import type { Execution } from "../../ledger/execution.ts";
import type { Stub } from "../names.ts";
import { lacksMethod } from "../shared/lacks-method.ts";

/**
 * Resolves once they are in the ledger or on the collector's disk.
 * @throws Error if the collector does not answer
 */
export async function collectAt(
  collector: Stub<"COLLECTORS">,
  executions: Execution[],
): Promise<void> {
  try {
    await collector.collectText(JSON.stringify(executions));
  } catch (error) {
    if (!lacksMethod(error)) throw error;
    await collector.collect(executions);
  }
}
