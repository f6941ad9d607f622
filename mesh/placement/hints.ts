/**
 * What an isolate has learnt of nodes that were touched: the last digest of each.
 * A hint saves a knock at a closed door. It is never the last word: the node decides.
 * @module
 */
import type { Refusal } from "../node/admit.ts";

/** What a node says of itself with every answer. Instants on the mesh clock. */
export interface Digest {
  node: string;
  at_ms: number;
  busy_until_ms: number;
  /** 0..1 of the battery. */
  state_of_charge: number;
  temperature_k: number;
  /** Why it would refuse, and when it is worth asking again. */
  refusing: { refusal: Refusal; until_ms: number } | null;
}

// A digest older than this says nothing: any queue a node accepts has drained, any heat has gone.
const HINT_AGE_MAX_MS = 600_000;

export class Hints {
  /** 1 where there is a hint: lets the hot path pass over untouched nodes with one byte read. */
  readonly touched: Uint8Array;
  readonly #digests = new Map<number, Digest>();

  constructor(count: number) {
    this.touched = new Uint8Array(count);
  }

  /** Keeps the newer of two: answers can overtake each other. */
  note(index: number, digest: Digest): void {
    const known = this.#digests.get(index);
    if (known && known.at_ms > digest.at_ms) return;
    this.#digests.set(index, digest);
    this.touched[index] = 1;
  }

  of(index: number): Digest | undefined {
    return this.touched[index] ? this.#digests.get(index) : undefined;
  }

  /** Drops what says nothing any more, so that memory follows the traffic of minutes, not of days. */
  forget(now_ms: number): void {
    for (const [index, digest] of this.#digests) {
      const until = Math.max(digest.busy_until_ms, digest.refusing?.until_ms ?? 0, digest.at_ms);
      if (until + HINT_AGE_MAX_MS > now_ms) continue;
      this.#digests.delete(index);
      this.touched[index] = 0;
    }
  }

  /** Every digest held: for views of the fleet. */
  all(): IterableIterator<[number, Digest]> {
    return this.#digests.entries();
  }
}
