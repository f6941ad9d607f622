/**
 * The k best nodes seen so far, by score and then by index, so that a tie has one answer.
 * @module
 */

/** A list of nodes of bounded length, kept in order. */
export class Best {
  /** Node indices and their scores, best first; only the first `size` hold. */
  readonly found: Int32Array;
  readonly scores: Float64Array;
  size = 0;
  /** How many it holds. */
  readonly k: number;

  /** @param k how many it is to hold at most */
  constructor(k: number) {
    this.k = k;
    this.found = new Int32Array(k);
    this.scores = new Float64Array(k);
  }

  /** Forgets all nodes. */
  clear(): void {
    this.size = 0;
  }

  /**
   * The score that a node must beat to come in.
   * @returns Infinity while there is room
   */
  bar(): number {
    return this.size === this.k ? this.scores[this.k - 1] : Infinity;
  }

  /**
   * Takes a node in if its score is among the k best; one of Infinity never is.
   * @param index the node's
   * @param score less is better, in the caller's unit
   */
  add(index: number, score: number): void {
    if (score === Infinity) return;
    const { found, scores } = this;
    let slot = this.size;
    if (slot === this.k) {
      const last = this.k - 1;
      if (score > scores[last] || (score === scores[last] && index > found[last])) return;
      slot = last;
    } else {
      this.size++;
    }
    while (
      slot > 0 &&
      (scores[slot - 1] > score || (scores[slot - 1] === score && found[slot - 1] > index))
    ) {
      scores[slot] = scores[slot - 1];
      found[slot] = found[slot - 1];
      slot--;
    }
    scores[slot] = score;
    found[slot] = index;
  }

  /**
   * Takes a node out, if it is in: its score is about to change.
   * @param index the node's
   */
  remove(index: number): void {
    const at = this.found.subarray(0, this.size).indexOf(index);
    if (at < 0) return;
    this.found.copyWithin(at, at + 1, this.size);
    this.scores.copyWithin(at, at + 1, this.size);
    this.size--;
  }
}
