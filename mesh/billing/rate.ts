/**
 * A token bucket: as many requests at once as a minute allows, refilled evenly.
 * The bucket fills by how far the clock has moved forward since it was last looked at, and holds
 * one minute's requests at most: a clock that jumps ahead gives those, one that jumps back gives
 * none.
 * @module
 */
import type { Rate } from "./lease.ts";

const MINUTE_MS = 60_000;

/** A tenant's bucket, as it was when it was last looked at. */
export interface Bucket {
  /** Requests left, in fractions. */
  tokens: number;
  filled_at_ms: number;
}

/**
 * Brings a bucket to now.
 * @param requests_per_minute the rate, and the most that it holds
 * @param now_ms of any clock, always the same one
 */
export function fill(
  { tokens, filled_at_ms }: Bucket,
  requests_per_minute: number,
  now_ms: number,
): Bucket {
  const elapsed = Math.max(0, now_ms - filled_at_ms);
  const filled = tokens + elapsed * requests_per_minute / MINUTE_MS;
  return { tokens: Math.min(requests_per_minute, filled), filled_at_ms: now_ms };
}

/**
 * Says how a rate stands.
 * @param tokens left in the bucket
 * @param requests_per_minute above 0
 */
export function rateOf(tokens: number, requests_per_minute: number): Rate {
  const left = Math.floor(tokens);
  const msFor = (requests: number) =>
    Math.max(0, Math.ceil(requests * MINUTE_MS / requests_per_minute));
  return {
    requests_per_minute,
    left,
    next_ms: msFor(left + 1 - tokens),
    full_ms: msFor(requests_per_minute - tokens),
  };
}
