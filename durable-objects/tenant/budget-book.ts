/**
 * A tenant's budget book: what the tenant may use, what is spent, what each wallet has on lease.
 *
 * A unit is in one place: available, in one lease, or spent. It leaves a lease only
 * - when the holder says that the lease is closed, or that it needs less than the lease has,
 * - when the holder can never have got the lease: a later request of the holder does not list it,
 *   and the holder ignores answers to earlier requests for ever,
 * - when the ledger closes the lease for good, and says what was charged under it.
 * None of these depends on a clock. Each method is one turn of synchronous writes.
 * Not its job: when (tenant.ts), asking the ledger (tenant.ts).
 * @module
 */
import type { Lease, Limits, WalletAnswer, WalletRequest } from "../../mesh/billing/lease.ts";
import { fill, rateOf } from "../../mesh/billing/rate.ts";
import type { Due } from "./closable-leases.ts";
import type { Sql } from "../shared/sql.ts";

// Half a minute without a request of the holder: no outage of an isolate is worth a longer wait.
const LOST_AFTER_HEARTBEATS = 6;
// Receipts are a second or two on their way: closing a lease at once would waive them.
const UNSURE_AFTER_HEARTBEATS = 2;
// A lease may hold this share of what is left beyond its quotes: more would starve other wallets.
const HEADROOM_SHARE = 1 / 8;
// Wallets come and go with their isolates: the last requests of this many holders at least are remembered.
const HOLDERS_MIN = 200;
// A holder keeps its place among them until so many came after it: a new place costs four rows, its own one.
const PLACE_AGE_MAX = 100;

/** How a tenant stands. */
export interface Balance extends Limits {
  /** Charged so far, micro-credits. */
  spent: number;
  /** In leases of wallets, micro-credits. */
  leased: number;
  /**
   * Micro-credits that new leases may take; null without a budget. Below 0 after a budget was
   * lowered under what is spent.
   */
  available: number | null;
}

interface Ports {
  sql: Sql;
  newId: () => string;
}

type Book = {
  budget: number | null;
  rate: number | null;
  spent: number;
  tokens: number;
  at: number;
};
type LeaseRow = {
  id: string;
  holder: string;
  units: number | null;
  requests: number | null;
  closing: number;
  beats: number;
};

/** The book of one tenant, in its object's SQLite. `now_ms` is the object's real clock. */
export class BudgetBook {
  readonly #sql: Sql;
  readonly #newId: () => string;

  constructor({ sql, newId }: Ports) {
    this.#sql = sql;
    this.#newId = newId;
  }

  /** Whether no limits have been set yet: then no other method may be called but setLimits(). */
  isNew(): boolean {
    return this.#load() === null;
  }

  /** Whether any wallet has a lease. */
  hasLeases(): boolean {
    return this.#leases().length > 0;
  }

  /** Sets the tenant's limits; what is spent and leased stays. */
  setLimits({ budget_microcredits, requests_per_minute }: Limits, now_ms: number): void {
    const book = this.#load() ?? { budget: null, rate: null, spent: 0, tokens: 0, at: now_ms };
    const filled = filledBy(book, now_ms);
    // A rate that is new starts full; a changed one keeps what is left of it.
    const tokens = requests_per_minute === null
      ? 0
      : book.rate === null
      ? requests_per_minute
      : Math.min(filled.tokens, requests_per_minute);
    this.#save({ ...filled, budget: budget_microcredits, rate: requests_per_minute, tokens });
  }

  /**
   * How the tenant stands.
   * @throws Error before the first setLimits()
   */
  balance(): Balance {
    const { budget, rate, spent } = this.#loaded();
    const leased = this.#leased();
    return {
      budget_microcredits: budget,
      requests_per_minute: rate,
      spent,
      leased,
      available: budget === null ? null : budget - spent - leased,
    };
  }

