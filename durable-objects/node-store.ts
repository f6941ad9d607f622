/**
 * What a node's object keeps on disk: its state, and the executions that are not delivered yet.
 * Every method is synchronous, so that what one caller writes in one turn is durable as a whole.
 * @module
 */
import type { Execution } from "../ledger/execution.ts";
import type { NodeState } from "../mesh/node/state.ts";
import { epochMs, joules, kelvin } from "../mesh/units.ts";

export class NodeStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS states (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      at_ms REAL NOT NULL,
      battery_j REAL NOT NULL,
      temperature_k REAL NOT NULL,
      busy_until_ms REAL NOT NULL
    ) STRICT`);
    sql.exec(`CREATE TABLE IF NOT EXISTS outbox (
      id TEXT PRIMARY KEY,
      execution TEXT NOT NULL
    ) STRICT`);
  }

  load(): NodeState | null {
    const [row] = this.#sql.exec<Record<string, number>>("SELECT * FROM states").toArray();
    return row
      ? {
        at: epochMs(row.at_ms),
        battery: joules(row.battery_j),
        temperature: kelvin(row.temperature_k),
        busy_until: epochMs(row.busy_until_ms),
      }
      : null;
  }

  /** State and execution together. The same execution twice is one row. */
  commit(state: NodeState, execution: Execution): void {
    this.#sql.exec(
      `INSERT INTO states VALUES (1, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
        at_ms = excluded.at_ms, battery_j = excluded.battery_j,
        temperature_k = excluded.temperature_k, busy_until_ms = excluded.busy_until_ms`,
      state.at,
      state.battery,
      state.temperature,
      state.busy_until,
    );
    this.#sql.exec(
      "INSERT INTO outbox VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
      execution.receipt.id,
      JSON.stringify(execution),
    );
  }

  undelivered(limit: number): Execution[] {
    return this.#sql.exec<{ execution: string }>(
      "SELECT execution FROM outbox ORDER BY rowid LIMIT ?",
      limit,
    ).toArray().map((row) => JSON.parse(row.execution) as Execution);
  }

  delivered(executions: Execution[]): void {
    for (const { receipt } of executions) {
      this.#sql.exec("DELETE FROM outbox WHERE id = ?", receipt.id);
    }
  }

  isEmpty(): boolean {
    return this.#sql.exec("SELECT 1 FROM outbox LIMIT 1").toArray().length === 0;
  }
}
