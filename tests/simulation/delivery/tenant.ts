/**
 * A tenant's object in a simulation: the real book over a disk that stays, and alarms as tenant.ts
 * sets them, by a clock that may jump.
 * @module
 */
import assert from "node:assert/strict";
import { type Balance, BudgetBook } from "../../../durable-objects/tenant/budget-book.ts";
import { closableLeases } from "../../../durable-objects/tenant/closable-leases.ts";
import { TENANT_MIGRATIONS } from "../../../durable-objects/tenant/migrations.ts";
import {
  HEARTBEAT_MS,
  type Limits,
  type WalletAnswer,
  type WalletRequest,
} from "../../../mesh/billing/lease.ts";
import { memorySql } from "../../support/memory-sql.ts";
import type { Clock, Surroundings } from "./surroundings.ts";

const LOOK_MS = 1_000;
// As long as the ledger's client waits.
const PATIENCE_MS = 10_000;
const COLLECTOR_MS = 3_000;

export class SimulatedTenant {
  readonly name: string;
  readonly #world: Surroundings;
  readonly #clock: Clock;
  readonly #sql = memorySql(TENANT_MIGRATIONS);
  #book: BudgetBook;
  #closing = false;
  #alarm_at = Infinity;
  #leases = 0;
  /** What each lease may cost at most, by its holder's own last word. */
  readonly #units = new Map<string, number>();

  constructor(world: Surroundings, name: string) {
    this.#world = world;
    this.name = name;
    this.#clock = world.clock();
    this.#book = this.#open();
    world.every(LOOK_MS, () => this.#look());
  }

  setLimits(limits: Limits): void {
    this.#book.setLimits(limits, this.#clock.now());
  }

  balance(): Balance {
    return this.#book.balance();
  }

  exchange(request: WalletRequest): WalletAnswer | null {
    this.#mayDie();
    const answer = this.#book.exchange(request, this.#clock.now());
    if (answer) this.#checkWord(request, answer);
    this.#check();
    this.#arm();
    return answer;
  }

  #open(): BudgetBook {
    this.#alarm_at = Math.min(this.#alarm_at, this.#clock.now() + HEARTBEAT_MS);
    const newId = () => `${this.name}-lease-${this.#leases++}`;
    return new BudgetBook({ sql: this.#sql, newId });
  }

  #look(): void {
    if (this.#mayDie() || this.#closing || this.#clock.now() < this.#alarm_at) return;
    this.#alarm_at = Infinity;
    this.#closing = true;
    const book = this.#book;
    void this.#alarm(book).finally(() => {
      if (book !== this.#book) return;
      this.#closing = false;
      this.#arm();
    });
  }

  /** As tenant.ts does it: those of which no receipt is on its way, and no further if the ledger is away. */
  async #alarm(book: BudgetBook): Promise<void> {
    const { ledger, collectors } = this.#world;
    const due = book.beat();
    if (due.length === 0) return;
    const ids = due.map(({ id }) => id);
    const held = await Promise.all(
      collectors.map((collector) =>
        this.#world.call(this.name, collector.name, COLLECTOR_MS, () => collector.holding(ids))
          .catch(() => null)
      ),
    );
    if (book !== this.#book) return;
    for (const id of closableLeases(due, held)) {
      const spent = await this.#world.call(
        this.name,
        "ledger",
        PATIENCE_MS,
        () => ledger.close(this.#world, this.name, id),
      ).catch(() => null);
      if (spent === null || book !== this.#book) return;
      book.close(id, spent);
      this.#check();
    }
  }

  #mayDie(): boolean {
    if (!this.#world.random.chance(this.#world.faults.crash)) return false;
    this.#book = this.#open();
    this.#closing = false;
    return true;
  }

  #arm(): void {
    const latest = this.#clock.now() + HEARTBEAT_MS;
    if (this.#alarm_at <= latest || !this.#book.hasLeases()) return;
    this.#alarm_at = latest;
  }

  /** A wallet never spends what it has given back. */
  #checkWord({ held, closed }: WalletRequest, { lease }: WalletAnswer): void {
    if (lease) this.#units.set(lease.id, lease.units!);
    for (const { id, units } of held) {
      assert.ok(units! <= this.#units.get(id)!, `${id} has grown`);
      this.#units.set(id, units!);
    }
    for (const { id, spent, unsure } of closed) {
      assert.ok(spent + unsure <= this.#units.get(id)!, `${id} has spent more than it had`);
    }
  }

  /** No unit is in two places. */
  #check(): void {
    const { spent, leased, budget_microcredits, available } = this.#book.balance();
    assert.ok(
      available! >= 0 && spent >= 0 && leased >= 0,
      `spent ${spent}, leased ${leased} of ${budget_microcredits}`,
    );
  }
}