  /**
   * Takes back what a wallet has closed or needs no more, and grants it a lease for the asks that
   * wait.
   * @returns null if the book knows of a later request of this holder, or of this one: nothing
   * changes then
   * @throws Error before the first setLimits()
   */
  exchange(request: WalletRequest, now_ms: number): WalletAnswer | null {
    const { holder, seq } = request;
    if (!this.#isNext(holder, seq)) return null;
    const book = filledBy(this.#loaded(), now_ms);
    const { ended } = this.#takeBack(request, book);
    const { lease, rest } = this.#grant(request, book);
    this.#save(book);
    const kept = new Set(request.held.map(({ id }) => id));
    if (lease) kept.add(lease.id);
    return {
      seq,
      lease,
      acknowledged: request.closed.map(({ id }) => id),
      ended,
      available: rest,
      elsewhere: sumOf(this.#leases().filter(({ id, closing }) => closing || !kept.has(id))),
      rate: book.rate === null ? null : rateOf(book.tokens, book.rate),
    };
  }

  /**
   * Counts a heartbeat for every lease. A lease whose holder was silent for LOST_AFTER_HEARTBEATS is lost:
   * only the ledger can close it then.
   * @returns the leases that the ledger must close
   */
  beat(): Due[] {
    this.#sql.exec("UPDATE leases SET beats = beats + 1");
    this.#sql.exec("UPDATE leases SET closing = 1 WHERE beats >= ?", LOST_AFTER_HEARTBEATS);
    // A lease without units charges nothing: the ledger need not close it.
    this.#sql.exec("DELETE FROM leases WHERE closing = 1 AND coalesce(units, 0) = 0");
    return this.#leases()
      .filter(({ closing, beats }) => closing && beats >= UNSURE_AFTER_HEARTBEATS)
      .map(({ id, beats }) => ({ id, beats }));
  }

  /**
   * Notes that the ledger has closed a lease. A lease that the book does not have as closing is
   * ignored.
   * @param spent charged under the lease, micro-credits; it is final
   */
  close(id: string, spent: number): void {
    const lease = this.#leases().find((row) => row.id === id && row.closing);
    if (!lease) return;
    this.#sql.exec("DELETE FROM leases WHERE id = ?", id);
    const book = this.#loaded();
    this.#save({ ...book, spent: book.spent + spent });
  }

  #isNext(holder: string, seq: number): boolean {
    const [known] = this.#sql.exec<{ seq: number; age: number }>(
      `SELECT seq, (SELECT max(rowid) FROM holders) - rowid AS age FROM holders
       WHERE holder = ?`,
      holder,
    ).toArray();
    if (known && seq <= known.seq) return false;
    if (known && known.age < PLACE_AGE_MAX) {
      this.#sql.exec("UPDATE holders SET seq = ? WHERE holder = ?", seq, holder);
      return true;
    }
    this.#sql.exec("DELETE FROM holders WHERE holder = ?", holder);
    this.#sql.exec("INSERT INTO holders (holder, seq) VALUES (?, ?)", holder, seq);
    this.#sql.exec(
      `DELETE FROM holders WHERE rowid <= (SELECT max(rowid) FROM holders) - ?
       AND holder NOT IN (SELECT holder FROM leases)`,
      HOLDERS_MIN + PLACE_AGE_MAX,
    );
    return true;
  }

