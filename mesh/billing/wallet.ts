/**
 * What one isolate holds of one tenant's budget and rate: asks reserve from the wallet's leases
 * without a message, and the wallet asks the tenant's book for more, one request at a time.
 *
 * A wallet may be lost at any moment, and nothing is charged too much: the book or the ledger
 * accounts for what the wallet does not. `now` is any clock of this isolate; if that clock goes
 * back, new asks use none of the leases that the wallet has.
 * Not its job: sending (functions/billing/wallets.ts), granting
 * (durable-objects/tenant/budget-book.ts).
 * @module
 */
import {
  HEARTBEAT_MS,
  LEASE_MS,
  type Rate,
  type WalletAnswer,
  type WalletRequest,
} from "./lease.ts";
import {
  LeaseAccount,
  type SpendCost,
  type SpendOutcome,
  type SpendReservation,
} from "./lease-account.ts";

// A message must stay small, however many asks wait; the next one quotes those that are left.
const QUOTES_MAX = 256;
// An answer that takes longer counts as lost: the book takes back a lease that no wallet holds.
const ANSWER_MS_MAX = 3_000;
// An ask waits no longer for a book that does not answer.
const SILENCE_MS_MAX = 6_000;
// An ask waits this long for budget that other wallets hold.
const PATIENCE_MS = 2_000;
// While asks wait, the wallet asks the book again this often, also after a request that failed.
const POLL_MS = 200;
// A wallet that has paid for nothing this long gives back what its leases have left.
const IDLE_MS = 1_000;
// A run that says nothing for so long may have been cut off with its request: the ledger will tell.
const RUN_MS_MAX = 60_000;
const DEMAND_MS = 1_000;

/** One request that wants to be paid for. */
export interface Want extends SpendCost {
  /** When it began to wait, by this isolate's clock, ms; set anew if that goes back. */
  since: number;
  /** The number of the first request to the book that can tell of it. */
  readonly seq: number;
}

/** Why an ask is not paid for. */
export type PaymentRefusal =
  /** The budget will not be enough unless an admin raises it. */
  | {
    refusal: "exhausted";
    /** What is left of it, micro-credits. */
    available: number;
  }
  /** Others hold what is missing and may give it back. */
  | { refusal: "held"; retry_ms: number }
  /** The rate is used up for now. */
  | { refusal: "rate"; rate: Rate; retry_ms: number }
  /** The book does not answer. */
  | { refusal: "unavailable" };

/** What take() gives: a part of a lease, to be settled after the run, or why the ask gets none. */
export type SpendResult =
  | { ok: true; reservation: SpendReservation }
  | ({ ok: false } & PaymentRefusal);

type KnownUnits = Pick<WalletAnswer, "seq" | "available" | "elsewhere" | "rate">;

/** One isolate's part of one tenant's budget and rate. */
export class Wallet {
  readonly #holder: string;
  #seq = 0;
  #now = -Infinity;
  #in_flight: { seq: number; sent: number } | null = null;
  #sent_at = -Infinity;
  #failed_at = -Infinity;
  /** Given back in requests that are not answered yet: the last answer does not count it. */
  #returning = none();
  #active_at = -Infinity;
  #known: KnownUnits | null = null;
  readonly #accounts = new Map<string, LeaseAccount>();
  readonly #wants = new Set<Want>();
  /** What the last ask cost, micro-credits. */
  #usual_units = 0;
  readonly #demand = { from: -Infinity, before: none(), since: none() };

  /** @param holder random: no other wallet, before or after, has the same */
  constructor(holder: string) {
    this.#holder = holder;
  }

