/**
 * Who a node's object is, on disk: an alarm, unlike an asker, does not say for which node it is.
 * @module
 */
import type { NodeAddress } from "./job.ts";

export class IdentityStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS passports (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      passport TEXT NOT NULL
    ) STRICT`);
  }

  /** Null before anybody has said who this object is. */
  address(): NodeAddress | null {
    const [row] = this.#sql.exec<{ passport: string }>("SELECT passport FROM passports").toArray();
    return row ? JSON.parse(row.passport) as NodeAddress : null;
  }

  keep(address: NodeAddress): void {
    this.#sql.exec(
      "INSERT INTO passports VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET passport = excluded.passport",
      JSON.stringify(address),
    );
  }
}
