/**
 * The register's rows in SQLite.
 * @module
 */
import type { Claim, RegisterRow, RegisterRows, ServiceState } from "./register.ts";
import type { Region } from "../../mesh/region.ts";
import type { Sql } from "../shared/sql.ts";

export class RegisterStore implements RegisterRows {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS holders (
      node TEXT PRIMARY KEY,
      epoch INTEGER,
      region TEXT,
      sources TEXT NOT NULL,
      service TEXT NOT NULL CHECK (service IN ('up', 'drained', 'failed')),
      service_version INTEGER NOT NULL,
      CHECK ((epoch IS NULL) = (region IS NULL))
    ) STRICT, WITHOUT ROWID`);
    sql.exec(
      "CREATE INDEX IF NOT EXISTS holders_not_up ON holders (node) WHERE service <> 'up'",
    );
  }

  load(node: string): RegisterRow | null {
    const [row] = this.#sql.exec<Stored>("SELECT * FROM holders WHERE node = ?", node).toArray();
    return row ? read(row) : null;
  }

  save({ node, claim, sources, service }: RegisterRow): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO holders VALUES (?, ?, ?, ?, ?, ?)",
      node,
      claim?.epoch ?? null,
      claim?.region ?? null,
      JSON.stringify(sources),
      service.state,
      service.version,
    );
  }

  notUp(): RegisterRow[] {
    return this.#sql.exec<Stored>("SELECT * FROM holders WHERE service <> 'up' ORDER BY node")
      .toArray()
      .map(read);
  }
}

type Stored = {
  node: string;
  epoch: number | null;
  region: Region | null;
  sources: string;
  service: ServiceState;
  service_version: number;
};

const read = (row: Stored): RegisterRow => ({
  node: row.node,
  claim: row.epoch === null ? null : { epoch: row.epoch, region: row.region! },
  sources: JSON.parse(row.sources) as Claim[],
  service: { state: row.service, version: row.service_version },
});
