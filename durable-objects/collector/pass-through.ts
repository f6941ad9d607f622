/**
 * Brings executions to the ledger as they come, while all goes well: then a collector writes no row for
 * them. Each sender keeps its executions until it is told that the ledger has them, so none of them is
 * in memory alone.
 *
 * Knows nothing of Cloudflare: ledger and timer are ports.
 * Not its job: what the ledger does not take at once (inbox.ts).
 * @module
 */
import type { Execution } from "../../ledger/execution.ts";
import { withDeadline } from "../../contract/deadline.ts";
import { isReadable } from "../shared/version.ts";

// Executions of nodes that answered within this time go in one transaction.
const GATHER_MS = 500;
// Senders wait as long; after it the executions are kept on disk, like those of any outage.
const PASS_MS_MAX = 3_000;
// Some 3 MB of text, several times over while it is sent: the object shares 128 MB with others.
const HELD_MAX = 2_000;

/** What a PassThrough needs of the outside. */
export interface PassThroughPorts {
  /** Brings executions to the ledger, all or none; rejects if the ledger is away or refuses them. */
  record(executions: Execution[]): Promise<unknown>;
  /** How many executions record() takes at once. */
  batch_max: number;
  /** A timer. */
  wait(ms: number): Promise<void>;
  /** Rejects if the promise takes longer than this. */
  within?: typeof withDeadline;
}

interface Batch {
  executions: Execution[];
  recorded: Promise<boolean>;
}

/** The executions of a collector that are on their way to the ledger, and nowhere on its disk. */
export class PassThrough {
  readonly #ports: PassThroughPorts;
  readonly #batches = new Set<Batch>();
  /** The batch that still takes more. */
  #open: Batch | null = null;
  #held = 0;

  constructor(ports: PassThroughPorts) {
    this.#ports = ports;
  }

  /** Those that the ledger may not have yet. */
  get executions(): Execution[] {
    return [...this.#batches].flatMap(({ executions }) => executions);
  }

  /**
   * Brings executions to the ledger, with those of others.
   * @returns false if the ledger may not have them: the caller keeps them
   */
  async pass(executions: readonly Execution[]): Promise<boolean> {
    // What a newer release wrote is set aside by the inbox, whole.
    if (!executions.every(isSound)) return false;
    if (this.#held + executions.length > HELD_MAX) return false;
    const open = this.#open;
    const fits = open && open.executions.length + executions.length <= this.#ports.batch_max;
    const batch = fits ? open : this.#begin();
    batch.executions.push(...executions);
    this.#held += executions.length;
    return await batch.recorded;
  }

  #begin(): Batch {
    const batch: Batch = { executions: [], recorded: Promise.resolve(false) };
    this.#open = batch;
    this.#batches.add(batch);
    batch.recorded = this.#record(batch);
    return batch;
  }

  /** Never rejects: why the ledger does not take a batch is found out, and told, by the inbox. */
  async #record(batch: Batch): Promise<boolean> {
    const { record, wait, within = withDeadline } = this.#ports;
    try {
      await wait(GATHER_MS);
      if (this.#open === batch) this.#open = null;
      await within(PASS_MS_MAX, record(batch.executions));
      return true;
    } catch {
      return false;
    } finally {
      this.#batches.delete(batch);
      this.#held -= batch.executions.length;
    }
  }
}

const isSound = (execution: Execution): boolean =>
  isReadable("execution", execution) && execution.receipt.id === execution.placement.id;
