/**
 * The ledger as a plain list: what is charged is what the rows say. The oracle of the simulation, and
 * the rules of ledger/record-executions.ts and leases.ts in their shortest form; beside it, if given,
 * the real ones over a real database, which must come to the same.
 * @module
 */
import assert from "node:assert/strict";
import type { Ledger } from "../../../ledger/client.ts";
import type { Execution } from "../../../ledger/execution.ts";
import { closeLease } from "../../../ledger/leases.ts";
import { recordOrFind } from "../../../ledger/record-or-find.ts";
import { recordExecutions } from "../../../ledger/record-executions.ts";
import { placements } from "../../../ledger/schema/placements.ts";
import { receipts } from "../../../ledger/schema/receipts.ts";
import { Away, Refused } from "./away.ts";
import type { Surroundings } from "./surroundings.ts";

interface Row {
  tenant_id: string;
  lease_id: string;
  node: string;
  charge: number;
  waived: number;
}

export class SimulatedLedger {
  readonly rows = new Map<string, Row>();
  readonly #executions = new Map<string, Execution>();
  readonly #closings = new Map<string, number>();
  readonly #charged = new Map<string, number>();
  readonly #budgets: ReadonlyMap<string, number>;
  readonly #real: Ledger | null;

  constructor(budgets: ReadonlyMap<string, number>, real: Ledger | null) {
    this.#budgets = budgets;
    this.#real = real;
  }

  charged(tenant: string): number {
    return this.#charged.get(tenant) ?? 0;
  }

  /** All of them or none; fails at times, before or after. */
  async record({ random, faults }: Surroundings, executions: readonly Execution[]): Promise<void> {
    if (random.chance(faults.outage)) throw new Away("the ledger is away");
    // Once nothing goes wrong any more the fault that made them poison is mended.
    if (faults.poison > 0 && executions.some(({ receipt }) => receipt.model === "poison")) {
      throw new Refused("it says what cannot be");
    }
    for (const execution of executions) this.#add(execution);
    if (this.#real) await recordExecutions(this.#real, executions, 1);
    if (random.chance(faults.outage)) throw new Away("its answer was lost");
  }

  /** @returns the execution that it has of that id */
  async recordOrFind(world: Surroundings, execution: Execution): Promise<Execution> {
    const { random, faults } = world;
    if (random.chance(faults.outage)) throw new Away("the ledger is away");
    if (faults.poison > 0 && execution.receipt.model === "poison") {
      throw new Refused("it says what cannot be");
    }
    const { id } = execution.receipt;
    this.#add(execution);
    world.ran(execution);
    const found = this.#executions.get(id)!;
    if (this.#real) {
      const { receipt } = await recordOrFind(this.#real, execution, 1);
      assert.equal(receipt.node, found.receipt.node);
    }
    if (random.chance(faults.outage)) throw new Away("its answer was lost");
    return found;
  }

  /** @returns what is charged under the lease, now and for ever */
  async close(
    { random, faults }: Surroundings,
    tenant_id: string,
    lease_id: string,
  ): Promise<number> {
    if (random.chance(faults.outage)) throw new Away("the ledger is away");
    const spent = this.#close(lease_id);
    if (this.#real) {
      assert.equal(await closeLease(this.#real, { lease_id, tenant_id, closed_at_ms: 1 }), spent);
    }
    if (random.chance(faults.outage)) throw new Away("its answer was lost");
    return spent;
  }

  /** The real database holds the same rows to the unit, and a placement for each. */
  async check(): Promise<void> {
    if (!this.#real) return;
    const { id, tenant_id, lease_id, node, charge_microcredits, waived_microcredits } = receipts;
    const found = await this.#real.select({
      id,
      tenant_id,
      lease_id,
      node,
      charge: charge_microcredits,
      waived: waived_microcredits,
    }).from(receipts).orderBy(id);
    const expected = [...this.rows].map(([id, row]) => ({ id, ...row }))
      .sort((a, b) => a.id < b.id ? -1 : 1);
    assert.deepEqual(found, expected);
    const placed = await this.#real.select({ id: placements.id }).from(placements).orderBy(
      placements.id,
    );
    assert.deepEqual(placed, expected.map(({ id }) => ({ id })));
  }

  /** A known id changes nothing; a receipt of a closed lease costs nothing. */
  #add(execution: Execution): void {
    const { id, tenant_id, lease_id, node, charge_microcredits } = execution.receipt;
    if (this.rows.has(id)) return;
    assert.ok(lease_id, "every ask here is paid for");
    const isClosed = this.#closings.has(lease_id);
    const [charge, waived] = isClosed ? [0, charge_microcredits] : [charge_microcredits, 0];
    this.rows.set(id, { tenant_id, lease_id, node, charge, waived });
    this.#executions.set(id, execution);
    const charged = this.charged(tenant_id) + charge;
    this.#charged.set(tenant_id, charged);
    const budget = this.#budgets.get(tenant_id)!;
    assert.ok(charged <= budget, `${tenant_id} is charged ${charged} of ${budget}`);
  }

  #close(lease_id: string): number {
    const known = this.#closings.get(lease_id);
    if (known !== undefined) return known;
    let spent = 0;
    for (const row of this.rows.values()) if (row.lease_id === lease_id) spent += row.charge;
    this.#closings.set(lease_id, spent);
    return spent;
  }
}