  /**
   * Lets an ask wait to be paid for, until take() pays or refuses, or withdraw() gives it up.
   * @param units what it will cost, micro-credits
   * @param now ms, this isolate's clock
   * @param requests for how many it counts: none where its rate is paid already
   */
  want(units: number, now: number, requests = 1): Want {
    this.#tick(now);
    const want = { units, requests, since: now, seq: this.#seq + 1 };
    this.#wants.add(want);
    this.#active_at = now;
    return want;
  }

  /** Gives an ask up that has taken nothing. */
  withdraw(want: Want): void {
    this.#wants.delete(want);
  }

  /**
   * Pays for an ask, if a lease has enough left for it.
   * @param now ms, this isolate's clock
   * @returns null: it must wait; try again when the wallet has heard something, or later
   */
  take(want: Want, now: number): SpendResult | null {
    this.#tick(now);
    const account = [...this.#accounts.values()].find((account) => account.fits(want));
    const taken = account
      ? { ok: true as const, reservation: account.reserve(want, now) }
      : this.#refusal(want, now);
    if (!taken) return null;
    this.#wants.delete(want);
    if (taken.ok) this.#note(want, now);
    return taken;
  }

  /**
   * Says what became of a run that was paid for.
   * @param now ms, this isolate's clock
   * @param charged micro-credits, where a run was charged less than was reserved for it
   */
  settle(
    reservation: SpendReservation,
    outcome: SpendOutcome,
    now: number,
    charged?: number,
  ): void {
    this.#tick(now);
    this.#active_at = now;
    this.#accounts.get(reservation.lease_id)?.settle(reservation, outcome, charged);
  }

  /**
   * Says that a run goes on, so that it is not taken for one that was cut off with its request.
   * @param now ms, this isolate's clock
   */
  goesOn(reservation: SpendReservation, now: number): void {
    this.#tick(now);
    reservation.since = now;
  }

  /** What was reserved does not count against the rate after all, as far as its lease is still held. */
  giveBack({ lease_id, requests }: SpendReservation): void {
    this.#accounts.get(lease_id)?.giveBack(requests);
  }

  /**
   * Makes the next request to the book, if one is due.
   * @param now ms, this isolate's clock
   * @returns what must be sent now; null: nothing
   */
  request(now: number): WalletRequest | null {
    this.#tick(now);
    if (this.#in_flight || !this.#isDue(now)) return null;
    const wants = [...this.#wants].slice(0, QUOTES_MAX);
    const idle = now - this.#active_at >= IDLE_MS;
    for (const account of this.#accounts.values()) {
      if (wants.length === 0 && !idle && !account.expired) continue;
      this.#returning.units += account.free;
      this.#returning.requests += account.free_requests;
      account.cutDown();
    }
    const accounts = [...this.#accounts.values()];
    const seq = ++this.#seq;
    this.#in_flight = { seq, sent: now };
    this.#sent_at = now;
    return {
      holder: this.#holder,
      seq,
      quotes: wants.map(({ units }) => units),
      weights: wants.map(({ requests }) => requests),
      demand: this.#expected(wants, now),
      held: accounts.filter((account) => !account.closed).map((account) => account.lease()),
      closed: accounts.filter((account) => account.closed).map((account) => account.closing()),
    };
  }

  /**
   * Takes the book's answer in. Only the answer to the request that is in flight counts.
   * @param now ms, this isolate's clock
   */
  receive(answer: WalletAnswer, now: number): void {
    this.#tick(now);
    if (this.#in_flight?.seq !== answer.seq) return;
    const { sent } = this.#in_flight;
    this.#in_flight = null;
    this.#returning = none();
    for (const id of [...answer.acknowledged, ...answer.ended]) this.#accounts.delete(id);
    if (answer.lease) this.#accounts.set(answer.lease.id, new LeaseAccount(answer.lease, sent));
    const { seq, available, elsewhere, rate } = answer;
    this.#known = { seq, available, elsewhere, rate };
  }

  /**
   * Gives a request up that did not get through, or was not answered: a late answer is not used.
   * @param seq the request's number
   */
  fail(seq: number): void {
    if (this.#in_flight?.seq !== seq) return;
    this.#in_flight = null;
    this.#failed_at = this.#now;
  }

  /**
   * How the rate stands: the book's last answer, and what the leases hold.
   * @returns null before the first answer, or without a rate
   */
  get rate(): Rate | null {
    const rate = this.#known?.rate;
    if (!rate) return null;
    let free = this.#returning.requests;
    for (const account of this.#accounts.values()) free += account.free_requests;
    return { ...rate, left: Math.min(rate.requests_per_minute, rate.left + free) };
  }

  /** How many asks wait to be paid for. */
  get waiting(): number {
    return this.#wants.size;
  }

  /** How many runs are under way that the wallet pays for. */
  get running(): number {
    return [...this.#accounts.values()].reduce((sum, account) => sum + account.running, 0);
  }

  /** Whether the wallet holds nothing to give back and no ask waits. */
  get isEmpty(): boolean {
    return this.#accounts.size === 0 && this.#wants.size === 0 && !this.#in_flight;
  }

  /**
   * Why an ask that no lease can pay for is refused, by the last answer and the leases.
   * @returns null while it may still wait
   */
  #refusal(want: Want, now: number): SpendResult | null {
    const known = this.#known;
    if (!known || known.seq < want.seq) {
      const silent = now - want.since >= SILENCE_MS_MAX;
      return silent ? { ok: false, refusal: "unavailable" } : null;
    }
    const { own, others } = this.#reach(known);
    // What counts against the rate alone needs no budget, so it may come while that is overdrawn.
    const free = want.units === 0 && want.requests > 0;
    if (!free && own + others < want.units) {
      return { ok: false, refusal: "exhausted", available: Math.max(0, own) };
    }
    if (!free && own < want.units) {
      if (now - want.since < PATIENCE_MS) return null;
      return { ok: false, refusal: "held", retry_ms: PATIENCE_MS };
    }
    const { rate } = this;
    if (rate && rate.left < want.requests) {
      return { ok: false, refusal: "rate", rate, retry_ms: msUntil(want.requests, rate) };
    }
    return now - want.since < RUN_MS_MAX
      ? null
      : { ok: false, refusal: "held", retry_ms: PATIENCE_MS };
  }

  /**
   * What can be had: `at_once` at the book or here; `own`, that and what runs here may free;
   * `others`, what other wallets or the ledger may free.
   */
  #reach({ available, elsewhere }: KnownUnits): { at_once: number; own: number; others: number } {
    if (available === null) return { at_once: Infinity, own: Infinity, others: 0 };
    const here = available + this.#returning.units;
    let [at_once, own, others] = [here, here, elsewhere];
    for (const account of this.#accounts.values()) {
      at_once += account.free;
      own += account.free + account.reserved;
      others += account.unsure;
    }
    return { at_once, own, others };
  }

  #isDue(now: number): boolean {
    const since_sent = now - this.#sent_at;
    if (now - this.#failed_at < POLL_MS) return false;
    if (this.#wants.size > 0) {
      const known = this.#known;
      if (known === null || since_sent >= POLL_MS) return true;
      const { at_once } = this.#reach(known);
      for (const { seq, units } of this.#wants) {
        if (known.seq < seq || units <= Math.max(0, at_once)) return true;
      }
      return false;
    }
    if (this.#accounts.size === 0) return false;
    if (since_sent >= HEARTBEAT_MS) return true;
    const returnable = [...this.#accounts.values()].some((account) => account.returnable);
    return returnable && now - this.#active_at >= IDLE_MS && since_sent >= POLL_MS;
  }

  #tick(now: number): void {
    if (now < this.#now) this.#stepBack(now);
    this.#now = now;
    // A want this old is dropped, as its request has ended by now.
    for (const want of this.#wants) if (now - want.since > RUN_MS_MAX) this.#wants.delete(want);
    for (const account of this.#accounts.values()) {
      if (now - account.asked_at >= LEASE_MS) account.expired = true;
      account.settleOlderThan(now - RUN_MS_MAX);
    }
    const { sent, seq } = this.#in_flight ?? { sent: now, seq: -1 };
    if (now - sent >= ANSWER_MS_MAX) this.fail(seq);
  }

  /**
   * The clock has gone back, so the age of a lease is unknown; all that waits starts to wait now.
   */
  #stepBack(now: number): void {
    for (const want of this.#wants) want.since = now;
    for (const account of this.#accounts.values()) {
      account.expired = true;
      account.restart(now);
    }
    if (this.#in_flight) this.#in_flight.sent = now;
    [this.#sent_at, this.#failed_at] = [-Infinity, -Infinity];
    [this.#active_at, this.#demand.from] = [now, now];
  }

  #note({ units, requests }: SpendCost, now: number): void {
    this.#lately(now);
    if (units > 0) this.#usual_units = units;
    this.#demand.since.units += units;
    this.#demand.since.requests += requests;
  }

  /**
   * What will be asked for beside the quotes. Who only counts against the rate so far mostly goes on to an ask
   * of about the last one's cost: with a lease for both it need not come again.
   */
  #expected(wants: readonly Want[], now: number): { units: number; requests: number } {
    const lately = this.#lately(now);
    const counts = wants.length > 0 && wants.every(({ units }) => units === 0);
    return counts ? { ...lately, units: Math.max(lately.units, this.#usual_units) } : lately;
  }

  /** The demand of the last one to two seconds. */
  #lately(now: number): { units: number; requests: number } {
    const demand = this.#demand;
    const age = now - demand.from;
    if (age >= DEMAND_MS) {
      demand.before = age < 2 * DEMAND_MS ? demand.since : none();
      demand.since = none();
      demand.from = now;
    }
    return {
      units: demand.before.units + demand.since.units,
      requests: demand.before.requests + demand.since.requests,
    };
  }
}

/** Until so many requests are in the rate, if nobody else takes any. */
const msUntil = (requests: number, { requests_per_minute, left, next_ms }: Rate): number =>
  next_ms + Math.ceil((requests - left - 1) * 60_000 / requests_per_minute);

const none = () => ({ units: 0, requests: 0 });
