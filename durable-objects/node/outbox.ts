/**
 * A node's executions that no collector has yet, and how they get to one.
 *
 * What a caller keeps in one turn is durable as a whole. A row leaves only when the collector has
 * it on disk, so a crash or a lost answer sends it again. The same execution twice is one row, in
 * the outbox and in the collector.
 *
 * Knows nothing of Cloudflare: disk and collector are ports, real time an argument.
 * Not its job: setting the alarm (orbital-node.ts).
 * @module
 */
import type { Log } from "../../contract/log.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Sql } from "../shared/sql.ts";
import { stamped } from "../shared/version.ts";

// Gathers the receipts of a second into one message.
const DELIVER_AFTER_MS = 1_000;
// A collector that does not answer is asked again this much later.
const RETRY_AFTER_MS = 5_000;
const DELIVER_MAX = 200;

/** What an outbox needs of the outside. */
export interface OutboxPorts {
  sql: Sql;
  /** Hands executions over: they are on the collector's disk once it resolves. */
  collect(executions: Execution[]): Promise<unknown>;
  warn: Log["warn"];
}

/** The outbox in a node's SQLite. */
export class Outbox {
  readonly #ports: OutboxPorts;
  #due_at: number | null;

  constructor(ports: OutboxPorts, now_ms: number) {
    this.#ports = ports;
    this.#due_at = this.#isEmpty() ? null : now_ms + DELIVER_AFTER_MS;
  }

  /**
   * When deliver() is to be called, real clock, ms since 1970.
   * @returns null if nothing waits
   */
  get due_at(): number | null {
    return this.#due_at;
  }

  /**
   * Writes an execution, in the caller's turn.
   * @param now_ms real clock
   */
  keep(execution: Execution, now_ms: number): void {
    this.#ports.sql.exec(
      "INSERT INTO outbox (id, execution) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
      execution.receipt.id,
      JSON.stringify(stamped("execution", execution)),
    );
    // An instant further ahead than any wait was set before the clock jumped back.
    const is_near = this.#due_at !== null && this.#due_at <= now_ms + RETRY_AFTER_MS;
    if (!is_near) this.#due_at = now_ms + DELIVER_AFTER_MS;
  }

  /**
   * Hands over up to DELIVER_MAX executions. Never rejects: after a failure they stay, and are due
   * again.
   * @param now real clock, ms since 1970
   */
  async deliver(now: () => number): Promise<void> {
    this.#due_at = null;
    const executions = this.#first();
    if (executions.length === 0) return;
    try {
      await this.#ports.collect(executions);
      for (const { receipt } of executions) {
        this.#ports.sql.exec("DELETE FROM outbox WHERE id = ?", receipt.id);
      }
      if (!this.#isEmpty()) this.#due_at = now();
    } catch (error) {
      this.#ports.warn("Receipts stay in the outbox", { error });
      this.#due_at = now() + RETRY_AFTER_MS;
    }
  }

  /**
   * The oldest executions, as they were kept: what a newer release kept before a rollback passes
   * whole.
   */
  #first(): Execution[] {
    return this.#ports.sql.exec<{ execution: string }>(
      "SELECT execution FROM outbox ORDER BY rowid LIMIT ?",
      DELIVER_MAX,
    ).toArray().map((row) => JSON.parse(row.execution) as Execution);
  }

  #isEmpty(): boolean {
    return this.#ports.sql.exec("SELECT 1 AS one FROM outbox LIMIT 1").toArray().length === 0;
  }
}
