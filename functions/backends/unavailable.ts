/**
 * What a client is told when a part of the mesh does not answer: one table of 503s, each with a
 * Retry-After.
 * @module
 */
import { type ProblemCode, ProblemError } from "../../contract/problem.ts";
import { retryAfter } from "../retry-after.ts";

const UNAVAILABLE = {
  almanac: ["almanac_unavailable", "Where the nodes are is not known just now"],
  budget: ["budget_unavailable", "The budget cannot be asked just now"],
  catalogue: ["almanac_unavailable", "Which nodes fly is not known just now"],
  collector: ["collector_unavailable", "A collector does not answer"],
  key: ["ledger_unavailable", "Whose key this is is not known just now"],
  ledger: ["ledger_unavailable", "The ledger does not answer just now"],
  ledger_caches: [
    "gatekeeper_unavailable",
    "The ledger has it, but not every region was told: send it again",
  ],
  live: ["live_unavailable", "The live feed does not answer just now"],
  models: ["models_unavailable", "The files of models cannot be reached just now"],
  // Setting a node's service twice does no harm, so the client may repeat the request.
  node: ["no_node", "The node's objects did not answer, and may have heard: ask again"],
  prices: ["ledger_unavailable", "The prices are not known just now"],
  tenant_models: ["ledger_unavailable", "Which models this tenant has is not known just now"],
  stored_responses: [
    "answers_unavailable",
    "What this Idempotency-Key stands for is not at hand",
  ],
} as const satisfies Record<string, readonly [ProblemCode, string]>;

/** A part of the mesh that may not answer. */
export type Unavailable = keyof typeof UNAVAILABLE;

/**
 * Makes the 503 for a part that does not answer.
 * @param headers instead of a Retry-After of 2 s
 */
export function unavailable(
  what: Unavailable,
  headers: Record<string, string> = retryAfter(),
): ProblemError {
  const [code, detail] = UNAVAILABLE[what];
  return new ProblemError(code, detail, { headers });
}
