/**
 * The ledger as a plain list: what is charged is what the rows say. The oracle of the simulation, and
 * the rule of ledger/leases.ts and record-executions.ts in its shortest form.
 * @module
 */

interface Row {
  lease_id: string;
  charge: number;
  waived: number;
}

export class SimulatedLedger {
  readonly #rows = new Map<string, Row>();
  readonly #closings = new Map<string, number>();
  charged = 0;
  waived = 0;

  /** A known id changes nothing; a receipt of a closed lease costs nothing. */
  record({ id, lease_id, units }: { id: string; lease_id: string; units: number }): void {
    if (this.#rows.has(id)) return;
    const isClosed = this.#closings.has(lease_id);
    this.#rows.set(id, {
      lease_id,
      charge: isClosed ? 0 : units,
      waived: isClosed ? units : 0,
    });
    if (isClosed) this.waived += units;
    else this.charged += units;
  }

  /** @returns what is charged under the lease, now and for ever */
  close(lease_id: string): number {
    const known = this.#closings.get(lease_id);
    if (known !== undefined) return known;
    let spent = 0;
    for (const row of this.#rows.values()) if (row.lease_id === lease_id) spent += row.charge;
    this.#closings.set(lease_id, spent);
    return spent;
  }
}
