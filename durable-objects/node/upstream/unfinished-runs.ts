/**
 * Runs whose stream is under way, on disk: what each is billed if this object dies before it ends.
 * A row is written ahead of what it bills: no token leaves that no row covers.
 * @module
 */
import type { Execution } from "../../../ledger/execution.ts";
import type { Sql } from "../../shared/sql.ts";

// As an outbox's executions: what a crash left is looked for this much later.
const DUE_AFTER_MS = 8_000;

/** The unfinished runs of one node. */
export class UnfinishedRuns {
  readonly #sql: Sql;
  readonly #ids = new Set<string>();
  #due_at: number | null = null;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * When the object must be awake to look for what a crash has left, real clock, ms since 1970.
   * @returns null if no run is under way
   */
  get due_at(): number | null {
    return this.#ids.size > 0 ? this.#due_at : null;
  }

  /** Takes out what a life of this object before this one has left. @returns what it is billed */
  takeLeft(): Execution[] {
    const rows = this.#sql.exec<{ execution: string }>("SELECT execution FROM unfinished_runs")
      .toArray();
    if (rows.length > 0) this.#sql.exec("DELETE FROM unfinished_runs");
    return rows.map((row) => JSON.parse(row.execution) as Execution);
  }

  /**
   * Writes what a run is billed if nothing more is heard of it.
   * @param now_ms real clock
   */
  cover(execution: Execution, now_ms: number): void {
    const { id } = execution.receipt;
    this.#ids.add(id);
    this.#due_at = now_ms + DUE_AFTER_MS;
    this.#sql.exec(
      `INSERT INTO unfinished_runs (id, execution) VALUES (?, ?)
       ON CONFLICT (id) DO UPDATE SET execution = excluded.execution`,
      id,
      JSON.stringify(execution),
    );
  }

  /** The run has ended: its receipt is kept elsewhere, in the same turn. */
  remove(id: string): void {
    if (!this.#ids.delete(id)) return;
    this.#sql.exec("DELETE FROM unfinished_runs WHERE id = ?", id);
  }

  /** Whether a run is under way; then due_at is set anew. @param now_ms real clock */
  goOn(now_ms: number): void {
    if (this.#ids.size > 0) this.#due_at = now_ms + DUE_AFTER_MS;
  }
}
