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

/** A part of a tenant's budget and rate, for one wallet. Null where the tenant had no such limit. */
export interface Lease {
  id: string;
  /** Of the budget, micro-credits. */
  units: number | null;
  /** Of the rate: how many may begin under it. */
  requests: number | null;
}

/** A lease that its holder will never use again. */
export interface ClosedLease {
  id: string;
  /** Charged under it for sure, micro-credits. */
  spent: number;
  /** Of runs that may or may not have been charged, micro-credits: only the ledger can tell. */
  unsure: number;
  /** How many began under it. */
  requests_used: number;
}

/** What a wallet says to the book. */
export interface WalletRequest {
  /** A random name of the wallet. */
  holder: string;
  /** The number of this request: it rises by one from request to request of a wallet. */
  seq: number;
  /** What the asks that wait will cost, micro-credits, in their order. */
  quotes: number[];
  /** Micro-credits and requests asked for in the last one to two seconds: how large a lease is of use. */
  demand: { units: number; requests: number };
  /** Every lease that may still be used or has runs under it, with no more than it needs. */
  held: Lease[];
  /** Repeated until an answer acknowledges it. */
  closed: ClosedLease[];
}

/** What the book answers to a wallet. */
export interface WalletAnswer {
  /** Of the request that it answers. */
  seq: number;
  /** A new one; null: there is nothing to give. */
  lease: Lease | null;
  /** Ids of closed leases that the wallet need not name again. */
  acknowledged: string[];
  /** Leases that were listed as held and are not: they count as lost, the ledger closes them. */
  ended: string[];
  /** Left of the budget after this grant, micro-credits; null: no budget. */
  available: number | null;
  /** Micro-credits that other wallets hold, or that the ledger has yet to close: some may come back. */
  elsewhere: number;
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

/** New asks use a lease this long, by the wallet's own measure, from before it was asked for. */
export const LEASE_MS = 10_000;

/**
 * A wallet that holds anything sends a request this often. The book counts time in beats of the same
 * length, to tell which wallets are silent.
 */
export const HEARTBEAT_MS = 5_000;
