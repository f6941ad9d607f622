/**
 * What a node's object keeps on disk beside its custody: who it is, and the executions that are not
 * delivered yet. Every method is synchronous, so that what one caller writes in one turn is durable as
 * a whole.
 * @module
 */
import type { Execution } from "../ledger/execution.ts";
import type { Passport } from "./errand.ts";

export class NodeStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS passports (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      passport TEXT NOT NULL
    ) STRICT`);
    sql.exec(`CREATE TABLE IF NOT EXISTS outbox (
      id TEXT PRIMARY KEY,
      execution TEXT NOT NULL
    ) STRICT`);
  }

  /** Null before anybody has said who this object is. */
  passport(): Passport | null {
    const [row] = this.#sql.exec<{ passport: string }>("SELECT passport FROM passports").toArray();
    return row ? JSON.parse(row.passport) as Passport : null;
  }

  /** An alarm, unlike an asker, does not say for which node it is. */
  keepPassport(passport: Passport): void {
    this.#sql.exec(
      "INSERT INTO passports VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET passport = excluded.passport",
      JSON.stringify(passport),
    );
  }

  /** The same execution twice is one row. */
  keepExecution(execution: Execution): void {
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
