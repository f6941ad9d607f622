/**
 * How long a placement takes, measured with a clock that is too coarse for one of them.
 *
 * The platform's clock has a resolution of 1 ms, a placement takes some 20 µs. The clock
 * ticks during one of fifty, so the mean over many is right though no single measurement is. On
 * Cloudflare the clock stands still while code runs: then nothing is measured, and the mean is null.
 * @module
 */
import { register } from "../../telemetry/metrics.ts";

let placements = 0;
let elapsed_ms = 0;

register({
  name: "perigee_placement_seconds",
  type: "summary",
  help: "Time of placements; 0 on Cloudflare, where the clock stands still while code runs.",
  samples: () => [
    { suffix: "_sum", value: elapsed_ms / 1e3 },
    { suffix: "_count", value: placements },
  ],
});

/**
 * Runs one placement and adds its time to the mean.
 * @param place synchronous
 */
export function measurePlacement<T>(place: () => T): T {
  const from = performance.now();
  const result = place();
  elapsed_ms += performance.now() - from;
  placements++;
  return result;
}

/**
 * The mean of this isolate so far.
 * @returns microseconds; null while the clock has never moved during a placement
 */
export const placeMicroseconds = (): number | null =>
  elapsed_ms > 0 ? elapsed_ms * 1e3 / placements : null;
