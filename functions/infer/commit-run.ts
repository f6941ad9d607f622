/**
 * Commits a run at the collector of the node that may have run the same ask first, and keeps the marks that
 * collectors give, so that the next commit need not wait for the ledger.
 * @module
 */
import { lacksMethod } from "../../durable-objects/shared/lacks-method.ts";
import type { Committed } from "../../durable-objects/collector/commits.ts";
import { collectorObject } from "../../durable-objects/names.ts";
import type { NodeAddress } from "../../durable-objects/shared/node-address.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Services } from "../services.ts";
import { CollectorMarks } from "./collector-marks.ts";

// An answer of a collector may be lost on its way; a commit may be repeated.
const TRIES = 3;

const marks = new CollectorMarks();

/** Stands for now: which marks are known already. An ask takes it before it is first sent. */
export const marksNow = (): number => marks.now;

/**
 * Commits a run.
 * @param first the node at whose collector the receipts of this ask meet
 * @param since marksNow() before the ask could first leave a receipt; null: it was long ago
 * @returns the execution that counts; null: nobody can tell, and it may have been committed;
 *   `not_committed`: the collector still runs a release before commits
 */
export async function commitRun(
  { env, log }: Services,
  { node, region }: Pick<NodeAddress, "node" | "region">,
  { execution, since }: { execution: Execution; since: number | null },
): Promise<Execution | null | "not_committed"> {
  const collector = collectorObject(env, { node, region });
  const name = collector.name ?? collector.id.toString();
  const mark = marks.of(name, since);
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const { counts, mark: now } = await collector.commit(execution, mark) as Committed;
      marks.learn(name, now);
      return counts;
    } catch (error) {
      if (lacksMethod(error)) return "not_committed";
      log.warn("A run was not committed", { execution_id: execution.receipt.id, node, error });
    }
  }
  return null;
}
