/**
 * What a page and the live feed of its tenant say to each other over one WebSocket. The page says nothing
 * but PING. Constants and types alone, so that a page takes nothing else along; in words:
 * docs/reference/live.md.
 * @module
 */

/** The subprotocol that a page offers, and that the mesh selects. */
export const LIVE_PROTOCOL = "perigee.live.1";
/**
 * Begins the other subprotocol that a page offers: its key comes behind it. Browsers set no headers on a
 * WebSocket, and a key is never in a URL. The mesh does not select it, so it is in no answer.
 */
export const BEARER_PROTOCOL = "bearer.";

/** How often the feed looks for news, real time. */
export const LIVE_EVERY_MS = 2_000;
/** Executions that one message tells of: more arcs than these nobody follows on a globe. */
export const SAMPLE_MAX = 32;

/** A page sends PING as text; the platform answers PONG and wakes nothing. */
export const LIVE_PING = "ping";
/** The answer to LIVE_PING. */
export const LIVE_PONG = "pong";
/** How often a page pings. */
export const LIVE_PING_MS = 30_000;
/**
 * A page that has not pinged for this long counts as gone. Browsers let a page that nobody looks at run its
 * timers once a minute.
 */
export const LIVE_SILENT_MS = 150_000;

/** Why the mesh closes a page's socket, as WebSocket codes. */
export const LIVE_CLOSE = {
  /** The page said something that is not LIVE_PING. */
  protocol: 4_002,
  /** The credential was revoked, has expired or may not read any more. */
  revoked: 4_003,
  /** The page has been silent for longer than LIVE_SILENT_MS. */
  silent: 4_004,
} as const;

/** One execution, of the page's own tenant. */
export interface LiveExecution {
  /** Its id: of its receipt and its placement, too. */
  id: string;
  /** RFC 3339, mesh clock. */
  placed_at: string;
  model: string;
  class: string;
  /** Where it was asked, as its placement states it; null where that is not known. */
  origin: { lat: number; lon: number } | { node: string } | null;
  /** Node ids, from the one above the origin to the one that ran it. */
  path: string[];
  node: string;
  region: string;
  /** Straight below the node when its run began; degrees and km. */
  sub_point: { lat: number; lon: number; alt_km: number };
  modelled_total_ms: number;
  energy_mj: number;
  charge_microcredits: number;
}

/** What came to the ledger since the message before. */
export interface LiveNews {
  /** How many executions. */
  executions: number;
  /** Whether there were more, which are not counted here: `GET /v1/usage` has all. */
  more: boolean;
  /** Of those that are counted. */
  energy_mj: number;
  /** Of those that are counted. */
  charge_microcredits: number;
  /** The newest SAMPLE_MAX, oldest first. */
  sample: LiveExecution[];
}

/** Whether the ledger, from which the feed reads, answers. */
export type LedgerState = "here" | "away";

/** A message of the mesh, as JSON. */
export type LiveMessage =
  /** The first: what comes to the ledger from now on will be told. */
  | { type: "welcome"; ledger: LedgerState; every_ms: number }
  | ({ type: "news" } & LiveNews)
  /** That the ledger went away, or has come back. What came meanwhile is told then. */
  | { type: "ledger"; ledger: LedgerState };
