/**
 * A node's custody in its object's SQLite: the record, and its last crossings.
 * Crossings are for whoever reads the files afterwards: what one object sealed, another received.
 * @module
 */
import type { Region } from "../../mesh/region.ts";
import type { Crossing, CustodyRecord, CustodyRecords } from "./custody-record.ts";
import type { ServiceState } from "../registrar/register.ts";
import type { Sql } from "../shared/sql.ts";

/** Some four hours of a node in low orbit that is never at rest. */
const CROSSINGS_MAX = 16;

export class CustodyStore<S> implements CustodyRecords<S> {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS custodies (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      known_epoch INTEGER,
      known_region TEXT,
      held_epoch INTEGER,
      state TEXT NOT NULL,
      due TEXT CHECK (due IN ('confirm', 'push', 'release')),
      service TEXT NOT NULL,
      service_version INTEGER NOT NULL
    ) STRICT`);
    sql.exec(`CREATE TABLE IF NOT EXISTS crossings (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('sealed', 'received')),
      of_epoch INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      peer TEXT NOT NULL,
      state TEXT NOT NULL
    ) STRICT`);
  }

  load(): CustodyRecord<S> | null {
    const [row] = this.#sql.exec<Stored>("SELECT * FROM custodies").toArray();
    if (!row) return null;
    return {
      known: row.known_epoch === null
        ? null
        : { epoch: row.known_epoch, region: row.known_region! },
      holding: row.held_epoch === null
        ? null
        : { epoch: row.held_epoch, state: JSON.parse(row.state) as S | null },
      due: row.due,
      service: { state: row.service, version: row.service_version },
    };
  }

  save({ known, holding, due, service }: CustodyRecord<S>, crossing?: Crossing<S>): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO custodies VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
      known?.epoch ?? null,
      known?.region ?? null,
      holding?.epoch ?? null,
      JSON.stringify(holding?.state ?? null),
      due,
      service.state,
      service.version,
    );
    if (crossing) this.#log(crossing);
  }

  /** Oldest first. */
  crossings(): Crossing<S>[] {
    const rows = this.#sql.exec<StoredCrossing>("SELECT * FROM crossings ORDER BY id").toArray();
    return rows.map((row) => ({
      kind: row.kind,
      of: row.of_epoch,
      epoch: row.epoch,
      peer: row.peer,
      state: JSON.parse(row.state) as S | null,
    }));
  }

  #log({ kind, of, epoch, peer, state }: Crossing<S>): void {
    this.#sql.exec(
      "INSERT INTO crossings (kind, of_epoch, epoch, peer, state) VALUES (?, ?, ?, ?, ?)",
      kind,
      of,
      epoch,
      peer,
      JSON.stringify(state),
    );
    this.#sql.exec(
      "DELETE FROM crossings WHERE id <= (SELECT max(id) FROM crossings) - ?",
      CROSSINGS_MAX,
    );
  }
}

type Stored = {
  known_epoch: number | null;
  known_region: Region | null;
  held_epoch: number | null;
  state: string;
  due: CustodyRecord<unknown>["due"];
  service: ServiceState;
  service_version: number;
};

type StoredCrossing = {
  kind: Crossing<unknown>["kind"];
  of_epoch: number;
  epoch: number;
  peer: Region;
  state: string;
};
