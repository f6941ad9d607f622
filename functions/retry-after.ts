/**
 * When a client that was turned away should come again.
 * @module
 */

// Queues empty and objects come back within seconds.
const RETRY_MS = 2_000;
// Some clients ignore a longer wait, others obey any.
const RETRY_MS_MAX = 30_000;

/**
 * The header Retry-After: whole seconds, 1 to 30.
 * @param ms how long to wait, rounded up
 */
export function retryAfter(ms = RETRY_MS): { "Retry-After": string } {
  return { "Retry-After": String(Math.ceil(capped(ms) / 1e3)) };
}

/**
 * The header Retry-After, and `retry-after-ms`, which OpenAI's clients prefer.
 * @param ms how long to wait; 1 to 30,000 is kept as it is
 * @returns name to value
 */
export function retryAfterMs(ms: number): Record<string, string> {
  return { ...retryAfter(ms), "retry-after-ms": String(capped(ms)) };
}

const capped = (ms: number): number => Math.max(1, Math.min(RETRY_MS_MAX, Math.ceil(ms)));
