/**
 * The marks that collectors give (durable-objects/collector/recent-executions.ts), and which of them were
 * known before an ask began: counted, not timed, as no clock of an isolate is sure.
 * @module
 */

/** The marks of all collectors that one isolate has heard of: a few in each region. */
export class CollectorMarks {
  readonly #marks = new Map<string, { mark: string; learned: number }>();
  #learned = 0;

  /** Stands for now: an ask takes it before it is first sent. */
  get now(): number {
    return this.#learned;
  }

  /**
   * The mark of a collector.
   * @param since `now` before the ask could first leave a receipt; null: that was long ago
   * @returns null if none was known by then
   */
  of(collector: string, since: number | null): string | null {
    const known = this.#marks.get(collector);
    return known && since !== null && known.learned <= since ? known.mark : null;
  }

  /** Keeps what a collector says now. */
  learn(collector: string, mark: string): void {
    if (this.#marks.get(collector)?.mark === mark) return;
    this.#marks.set(collector, { mark, learned: ++this.#learned });
  }
}
