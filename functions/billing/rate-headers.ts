/**
 * What a client reads of its rate: the IETF's `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers)
 * and those that OpenAI's clients know.
 * @module
 */
import type { Rate } from "../../mesh/billing/lease.ts";

// Some clients ignore a longer wait, others obey any.
const RETRY_MS_MAX = 30_000;

export function rateHeaders(rate: Rate | null): Record<string, string> {
  if (!rate) return {};
  const { requests_per_minute, left, next_ms, full_ms } = rate;
  // As the draft has it: seconds until more are there, which of a full rate is none.
  const reset = left < requests_per_minute ? Math.ceil((left > 0 ? full_ms : next_ms) / 1e3) : 0;
  return {
    "RateLimit-Policy": `"requests";q=${requests_per_minute};w=60`,
    "RateLimit": `"requests";r=${left};t=${reset}`,
    "x-ratelimit-limit-requests": String(requests_per_minute),
    "x-ratelimit-remaining-requests": String(left),
    "x-ratelimit-reset-requests": `${full_ms / 1e3}s`,
  };
}

/** When to come again: whole seconds, 1 to 30, and the same in milliseconds. */
export function resetHeaders(ms: number): Record<string, string> {
  const capped = Math.max(1, Math.min(RETRY_MS_MAX, Math.ceil(ms)));
  return {
    "Retry-After": String(Math.ceil(capped / 1e3)),
    "retry-after-ms": String(capped),
  };
}
