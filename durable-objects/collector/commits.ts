/**
 * Decides which of several runs of one ask counts: the one whose execution is here first.
 *
 * An ask that two nodes may have run has one id. The first node's receipt comes from its outbox, like that
 * of every run. The second's run is tentative: its isolate commits it here, at the first node's collector,
 * before it answers. So the two meet at one object, and what the caller is told is what the ledger will hold.
 * If this object cannot know all that came since the ask began (it was made anew, or has forgotten), the
 * ledger decides, which takes an id once.
 *
 * Knows nothing of Cloudflare: disk and ledger are ports.
 * @module
 */
import type { Execution } from "../../ledger/execution.ts";
import type { RecentExecutions } from "./recent-executions.ts";

/** What a commit comes to. */
export interface Committed {
  /** The execution of this id that is charged: the given one, or another node's that was here before. */
  counts: Execution;
  /** Of this object, for a later ask's commit. */
  mark: string;
}

/** What committing needs of a collector. */
export interface CommitPorts {
  recent: RecentExecutions;
  /** Keeps an execution on disk, from where it goes to the ledger, unless one of its id is there. */
  keep(execution: Execution): void;
  /** The execution of an id that is on disk. */
  kept(id: string): Execution | null;
  /**
   * Records an execution, unless one of its id is recorded; rejects if the ledger is away or refuses it.
   * @returns the one that the ledger has
   */
  record(execution: Execution): Promise<Execution>;
}

/**
 * Commits a run. May be repeated.
 * @param mark of this collector, learned before the ask began; null: none was
 * @returns which execution counts, from then on and for ever; rejects, with nothing decided as far as the
 *   caller can know, if the ledger would have to decide and does not answer
 */
export async function commit(
  { recent, keep, kept, record }: CommitPorts,
  execution: Execution,
  mark: string | null,
): Promise<Committed> {
  const { id } = execution.receipt;
  if (recent.isCoveredSince(mark)) {
    const first = recent.find(id) ?? execution;
    recent.note(first);
    // Another's, too: the same commit may arrive once more, late, when only the disk can tell of it.
    keep(first);
    return { counts: first, mark: recent.mark };
  }
  const counts = await record(kept(id) ?? execution);
  recent.correct(counts);
  return { counts, mark: recent.mark };
}
