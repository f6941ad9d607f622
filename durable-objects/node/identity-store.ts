/**
 * Which node an object serves, on disk: an alarm, unlike a caller, does not say it.
 * @module
 */
import type { NodeAddress } from "../shared/node-address.ts";
import type { Sql } from "../shared/sql.ts";
import { stamped, unstamped } from "../shared/version.ts";

/** The address of one object. */
export class IdentityStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * The address as it was last kept.
   * @returns null before the first call has named the node
   * @throws Error if a newer release has written the address
   */
  address(): NodeAddress | null {
    const [row] = this.#sql.exec<{ address: string }>("SELECT address FROM addresses").toArray();
    return row ? unstamped("address", JSON.parse(row.address) as NodeAddress) : null;
  }

  /** Writes the address over the last one, a newer release's too: the caller's is as good. */
  keep(address: NodeAddress): void {
    this.#sql.exec(
      `INSERT INTO addresses (id, address) VALUES (1, ?)
       ON CONFLICT (id) DO UPDATE SET address = excluded.address`,
      JSON.stringify(stamped("address", address)),
    );
  }
}
