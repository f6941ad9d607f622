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
   * Ends a run whose caller got so many chunks, and no more.
   * @returns the run as it is billed; null: nothing was made, or it has ended before, and was billed then
   */
  async settle(id: string, chunks: number): Promise<Execution | null> {
    const run = this.#runs.get(id);
    if (!run) return null;
    return run.streams ? run.settle(chunks) : await run.leave();
  }
}
