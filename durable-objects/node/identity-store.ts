/**
 * Who a node's object is, on disk: an alarm, unlike an asker, does not say for which node it is.
 * @module
 */
import type { NodeAddress } from "../shared/node-address.ts";
import type { Sql } from "../shared/sql.ts";
import { stamped, unstamped } from "../shared/version.ts";

export class IdentityStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Null before anybody has said who this object is. */
  address(): NodeAddress | null {
    const [row] = this.#sql.exec<{ address: string }>("SELECT address FROM addresses").toArray();
    return row ? unstamped("address", JSON.parse(row.address) as NodeAddress) : null;
  }

  keep(address: NodeAddress): void {
    this.#sql.exec(
      `INSERT INTO addresses (id, address) VALUES (1, ?)
       ON CONFLICT (id) DO UPDATE SET address = excluded.address`,
      JSON.stringify(stamped("address", address)),
    );
  }
}
