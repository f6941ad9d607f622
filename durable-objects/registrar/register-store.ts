/**
 * The register's rows in SQLite.
 * @module
 */
import type { Claim, RegisterRow, RegisterRows, ServiceState, ServiceStatus } from "./register.ts";
import type { Region } from "../../mesh/region.ts";
import type { Sql } from "../shared/sql.ts";
import { stamped, unstamped, type Versioned } from "../shared/version.ts";

/** The rows of one registrar; RegisterRows says what its methods do. */
export class RegisterStore implements RegisterRows {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** @throws Error if a newer release has written a source */
  load(node: string): RegisterRow | null {
    const [row] = this.#sql.exec<Stored>("SELECT * FROM holders WHERE node = ?", node).toArray();
    return row ? read(row) : null;
  }

  save({ node, claim, sources, service }: RegisterRow): void {
    this.#sql.exec(
      `INSERT INTO holders (node, epoch, region, sources, service, service_version)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (node) DO UPDATE SET epoch = excluded.epoch, region = excluded.region,
         sources = excluded.sources, service = excluded.service,
         service_version = excluded.service_version`,
      node,
      claim?.epoch ?? null,
      claim?.region ?? null,
      // In each source, not around the list: 7ab9cf5 reads the list after a rollback.
      JSON.stringify(sources.map((source) => stamped("custody", source))),
      service.state,
      service.version,
    );
  }

  notUp(): Pick<RegisterRow, "node" | "service">[] {
    // Without the sources: one row that a newer release has written must not hide the others.
    return this.#sql.exec<Stored>("SELECT * FROM holders WHERE service <> 'up' ORDER BY node")
      .toArray()
      .map((row) => ({ node: row.node, service: serviceOf(row) }));
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
  sources: (JSON.parse(row.sources) as (Claim & Versioned)[])
    .map((source) => unstamped("custody", source)),
  service: serviceOf(row),
});

const serviceOf = ({ service, service_version }: Stored): ServiceStatus => ({
  state: service,
  version: service_version,
});
