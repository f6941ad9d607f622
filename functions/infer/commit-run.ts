/**
 * Commits a run at the collector of the node that may have run the same ask first, and keeps the marks that
 * collectors give, so that the next commit need not wait for the ledger.
 * @module
 */
import type { Committed } from "../../durable-objects/collector/commits.ts";
import { collectorObject } from "../../durable-objects/names.ts";
import type { NodeAddress } from "../../durable-objects/shared/node-address.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Services } from "../services.ts";

// An answer of a collector may be lost on its way; a commit may be repeated.
const TRIES = 3;

/** The marks of all collectors that this isolate has heard of: a few in each region. */
const marks = new Map<string, { mark: string; learned: number }>();
let learned = 0;

/** Stands for now: which marks are known already. An ask takes it before it is first sent. */
export const marksNow = (): number => learned;

/**
 * Commits a run.
 * @param first the node at whose collector the receipts of this ask meet
 * @param since marksNow() before the ask could first leave a receipt; null: it was long ago
 * @returns the execution that counts; null: nobody can tell, and it may have been committed
 */
export async function commitRun(
  { env, log }: Services,
  { node, region }: Pick<NodeAddress, "node" | "region">,
  { execution, since }: { execution: Execution; since: number | null },
): Promise<Execution | null> {
  const collector = collectorObject(env, { node, region });
  const name = collector.name ?? collector.id.toString();
  const known = marks.get(name);
  const mark = known && since !== null && known.learned <= since ? known.mark : null;
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const { counts, mark: now } = await collector.commit(execution, mark) as Committed;
      if (now !== marks.get(name)?.mark) marks.set(name, { mark: now, learned: ++learned });
      return counts;
    } catch (error) {
      log.warn("A run was not committed", { execution_id: execution.receipt.id, node, error });
    }
  }
  return null;
}
