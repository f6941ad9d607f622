/**
 * A node's executions that no collector has yet, and how they get to one.
 *
 * What a caller keeps in one turn is durable as a whole. A row leaves only when the collector has
 * it on disk, so a crash or a lost answer sends it again. The same execution twice is one row, in
 * the outbox and in the collector.
 *
 * Knows nothing of Cloudflare: disk and collector are ports, real time an argument.
 * Not its job: setting the alarm (held-node.ts).
 * @module
 */
import type { Log } from "../../contract/log.ts";
import { type Execution, executionVersion } from "../../ledger/execution.ts";
import type { Sql } from "../shared/sql.ts";

// Executions are delivered as soon as they are kept. What died before that, or on the way, is due after
// this long; so one alarm serves several asks, and a restart loses no time.
const DUE_AFTER_MS = 8_000;
// A collector that does not answer is asked again this much later.
const RETRY_AFTER_MS = 5_000;
const DELIVER_MAX = 200;
// What a busy node has run within this time goes to its collector in one call, and leaves the disk in one
// statement. A node at rest delivers at once.
const PACE_MS = 1_000;

/** What an outbox needs of the outside. */
export interface OutboxPorts {
  sql: Sql;
  /** Hands executions over: they are on the collector's disk once it resolves. */
  collect(executions: Execution[]): Promise<unknown>;
  warn: Log["warn"];
  /** A timer. */
  wait(ms: number): Promise<unknown>;
}

/** The outbox in a node's SQLite. */
export class Outbox {
  readonly #ports: OutboxPorts;
  #due_at: number | null;
  #delivering = false;
  /** When the last delivery began. */
  #delivered_ms = -Infinity;
  /** All that is on disk, by id; null while more may be there than was kept here. */
  #waiting: Map<string, Execution> | null;

  /**
   * @param now_ms real clock
   * @param isNew whether nothing can be on disk
   */
  constructor(ports: OutboxPorts, now_ms: number, isNew = false) {
    this.#ports = ports;
    if (!isNew) this.#takeOver();
    const isEmpty = isNew || this.#isEmpty();
    this.#due_at = isEmpty ? null : now_ms;
    this.#waiting = isEmpty ? new Map() : null;
  }

  /**
   * When deliver() is to be called at the latest, real clock, ms since 1970.
   * @returns null if nothing waits
   */
  get due_at(): number | null {
    return this.#due_at;
  }

  /**
   * Writes an execution, in the caller's turn. deliver() may follow at once.
   * @param now_ms real clock
   */
  keep(execution: Execution, now_ms: number): void {
    const { id } = execution.receipt;
    const kept = { ...execution, v: executionVersion(execution) };
    this.#ports.sql.exec(
      "INSERT INTO undelivered (id, execution) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
      id,
      JSON.stringify(kept),
    );
    if (this.#waiting && !this.#waiting.has(id)) this.#waiting.set(id, kept);
    // An outage must not fill the object's memory: then the disk is read again.
    if (this.#waiting && this.#waiting.size > DELIVER_MAX) this.#waiting = null;
    // An instant further ahead than any wait was set before the clock jumped back.
    const is_near = this.#due_at !== null && this.#due_at <= now_ms + DUE_AFTER_MS;
    if (!is_near) this.#due_at = now_ms + DUE_AFTER_MS;
  }

  /**
   * Hands over all that waits, DELIVER_MAX executions at a time and a second after the last ones; one call
   * at a time does so. Never rejects: after a failure they stay, and are due again.
   * @param now real clock, ms since 1970
   */
  async deliver(now: () => number): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (!this.#isDelivered()) {
        const wait_ms = this.#delivered_ms + PACE_MS - now();
        // More than that is left of a clock that jumped back.
        if (wait_ms > 0 && wait_ms <= PACE_MS) await this.#ports.wait(wait_ms);
        this.#delivered_ms = now();
        const executions = this.#first();
        await this.#ports.collect(executions);
        this.#drop(executions.map(({ receipt }) => receipt.id));
      }
      this.#due_at = null;
    } catch (error) {
      this.#ports.warn("Receipts stay in the outbox", { error });
      this.#due_at = now() + RETRY_AFTER_MS;
    } finally {
      this.#delivering = false;
    }
  }

  /** What a release before migration 3 has kept, also after a rollback to it. */
  #takeOver(): void {
    const { sql } = this.#ports;
    if (sql.exec("SELECT 1 AS one FROM outbox LIMIT 1").toArray().length === 0) return;
    sql.exec(
      "INSERT INTO undelivered SELECT id, execution FROM outbox WHERE true ON CONFLICT DO NOTHING",
    );
    sql.exec("DELETE FROM outbox");
  }

  #isDelivered(): boolean {
    return this.#waiting ? this.#waiting.size === 0 : this.#isEmpty();
  }

  #drop(ids: readonly string[]): void {
    const { sql } = this.#ports;
    if (ids.length === 1) sql.exec("DELETE FROM undelivered WHERE id = ?", ids[0]);
    else {
      sql.exec(
        "DELETE FROM undelivered WHERE id IN (SELECT value FROM json_each(?))",
        JSON.stringify(ids),
      );
    }
    for (const id of ids) this.#waiting?.delete(id);
    if (!this.#waiting && this.#isEmpty()) this.#waiting = new Map();
  }

  /**
   * The oldest executions, as they were kept: what a newer release kept before a rollback passes
   * whole. Ids begin with the time.
   */
  #first(): Execution[] {
    if (this.#waiting) return [...this.#waiting.values()];
    return this.#ports.sql.exec<{ execution: string }>(
      "SELECT execution FROM undelivered ORDER BY id LIMIT ?",
      DELIVER_MAX,
    ).toArray().map((row) => JSON.parse(row.execution) as Execution);
  }

  #isEmpty(): boolean {
    return this.#ports.sql.exec("SELECT 1 AS one FROM undelivered LIMIT 1").toArray().length === 0;
  }
}
