/**
 * When a client that was turned away should come again.
 * @module
 */

// Queues empty and objects come back within seconds.
const RETRY_MS = 2_000;
// Some clients ignore a longer wait, others obey any.
const RETRY_MS_MAX = 30_000;

/** Whole seconds, 1 to 30. @param ms 2 s unless somebody knows better */
export function retryAfter(ms = RETRY_MS): { "Retry-After": string } {
  return { "Retry-After": String(Math.ceil(capped(ms) / 1e3)) };
}

/** The same, and in milliseconds, which OpenAI's clients prefer. */
export function retryAfterMs(ms: number): Record<string, string> {
  return { ...retryAfter(ms), "retry-after-ms": String(capped(ms)) };
}

const capped = (ms: number): number => Math.max(1, Math.min(RETRY_MS_MAX, Math.ceil(ms)));
