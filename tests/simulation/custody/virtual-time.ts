/**
 * Time that only passes when somebody asks for it: events in a heap, run one by one, each to its end.
 * The same seed gives the same order of everything, so a failure can be run again.
 * @module
 */
import { setImmediate } from "node:timers";

interface Event {
  at: number;
  /** Breaks ties, so that the heap has one order. */
  number: number;
  run: () => unknown;
}

/** Lets all promises that an event has settled go as far as they can. */
export type Drain = () => Promise<void>;

// Promises of ours are at most a dozen deep; a test holds this to a full drain.
const TICKS = 32;
export const byTicks: Drain = async () => {
  for (let tick = 0; tick < TICKS; tick++) await null;
};
export const byMacrotask: Drain = () => new Promise((resolve) => setImmediate(resolve));

export class VirtualTime {
  now = 0;
  readonly #drain: Drain;
  readonly #heap: Event[] = [];
  #events = 0;
  #hash = 0x811c9dc5;
  #failure: Error | undefined;

  constructor(drain: Drain = byTicks) {
    this.#drain = drain;
  }

  get events(): number {
    return this.#events;
  }

  /** Of all that was traced so far: equal for equal runs. */
  get traceHash(): string {
    return this.#hash.toString(16);
  }

  /** Ends the run: what happens inside of an event has no other caller to throw at. */
  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  trace(text: string): void {
    const line = `${this.now} ${text}\n`;
    for (let i = 0; i < line.length; i++) {
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193) >>> 0;
    }
  }

  after(ms: number, run: () => unknown): void {
    const event = { at: this.now + Math.max(0, Math.round(ms)), number: this.#events++, run };
    const heap = this.#heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = event;
  }

  async runUntil(end: number): Promise<void> {
    while (this.#heap.length > 0 && this.#heap[0].at <= end) {
      const event = this.#pop();
      this.now = event.at;
      event.run();
      await this.#drain();
      if (this.#failure) throw this.#failure;
    }
    this.now = end;
  }

  #pop(): Event {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

const isBefore = (a: Event, b: Event): boolean =>
  a.at < b.at || (a.at === b.at && a.number < b.number);
