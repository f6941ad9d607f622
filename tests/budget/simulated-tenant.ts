/**
 * A tenant's object in a simulation: the real book over a disk that stays, and alarms as tenant.ts
 * sets them, by a clock that may jump.
 * @module
 */
import assert from "node:assert/strict";
import { type Balance, BudgetBook } from "../../durable-objects/budget-book.ts";
import {
  BEAT_MS,
  type Limits,
  type WalletAnswer,
  type WalletRequest,
} from "../../mesh/budget/lease.ts";
import { memorySql } from "../custody/memory-sql.ts";
import type { SimulatedLedger } from "./simulated-ledger.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

const LOOK_MS = 1_000;

export class SimulatedTenant {
  readonly #world: SimulatedWorld;
  readonly #ledger: SimulatedLedger;
  readonly #sql = memorySql();
  #book: BudgetBook;
  #skew_ms = 0;
  #alarm_at = Infinity;
  #leases = 0;
  /** What each lease may cost at most, by its holder's own last word. */
  readonly #units = new Map<string, number>();

  constructor(world: SimulatedWorld, ledger: SimulatedLedger) {
    this.#world = world;
    this.#ledger = ledger;
    this.#book = this.#open();
    this.#look();
  }

  setLimits(limits: Limits): void {
    this.#book.setLimits(limits, this.#now());
  }

  balance(): Balance {
    return this.#book.balance();
  }

  exchange(request: WalletRequest): WalletAnswer | null {
    const { random, faults } = this.#world;
    if (random.chance(faults.restart)) this.#book = this.#open();
    const answer = this.#book.exchange(request, this.#now());
    if (answer) this.#checkWord(request, answer);
    this.#check();
    this.#arm();
    return answer;
  }

  #open(): BudgetBook {
    this.#alarm_at = Math.min(this.#alarm_at, this.#now() + BEAT_MS);
    return new BudgetBook({ sql: this.#sql, newId: () => `lease-${this.#leases++}` });
  }

  #now(): number {
    return this.#world.time.now + this.#skew_ms;
  }

  /** An alarm is due by the clock of the wall, which jumps. */
  #look(): void {
    const { time, random, faults } = this.#world;
    time.after(LOOK_MS, () => {
      this.#look();
      if (random.chance(faults.jump)) this.#skew_ms = this.#world.anyJump();
      if (this.#now() >= this.#alarm_at) this.#alarm();
    });
  }

  #alarm(): void {
    this.#alarm_at = Infinity;
    const { random, faults, time } = this.#world;
    for (const id of this.#book.beat()) {
      if (random.chance(faults.outage)) continue;
      const spent = this.#ledger.close(id);
      // Its answer may be lost, or come when others have been here.
      if (random.chance(faults.outage)) continue;
      time.after(random.integer(1, 3_000), () => {
        this.#book.close(id, spent);
        this.#check();
      });
    }
    this.#arm();
  }

  #arm(): void {
    const latest = this.#now() + BEAT_MS;
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
