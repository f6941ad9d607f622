/**
 * The headers that tell a client of its rate: the IETF's `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers)
 * and those that OpenAI's clients know.
 * @module
 */
import type { Rate } from "../../mesh/billing/lease.ts";

/**
 * Writes a rate as headers.
 * @returns name to value; empty without a rate
 */
export function rateHeaders(rate: Rate | null): Record<string, string> {
  if (!rate) return {};
  const { requests_per_minute, left, next_ms, full_ms } = rate;
  // The draft's `t`: seconds until the rate is full again or, where nothing is left, until the next
  // request is let in. A rate that is full waits for nothing: 0.
  const reset = left < requests_per_minute ? Math.ceil((left > 0 ? full_ms : next_ms) / 1e3) : 0;
  return {
    "RateLimit-Policy": `"requests";q=${requests_per_minute};w=60`,
    "RateLimit": `"requests";r=${left};t=${reset}`,
    "x-ratelimit-limit-requests": String(requests_per_minute),
    "x-ratelimit-remaining-requests": String(left),
    "x-ratelimit-reset-requests": `${full_ms / 1e3}s`,
  };
}