  /** Takes back what the holder has closed, cut down, or can never have got. */
  #takeBack({ holder, held, closed }: WalletRequest, book: Book): { ended: string[] } {
    const open = new Map(
      this.#leases().filter((row) => row.holder === holder && !row.closing)
        .map((row) => [row.id, row]),
    );
    for (const { id, spent, unsure, requests_used } of closed) {
      const row = open.get(id);
      if (!row) continue;
      open.delete(id);
      returnRequests(book, row.requests, requests_used);
      if (unsure === 0) {
        book.spent += spent;
        this.#sql.exec("DELETE FROM leases WHERE id = ?", id);
      } else {
        this.#sql.exec(
          "UPDATE leases SET units = ?, requests = 0, closing = 1, beats = 0 WHERE id = ?",
          Math.min(row.units ?? Infinity, spent + unsure),
          id,
        );
      }
    }
    const ended: string[] = [];
    for (const { id, units, requests } of held) {
      const row = open.get(id);
      if (!row) {
        ended.push(id);
        continue;
      }
      open.delete(id);
      returnRequests(book, row.requests, requests);
      const left = { units: least(row.units, units), requests: least(row.requests, requests) };
      // A row that stays as it is is not written.
      if (row.beats === 0 && row.units === left.units && row.requests === left.requests) continue;
      this.#sql.exec(
        "UPDATE leases SET units = ?, requests = ?, beats = 0 WHERE id = ?",
        left.units,
        left.requests,
        id,
      );
    }
    for (const { id, requests } of open.values()) {
      returnRequests(book, requests, 0);
      this.#sql.exec("DELETE FROM leases WHERE id = ?", id);
    }
    return { ended };
  }

  /** Grants a lease for the quotes that fit, and some more for the demand if all of them do. */
  #grant(
    { holder, quotes, weights, demand }: WalletRequest,
    book: Book,
  ): { lease: Lease | null; rest: number | null } {
    const available = book.budget === null ? Infinity : book.budget - book.spent - this.#leased();
    const tokens = book.rate === null ? Infinity : Math.floor(book.tokens);
    let [units, requests, granted] = [0, 0, 0];
    for (const [q, quote] of quotes.entries()) {
      const weight = weights?.[q] ?? 1;
      // What counts against the rate alone needs no budget, so it may come while that is overdrawn.
      const free = weights !== undefined && quote === 0 && weight > 0;
      if ((!free && units + quote > available) || requests + weight > tokens) continue;
      units += quote;
      requests += weight;
      granted++;
    }
    const left = (taken: number) => book.budget === null ? null : available - taken;
    if (granted === 0) return { lease: null, rest: left(0) };
    if (granted === quotes.length) {
      units += headroom(demand.units, available - units);
      requests += headroom(demand.requests, tokens - requests);
    }
    const lease = {
      id: this.#newId(),
      units: book.budget === null ? null : units,
      requests: book.rate === null ? null : requests,
    };
    book.tokens -= lease.requests ?? 0;
    this.#sql.exec(
      `INSERT INTO leases (id, holder, units, requests, closing, beats)
       VALUES (?, ?, ?, ?, 0, 0)`,
      lease.id,
      holder,
      lease.units,
      lease.requests,
    );
    return { lease, rest: left(units) };
  }

  #leases(): LeaseRow[] {
    return this.#sql.exec<LeaseRow>("SELECT * FROM leases").toArray();
  }

  #leased(): number {
    return sumOf(this.#leases());
  }

  #load(): Book | null {
    return this.#sql.exec<Book>("SELECT budget, rate, spent, tokens, at FROM book").toArray()[0] ??
      null;
  }

  #loaded(): Book {
    const book = this.#load();
    if (!book) throw new Error("The book has no limits yet");
    return book;
  }

  #save({ budget, rate, spent, tokens, at }: Book): void {
    this.#sql.exec(
      `INSERT INTO book (id, budget, rate, spent, tokens, at) VALUES (1, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET budget = excluded.budget, rate = excluded.rate,
         spent = excluded.spent, tokens = excluded.tokens, at = excluded.at`,
      budget,
      rate,
      spent,
      tokens,
      at,
    );
  }
}

const headroom = (demand: number, left: number): number =>
  Math.max(0, Math.min(demand, Math.floor(left * HEADROOM_SHARE)));

function filledBy(book: Book, now_ms: number): Book {
  if (book.rate === null) return { ...book, at: now_ms };
  const { tokens, filled_at_ms } = fill(
    { tokens: book.tokens, filled_at_ms: book.at },
    book.rate,
    now_ms,
  );
  return { ...book, tokens, at: filled_at_ms };
}

/** Gives requests of a lease that were not used back to the rate. */
function returnRequests(book: Book, granted: number | null, used: number | null): void {
  if (book.rate === null || granted === null) return;
  book.tokens = Math.min(book.rate, book.tokens + Math.max(0, granted - (used ?? 0)));
}

/**
 * The smaller limit of a lease: a holder only ever needs less. A limit that was null stays null.
 */
const least = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? a : Math.min(a, b);

const sumOf = (rows: readonly LeaseRow[]): number =>
  rows.reduce((sum, { units }) => sum + (units ?? 0), 0);
