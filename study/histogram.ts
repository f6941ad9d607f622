/**
 * Counts by size on a logarithmic scale: percentiles of any number of values within 2 %, in some kilobytes.
 * @module
 */

const STEPS_PER_E = 25;
const LEAST = 1e-2;
const BUCKETS = 600;

/** How many values of each size there were. Plain JSON as `counts`. */
export class Histogram {
  readonly counts: number[];

  /** @param counts of a histogram that is taken up again */
  constructor(counts: readonly number[] = []) {
    this.counts = [...counts];
  }

  /** @param value above 0; what is smaller than 0.01 counts as that */
  add(value: number): void {
    const bucket = Math.ceil(Math.log(Math.max(value, LEAST) / LEAST) * STEPS_PER_E);
    const at = Math.min(bucket, BUCKETS);
    while (this.counts.length <= at) this.counts.push(0);
    this.counts[at]++;
  }

  get total(): number {
    return this.counts.reduce((a, b) => a + b, 0);
  }

  /**
   * A percentile by nearest rank, rounded up to the end of its bucket.
   * @param share 0..1
   * @returns null where nothing was counted
   */
  percentile(share: number): number | null {
    const { total } = this;
    if (total === 0) return null;
    let left = Math.max(1, Math.ceil(share * total));
    const at = this.counts.findIndex((count) => (left -= count) <= 0);
    return LEAST * Math.exp(at / STEPS_PER_E);
  }
}
