/**
 * The asks of language models that one node has under way.
 * @module
 */
import type { Execution } from "../../../ledger/execution.ts";
import type { UpstreamAsk } from "./upstream-job.ts";
import { type Begun, UpstreamRun, type UpstreamRunPorts } from "./upstream-run.ts";

// Each holds a connection and some kilobytes for as long as its caller reads.
const RUNS_MAX = 64;

/** The runs of one node, by the ids of their executions. */
export class UpstreamRuns {
  readonly #runs = new Map<string, UpstreamRun>();

  /** Whether the node takes no more of them. */
  get isFull(): boolean {
    return this.#runs.size >= RUNS_MAX;
  }

  /**
   * Begins a run. Never rejects.
   * @param after lets it go on behind the answer
   */
  async begin(
    id: string,
    ask: UpstreamAsk,
    ports: UpstreamRunPorts & { after(work: Promise<unknown>): void },
  ): Promise<Begun> {
    const run = new UpstreamRun(ask, ports);
    this.#runs.set(id, run);
    const forget = () => void this.#runs.delete(id);
    const begun = await run.begin();
    if (begun.is === "stream") ports.after(begun.written.then(forget));
    else forget();
    return begun;
  }

  /**
   * Ends a stream: its caller got so many chunks.
   * @returns the run as it is billed; null: it has ended without a word of the isolate, and was billed for
   *   what that had been handed
   */
  settle(id: string, chunks: number): Execution | null {
    return this.#runs.get(id)?.settle(chunks) ?? null;
  }
}
