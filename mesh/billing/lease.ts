/**
 * What an isolate's wallet and a tenant's book say to each other. A lease is a part of the tenant's
 * budget and of its rate that one wallet may use up by itself, without asking for each request.
 * Why this never charges a unit too much: docs/budgets.md.
 * @module
 */

/** What a tenant may use; null is no limit. */
export interface Limits {
  budget_microcredits: number | null;
  requests_per_minute: number | null;
}

/**
 * A part of a tenant's budget and rate, for one wallet. A limit that the tenant does not have is
 * null.
 */
export interface Lease {
  id: string;
  /** Its part of the budget, micro-credits. */
  units: number | null;
  /** Its part of the rate: how many asks may begin under it. */
  requests: number | null;
}

/** A lease that its holder will never use again. */
export interface ClosedLease {
  id: string;
  /** Surely charged under it, micro-credits. */
  spent: number;
  /** What runs cost of which only the ledger can tell whether they were charged, micro-credits. */
  unsure: number;
  /** How many asks began under it. */
  requests_used: number;
}

/** What a wallet says to the book. */
export interface WalletRequest {
  /** A random name of the wallet. */
  holder: string;
  /** The number of this request: it rises by one from request to request of a wallet. */
  seq: number;
  /** What those that wait will cost, micro-credits, in their order. */
  quotes: number[];
  /**
   * For how many requests each of them counts; a release that does not say counts each for one.
   *
   * A book of release 7ab9cf5 does not read it: it grants one request for each quote, and some for
   * `demand`. While a wallet talks to such a book, during a deployment, a read that counts for
   * several (functions/billing) waits until a lease happens to hold as many, and may end as `429
   * rate_limited`; what an inference does not need of its one comes back. Nothing is counted twice.
   */
  weights?: number[];
  /**
   * Micro-credits and requests asked for in the last one to two seconds, from which the book
   * chooses a lease's size.
   */
  demand: { units: number; requests: number };
  /** Every lease that may still be used or has runs under it, with no more than it needs. */
  held: Lease[];
  /** Leases that are closed; each is repeated until an answer acknowledges it. */
  closed: ClosedLease[];
}

/** What the book answers to a wallet. */
export interface WalletAnswer {
  /** The number of the request that this answers. */
  seq: number;
  /** A new lease; null if there is nothing to give. */
  lease: Lease | null;
  /** Ids of closed leases that the wallet need not name again. */
  acknowledged: string[];
  /**
   * Leases that the wallet listed as held and that are not: they count as lost, and the ledger
   * closes them.
   */
  ended: string[];
  /** What is left of the budget after this grant, micro-credits; null without a budget. */
  available: number | null;
  /**
   * Micro-credits in other wallets, or in leases that the ledger has yet to close: some may come
   * back.
   */
  elsewhere: number;
  /** How the rate stands; null without a rate. */
  rate: Rate | null;
}

/** How a tenant's rate stands, as headers tell it to the caller. */
export interface Rate {
  requests_per_minute: number;
  /** Whole requests left after this grant. */
  left: number;
  /** Until there is one request more than `left`. */
  next_ms: number;
  /** Until a whole minute's requests are left. */
  full_ms: number;
}

/**
 * How long new asks use a lease. The wallet measures by its own clock, from when it asked for the
 * lease.
 */
export const LEASE_MS = 10_000;

/**
 * A wallet that holds anything sends a request this often. The book counts time in heartbeats of
 * the same length, to tell which wallets are silent.
 */
export const HEARTBEAT_MS = 5_000;
