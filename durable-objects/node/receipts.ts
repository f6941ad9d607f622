/**
 * What a node's runs are billed, on the object's disk until a collector has it: of those that ended, and
 * of those under way.
 * @module
 */
import { logger } from "../../contract/log.ts";
import type { Execution } from "../../ledger/execution.ts";
import { collectorObject } from "../names.ts";
import type { NodeAddress } from "../shared/node-address.ts";
import { collectAt } from "./collect-at.ts";
import { Outbox } from "./outbox.ts";
import { UnfinishedRuns } from "./upstream/unfinished-runs.ts";

const log = logger();

/** The receipts of one object. */
export class Receipts {
  readonly #ctx: DurableObjectState;
  readonly #outbox: Outbox;
  readonly #unfinished: UnfinishedRuns;

  /**
   * @param address which node the object serves; asked only once it is known
   * @param isNew whether nothing can be on the object's disk
   */
  constructor(
    ctx: DurableObjectState,
    env: Env,
    { address, isNew }: { address: () => NodeAddress; isNew: boolean },
  ) {
    this.#ctx = ctx;
    this.#outbox = new Outbox(
      {
        sql: ctx.storage.sql,
        collect: (executions) => collectAt(collectorObject(env, address()), executions),
        warn: (what, fields) => log.warn(what, { node: address().node, ...fields }),
        wait: (ms) => scheduler.wait(ms),
      },
      Date.now(),
      isNew,
    );
    this.#unfinished = new UnfinishedRuns(ctx.storage.sql);
    if (isNew) return;
    // What an object that died had under way is billed as far as it was written ahead.
    for (const execution of this.#unfinished.takeLeft()) this.#outbox.keep(execution, Date.now());
  }

  /** When alarm() is to be called at the latest, real clock, ms since 1970; Infinity: nothing waits. */
  get due_at(): number {
    return Math.min(this.#outbox.due_at ?? Infinity, this.#unfinished.due_at ?? Infinity);
  }

  /** Writes the receipt of a run that has ended, in the caller's turn, and has it delivered behind that. */
  keep(execution: Execution): void {
    this.#unfinished.remove(execution.receipt.id);
    this.#outbox.keep(execution, Date.now());
    this.#ctx.waitUntil(this.#outbox.deliver(() => Date.now()));
  }

  /** Writes what a run under way is billed if this object dies. @returns resolves once it is on disk */
  cover(execution: Execution): Promise<void> {
    this.#unfinished.cover(execution, Date.now());
    return this.#ctx.storage.sync();
  }

  /** A run has ended for which nobody pays. */
  drop(id: string): void {
    this.#unfinished.remove(id);
  }

  /** Delivers what waits. Never rejects. */
  async alarm(): Promise<void> {
    await this.#outbox.deliver(() => Date.now());
    this.#unfinished.goOn(Date.now());
  }
}
