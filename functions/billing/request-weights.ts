/**
 * For how many requests a request counts against its tenant's rate: one table, so that nothing which
 * costs much counts as little. One, unless it is here; docs/budgets.md says so to tenants.
 * @module
 */
import {
  EPHEMERIS_SPAN_MS,
  EPHEMERIS_STATES_MAX,
  EPHEMERIS_STEP_S,
} from "../../contract/ephemeris.ts";
import { FILE_BYTES_MAX } from "../../models/upload/limits.ts";

type Weight = (query: URLSearchParams) => number;

// A search costs 2.4 ms for each minute that it covers (docs/performance.md), an inference some 10 ms.
const MINUTES_PER_REQUEST = 5;
// The most that the route takes; what it will refuse need not count for more.
const MINUTES_MAX = 60;
const MINUTES = 10;

// A state is flown and written in some 20 us at most, where it is turned to J2000 or to what lies below.
const STATES_PER_REQUEST = 500;

/** How many states a query of ephemerides asks for; at most what the route takes. */
function statesOf(query: URLSearchParams): number {
  const nodes = (query.get("nodes") ?? "").split(",").length;
  const from = Date.parse(query.get("from") ?? "");
  const until = Date.parse(query.get("until") ?? "");
  // Without a start it is now, by a clock that this table does not know: then it counts as the most.
  const span_ms = query.has("until") ? until - from : EPHEMERIS_SPAN_MS;
  const states = nodes * (1 + span_ms / 1e3 / Number(query.get("step_s") ?? EPHEMERIS_STEP_S));
  return Number.isNaN(states)
    ? EPHEMERIS_STATES_MAX
    : Math.min(Math.max(1, states), EPHEMERIS_STATES_MAX);
}

// As many as a page holds unless told, and at most; a hundred arcs are some 10 ms.
const PLACEMENTS = 100;
const PLACEMENTS_MAX = 1_000;

const WEIGHTS: Readonly<Record<string, Weight>> = {
  // 17 MB of records.
  "/v1/constellation": () => 20,
  "/v1/ephemerides": (query) => Math.ceil(statesOf(query) / STATES_PER_REQUEST),
  "/v1/placement-arcs": (query) => {
    const limit = Number(query.get("limit") ?? PLACEMENTS);
    return Math.ceil(Math.min(limit > 0 ? limit : PLACEMENTS, PLACEMENTS_MAX) / PLACEMENTS);
  },
  "/v1/passes": (query) => {
    const minutes = Number(query.get("minutes") ?? MINUTES);
    const covered = minutes > 0 ? Math.min(minutes, MINUTES_MAX) : MINUTES;
    return Math.ceil(covered / MINUTES_PER_REQUEST);
  },
};

// The text of a body is read and parsed before it is refused or placed: some 10 ms for each of these. A
// model's file is hashed and written to the bucket, which costs about as much.
const BODY_BYTES_PER_REQUEST = 2 ** 20;
// The most that a route takes; what is refused unread need not count for more.
const BODY_BYTES_MAX = 32 * 2 ** 20;
const isUpload = (path: string): boolean => path.startsWith("/v1/models/");

/** What decides how much a request counts for, as the router has read it. */
export interface WeighedRequest {
  /** Decoded, as it chose the route: a raw one has many spellings. */
  path: string;
  query: URLSearchParams;
  /** As Content-Length tells it; null where it does not. */
  content_length: string | null;
}

/**
 * Weighs a request by its path, query and told length, whatever its method, also where no route takes it.
 * @returns for how many requests it counts: a whole number, 1 or more
 */
export function weightOf({ path, query, content_length }: WeighedRequest): number {
  const own = Object.hasOwn(WEIGHTS, path) ? WEIGHTS[path](query) : 1;
  const bytes_max = isUpload(path) ? FILE_BYTES_MAX : BODY_BYTES_MAX;
  return own + begunMebibytesBeyondFirst(Number(content_length ?? 0), bytes_max);
}

function begunMebibytesBeyondFirst(bytes: number, bytes_max: number): number {
  // A length that is no number is refused when the body is read.
  if (!(bytes > 0)) return 0;
  return Math.ceil(Math.min(bytes, bytes_max) / BODY_BYTES_PER_REQUEST) - 1;
}

/**
 * For how many requests more a body counts that has turned out to be so long.
 * @param bytes that were read, unpacked
 * @param weighed bytes that have been counted already: at first what Content-Length told
 * @returns 0 while these bytes are counted
 */
export function weightBeyond(bytes: number, weighed: number): number {
  const of = (n: number) => begunMebibytesBeyondFirst(n, Infinity);
  return Math.max(0, of(bytes) - of(weighed));
}
