/**
 * One lease as its wallet keeps it: what is spent of it, what runs may still spend, what is free.
 * @module
 */
import type { ClosedLease, Lease } from "./lease.ts";

/** What one request wants of a lease: micro-credits, and for how many requests it counts. */
export interface Cost {
  readonly units: number;
  readonly requests: number;
}

/** A part of a lease that one run may spend. */
export interface SpendReservation extends Cost {
  readonly lease_id: string;
  /** False where the tenant has only a rate. */
  readonly budgeted: boolean;
  since: number;
}

/** What became of a run: charged, for sure not charged, or nobody knows. */
export type SpendOutcome = "charged" | "free" | "unknown";

export class LeaseAccount {
  /** When it was asked for: its time runs from before the book knew of it. */
  readonly asked_at: number;
  /** No longer for new asks. */
  expired = false;
  reserved = 0;
  /** Of runs whose outcome nobody knows. */
  unsure = 0;
  readonly #id: string;
  #units: number | null;
  #requests: number | null;
  #spent = 0;
  #used = 0;
  #closed = false;
  readonly #running = new Set<SpendReservation>();

  constructor({ id, units, requests }: Lease, asked_at: number) {
    this.asked_at = asked_at;
    this.#id = id;
    this.#units = units;
    this.#requests = requests;
  }

  get free(): number {
    if (this.#units === null || this.#closed) return 0;
    return this.#units - this.#spent - this.reserved - this.unsure;
  }

  get free_requests(): number {
    return this.#requests === null || this.#closed ? 0 : this.#requests - this.#used;
  }

  get running(): number {
    return this.#running.size;
  }

  /** It is never used again; it stays until the book has heard so. */
  get closed(): boolean {
    return this.#closed;
  }

  /** There is something that the book could have back, or learn. */
  get returnable(): boolean {
    return this.running === 0 || this.free > 0 || this.free_requests > 0;
  }

  fits({ units, requests }: Cost): boolean {
    return !this.expired && !this.#closed && (this.#units === null || units <= this.free) &&
      (this.#requests === null || requests <= this.free_requests);
  }

  reserve({ units, requests }: Cost, now: number): SpendReservation {
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

  /** The first word about a reservation counts. */
  settle(reservation: SpendReservation, outcome: SpendOutcome): void {
    if (!this.#running.delete(reservation)) return;
    const { units } = reservation;
    this.reserved -= units;
    if (outcome === "charged") this.#spent += units;
    if (outcome === "unknown") {
      this.unsure += units;
      // The ledger will close it, and waive what comes later: nothing new may run under it.
      if (units > 0) this.expired = true;
    }
  }

  settleOlderThan(instant: number): void {
    for (const reservation of this.#running) {
      if (reservation.since <= instant) this.settle(reservation, "unknown");
    }
  }

  /** Runs count as begun now: the clock by which they did is gone. */
  restart(now: number): void {
    for (const reservation of this.#running) reservation.since = now;
  }

  /** Keeps what runs may need, and nothing if none run. */
  cutDown(): void {
    if (this.running === 0) this.#closed = true;
    if (this.#units !== null) this.#units = this.#spent + this.reserved + this.unsure;
    if (this.#requests !== null) this.#requests = this.#used;
  }

  lease(): Lease {
    return { id: this.#id, units: this.#units, requests: this.#requests };
  }

  closing(): ClosedLease {
    return {
      id: this.#id,
      spent: this.#spent,
      unsure: this.unsure,
      requests_used: this.#used,
    };
  }
}
