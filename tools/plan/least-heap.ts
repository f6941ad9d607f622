/**
 * A binary heap: the least comes first.
 * @module
 */

/** Items by a number that each has. */
export class LeastHeap<T> {
  readonly #by: (item: T) => number;
  readonly #items: T[] = [];

  constructor(by: (item: T) => number) {
    this.#by = by;
  }

  clear(): void {
    this.#items.length = 0;
  }

  add(item: T): void {
    const items = this.#items;
    const key = this.#by(item);
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#by(items[parent]) <= key) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  /** The item of the least number; undefined where there is none. */
  take(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    const key = this.#by(last);
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#by(items[child + 1]) < this.#by(items[child])) child++;
      if (this.#by(items[child]) >= key) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return first;
  }
}
