/**
 * telemetry-anomaly once more: one window, by sorting it (docs/models.md).
 * In float64, except that medians and distances are rounded to float32 as the graph's are: whether
 * a MAD is exactly 0 decides which formula holds.
 * @module
 */

export function plainScores(window: readonly number[]): number[] {
  const known = window.filter((x) => Math.abs(x) <= 1e30);
  if (known.length === 0) return window.map(() => 0);
  const center = median(known);
  const distances = known.map((x) => Math.fround(x - center));
  const mad = median(distances.map(Math.abs));
  const meanAd = distances.reduce((sum, d) => sum + Math.abs(d), 0) / known.length;
  return window.map((x) => {
    if (!(Math.abs(x) <= 1e30)) return 0;
    const distance = Math.fround(x - center);
    if (distance === 0) return 0;
    const score = mad > 0 ? 0.6745 * distance / mad : distance / (1.253314 * meanAd);
    return Math.max(-1e9, Math.min(1e9, score));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : Math.fround(sorted[middle - 1] / 2 + sorted[middle] / 2);
}
