/**
 * Which node is to be looked at next, and when: a binary heap by instant, then by the node's index, so that
 * a checkpoint need not hold its order.
 * @module
 */

/** Nodes by the instants at which they are due. A node may stand in it more than once. */
export class DueNodes {
  readonly #at: number[] = [];
  readonly #node: number[] = [];

  /** The first instant, ms since 1970; Infinity: nobody is due. */
  get first(): number {
    return this.#at.length > 0 ? this.#at[0] : Infinity;
  }

  /** Adds a node. @param at ms since 1970 */
  add(at: number, node: number): void {
    let i = this.#at.length;
    this.#at.push(at);
    this.#node.push(node);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#isBefore(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** Takes the first node out. @returns its index; -1 if nobody is due */
  take(): number {
    if (this.#at.length === 0) return -1;
    const [node] = this.#node;
    const last = this.#at.length - 1;
    this.#swap(0, last);
    this.#at.pop();
    this.#node.pop();
    for (let i = 0;;) {
      const left = 2 * i + 1;
      if (left >= last) break;
      const child = left + 1 < last && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, i)) break;
      this.#swap(i, child);
      i = child;
    }
    return node;
  }

  #isBefore(a: number, b: number): boolean {
    const at = this.#at;
    return at[a] < at[b] || (at[a] === at[b] && this.#node[a] < this.#node[b]);
  }

  #swap(a: number, b: number): void {
    [this.#at[a], this.#at[b]] = [this.#at[b], this.#at[a]];
    [this.#node[a], this.#node[b]] = [this.#node[b], this.#node[a]];
  }
}
