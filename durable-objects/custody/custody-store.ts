/**
 * A node's custody in its object's SQLite: the record, and its last crossings.
 * Crossings serve checks of the files afterwards: what one object sealed, another received.
 * @module
 */
import type { Region } from "../../mesh/region.ts";
import type { Crossing, CustodyRecord, CustodyRecords } from "./custody-record.ts";
import type { ServiceState } from "../registrar/register.ts";
import type { Sql } from "../shared/sql.ts";
import { stamped, unstamped } from "../shared/version.ts";

/** Some four hours of crossings of a node in low orbit that is never at rest. */
const CROSSINGS_MAX = 16;

/** Custody's records in the tables of durable-objects/node/migrations.ts. */
export class CustodyStore<S extends object> implements CustodyRecords<S> {
  readonly #sql: Sql;
  /** Whether it is known that nothing was saved. */
  #isEmpty: boolean;

  /** @param isNew whether nothing can be on disk */
  constructor(sql: Sql, isNew = false) {
    this.#sql = sql;
    this.#isEmpty = isNew;
  }

  /**
   * The record as it was last saved.
   * @returns null before the first save
   * @throws Error if a newer release has written the state
   */
  load(): CustodyRecord<S> | null {
    if (this.#isEmpty) return null;
    const [row] = this.#sql.exec<Stored>("SELECT * FROM custodies").toArray();
    if (!row) return null;
    return {
      known: row.known_epoch === null
        ? null
        : { epoch: row.known_epoch, region: row.known_region! },
      holding: row.held_epoch === null
        ? null
        : { epoch: row.held_epoch, state: readState<S>(row.state) },
      due: row.due,
      service: { state: row.service, version: row.service_version },
    };
  }

  /** Writes the record over the last one, and a crossing beside it, in one turn. */
  save({ known, holding, due, service }: CustodyRecord<S>, crossing?: Crossing<S>): void {
    this.#isEmpty = false;
    this.#sql.exec(
      `INSERT INTO custodies
         (id, known_epoch, known_region, held_epoch, state, due, service, service_version)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET known_epoch = excluded.known_epoch,
         known_region = excluded.known_region, held_epoch = excluded.held_epoch,
         state = excluded.state, due = excluded.due, service = excluded.service,
         service_version = excluded.service_version`,
      known?.epoch ?? null,
      known?.region ?? null,
      holding?.epoch ?? null,
      writeState(holding?.state ?? null),
      due,
      service.state,
      service.version,
    );
    if (crossing) this.#log(crossing);
  }

  /**
   * The last crossings, oldest first.
   * @throws Error if a newer release has written a state
   */
  crossings(): Crossing<S>[] {
    const rows = this.#sql.exec<StoredCrossing>("SELECT * FROM crossings ORDER BY id").toArray();
    return rows.map((row) => ({
      kind: row.kind,
      of: row.of_epoch,
      epoch: row.epoch,
      peer: row.peer,
      state: readState<S>(row.state),
    }));
  }

  #log({ kind, of, epoch, peer, state }: Crossing<S>): void {
    this.#sql.exec(
      "INSERT INTO crossings (kind, of_epoch, epoch, peer, state) VALUES (?, ?, ?, ?, ?)",
      kind,
      of,
      epoch,
      peer,
      writeState(state),
    );
    this.#sql.exec(
      "DELETE FROM crossings WHERE id <= (SELECT max(id) FROM crossings) - ?",
      CROSSINGS_MAX,
    );
  }
}

const writeState = (state: object | null): string =>
  JSON.stringify(state && stamped("custody", state));

function readState<S extends object>(text: string): S | null {
  const state = JSON.parse(text) as S | null;
  return state && unstamped("custody", state) as S;
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
