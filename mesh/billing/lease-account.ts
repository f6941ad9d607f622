/**
 * One lease as its wallet keeps it: what is spent of it, what runs may still spend, what is free.
 * @module
 */
import type { ClosedLease, Lease } from "./lease.ts";

/** What one request wants of a lease: micro-credits, and for how many requests it counts. */
export interface SpendCost {
  /** Micro-credits; 0 for what counts against the rate alone. */
  readonly units: number;
  /** Whole; 0 for what is charged to the budget alone. */
  readonly requests: number;
}

/** A part of a lease that one run may spend. */
export interface SpendReservation extends SpendCost {
  readonly lease_id: string;
  /** False where the tenant has only a rate. */
  readonly budgeted: boolean;
  /** When it was reserved, or restart() was called since then, by this isolate's clock, ms. */
  since: number;
}

/** What became of a run: it was charged, it was surely not charged (`free`), or nobody knows. */
export type SpendOutcome = "charged" | "free" | "unknown";

/** One lease, from its grant until the book has heard that it is closed. */
export class LeaseAccount {
  /**
   * When the lease was asked for, by this isolate's clock, ms: its time counts from before the book
   * granted it.
   */
  readonly asked_at: number;
  /** Whether the lease takes no new asks any more. */
  expired = false;
  /** Micro-credits of runs under way. */
  reserved = 0;
  /** Micro-credits of runs whose outcome nobody knows. */
  unsure = 0;
  readonly #id: string;
  #units: number | null;
  #requests: number | null;
  #spent = 0;
  #used = 0;
  #closed = false;
  readonly #running = new Set<SpendReservation>();

  /** @param asked_at when it was asked for, by this isolate's clock, ms */
  constructor({ id, units, requests }: Lease, asked_at: number) {
    this.asked_at = asked_at;
    this.#id = id;
    this.#units = units;
    this.#requests = requests;
  }

  /**
   * Micro-credits that new asks may reserve; 0 where the tenant has no budget, or the lease is
   * closed.
   */
  get free(): number {
    if (this.#units === null || this.#closed) return 0;
    return this.#units - this.#spent - this.reserved - this.unsure;
  }

  /** How many more asks may begin; 0 where the tenant has no rate, or the lease is closed. */
  get free_requests(): number {
    return this.#requests === null || this.#closed ? 0 : this.#requests - this.#used;
  }

  /** How many runs are under way. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Whether the lease is never used again; the wallet keeps it until the book has acknowledged
   * that.
   */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the book could get budget or requests back, or learn that the lease is closed. */
  get returnable(): boolean {
    return this.running === 0 || this.free > 0 || this.free_requests > 0;
  }

  fits({ units, requests }: SpendCost): boolean {
    return !this.expired && !this.#closed && (this.#units === null || units <= this.free) &&
      (this.#requests === null || requests <= this.free_requests);
  }

  reserve({ units, requests }: SpendCost, now: number): SpendReservation {
    const budgeted = this.#units !== null;
    const reservation = {
      lease_id: this.#id,
      budgeted,
      units: budgeted ? units : 0,
      requests,
      since: now,
    };
    this.#running.add(reservation);
    this.reserved += reservation.units;
    this.#used += requests;
    return reservation;
  }

  /** Requests that do not count after all; a lease that is closed keeps what it has told the book. */
  giveBack(requests: number): void {
    if (!this.#closed) this.#used -= requests;
  }

  /**
   * Says what became of a run; only the first outcome of a reservation counts.
   * @param charged micro-credits, where a run was charged less than was reserved for it
   * @throws RangeError if it was charged more: a bug, as the budget would be passed
   */
  settle(reservation: SpendReservation, outcome: SpendOutcome, charged = reservation.units): void {
    const { units } = reservation;
    if (reservation.budgeted && charged > units) {
      throw new RangeError(`Cannot charge ${charged}: ${units} were reserved`);
    }
    if (!this.#running.delete(reservation)) return;
    this.reserved -= units;
    if (outcome === "charged") this.#spent += Math.min(charged, units);
    if (outcome === "unknown") {
      this.unsure += units;
      // The ledger will close this lease and waive charges that come later: no new run may use it.
      if (units > 0) this.expired = true;
    }
  }

  /**
   * Settles as unknown all runs that began at or before an instant.
   * @param instant by this isolate's clock, ms
   */
  settleOlderThan(instant: number): void {
    for (const reservation of this.#running) {
      if (reservation.since <= instant) this.settle(reservation, "unknown");
    }
  }

  /**
   * Lets all runs count as begun now: the clock has gone back, and their ages are unknown.
   * @param now by this isolate's clock, ms
   */
  restart(now: number): void {
    for (const reservation of this.#running) reservation.since = now;
  }

  /** Gives back what no run needs, and closes the lease if none runs. */
  cutDown(): void {
    if (this.running === 0) this.#closed = true;
    if (this.#units !== null) this.#units = this.#spent + this.reserved + this.unsure;
    if (this.#requests !== null) this.#requests = this.#used;
  }

  /** What the lease holds now, for the book. */
  lease(): Lease {
    return { id: this.#id, units: this.#units, requests: this.#requests };
  }

  /** What came of the lease, for the book. */
  closing(): ClosedLease {
    return {
      id: this.#id,
      spent: this.#spent,
      unsure: this.unsure,
      requests_used: this.#used,
    };
  }
}
