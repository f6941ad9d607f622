/**
 * Retry-After at the ends of its span.
 * @module
 */
import assert from "node:assert/strict";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const MODULE = "../../../functions/retry-after.ts";
const { retryAfter, retryAfterMs } = await import(MODULE) as {
  retryAfter(ms?: number): Record<string, string>;
  retryAfterMs(ms: number): Record<string, string>;
};

Deno.test("retryAfter() gives whole seconds, rounded up, from 1 to 30, and 2 where nobody knows", () => {
  const seconds = [undefined, -5, 0, 1, 1_000, 1_000.5, 29_999, 30_001, 1e9].map((ms) =>
    retryAfter(ms)["Retry-After"]
  );
  assert.deepEqual(seconds, ["2", "1", "1", "1", "1", "2", "30", "30", "30"]);
});

Deno.test("retryAfterMs() gives the same wait in both headers", () => {
  assert.deepEqual(retryAfterMs(0), { "Retry-After": "1", "retry-after-ms": "1" });
  assert.deepEqual(retryAfterMs(1_000.5), { "Retry-After": "2", "retry-after-ms": "1001" });
  assert.deepEqual(retryAfterMs(1e9), { "Retry-After": "30", "retry-after-ms": "30000" });
});
