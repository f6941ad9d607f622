/**
 * What an isolate's wallet and a tenant's book say to each other. A lease is a part of the tenant's
 * budget and of its rate that one wallet may use up by itself, without asking for each request.
 * Why this never charges a unit too much: docs/budgets.md.
 * @module
 */

/** What a tenant may use: micro-credits in all, and requests a minute. Null: as much as it likes. */
export interface Limits {
  budget_microcredits: number | null;
  requests_per_minute: number | null;
}

/** Null where the tenant had no such limit when it was granted. */
export interface Lease {
  id: string;
  units: number | null;
  requests: number | null;
}

/** A lease that its holder will never use again. */
export interface ClosedLease {
  id: string;
  /** Charged under it for sure. */
  spent: number;
  /** Of runs that may or may not have been charged: only the ledger can tell. */
  unsure: number;
  requests_used: number;
}

export interface WalletRequest {
  /** A random name of the wallet, and the number of its request: both rise for ever. */
  holder: string;
  seq: number;
  /** What those that wait will cost, in their order. */
  quotes: number[];
  /** For how many requests each of them counts; a release that does not say counts each for one. */
  weights?: number[];
  /** What was asked for lately, for leases that last a while. */
  demand: { units: number; requests: number };
  /** Every lease that may still be used or has runs under it, with no more than it needs. */
  held: Lease[];
  /** Repeated until an answer acknowledges it. */
  closed: ClosedLease[];
}

export interface WalletAnswer {
  seq: number;
  lease: Lease | null;
  acknowledged: string[];
  /** Leases that were listed as held and are not: they count as lost, the ledger closes them. */
  ended: string[];
  /** Left after this grant; null: no budget. */
  available: number | null;
  /** Out with other wallets, or on its way through the ledger: some of it may come back. */
  elsewhere: number;
  rate: Rate | null;
}

export interface Rate {
  requests_per_minute: number;
  /** Whole requests left after this grant. */
  left: number;
  next_ms: number;
  full_ms: number;
}

/** New asks use a lease this long, by the wallet's own measure, from before it was asked for. */
export const LEASE_MS = 10_000;

/** A wallet that holds anything speaks this often; the book counts beats of the same length. */
export const HEARTBEAT_MS = 5_000;
