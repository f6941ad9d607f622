/**
 * How long a placement takes, measured with a clock that cannot see it.
 *
 * The platform's clock has a resolution of 1 ms, a placement takes some 20 µs. It falls on a tick in
 * one case of fifty, so the mean over many is right though no single one is. On Cloudflare the
 * clock stands still while code runs: nothing can be measured, and null says so.
 * @module
 */

let placements = 0;
let elapsed_ms = 0;

export function measurePlacement<T>(place: () => T): T {
  const from = performance.now();
  const result = place();
  elapsed_ms += performance.now() - from;
  placements++;
  return result;
}

/** Mean of this isolate so far, in microseconds; null until the clock has been seen to move. */
export const placeMicroseconds = (): number | null =>
  elapsed_ms > 0 ? elapsed_ms * 1e3 / placements : null;
