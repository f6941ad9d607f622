/**
 * What an isolate has learnt of nodes that were touched: the last digest of each.
 * A hint saves asking a node that would refuse. It is not the last word: the node decides.
 * @module
 */
import type { Refusal } from "../node/admit.ts";
import type { Digest } from "../node/digest.ts";

// A digest older than this says nothing: any queue a node accepts has drained, any heat has gone.
const HINT_AGE_MAX_MS = 600_000;

/**
 * How a node was taken out of service. `drained`: it does what it has taken on and takes nothing new.
 * `failed`: it drops the asks that wait as well, and finishes only the run that has begun.
 */
export type OutOfService = "drained" | "failed";

/** The last digest of each node that this isolate has heard from, and which nodes are out of service. */
export class Hints {
  /** With a digest or out of service: one look tells of nearly every node that nothing is known. */
  readonly #touched = new Set<number>();
  readonly #digests = new Map<number, Digest>();
  /** Nodes with a board attached, by index, as far as the isolate has heard. */
  boards: ReadonlySet<number> = new Set();
  #outOfService: ReadonlyMap<number, OutOfService> = new Map();

  /**
   * Whether anything is known of a node but what can be computed of all.
   * @param index the node's, in the constellation
   * @returns true if it has answered here, or is out of service
   */
  isTouched(index: number): boolean {
    return this.#touched.has(index);
  }

  /**
   * Keeps a node's digest unless a newer one is known: answers can overtake each other.
   * @param index the node's, in the constellation
   */
  note(index: number, digest: Digest): void {
    const known = this.#digests.get(index);
    if (known && known.at_ms > digest.at_ms) return;
    // The last to be heard from stands last.
    if (known) this.#digests.delete(index);
    this.#digests.set(index, digest);
    this.#touched.add(index);
  }

  /**
   * The last digest of a node.
   * @param index the node's, in the constellation
   * @returns undefined for a node that has not answered here, or not for ten minutes
   */
  of(index: number): Digest | undefined {
    return this.#digests.get(index);
  }

  /**
   * Forgets what a node has said.
   * @param index the node's, in the constellation
   */
  drop(index: number): void {
    this.#digests.delete(index);
    if (!this.#outOfService.has(index)) this.#touched.delete(index);
  }

  /**
   * Why a node would refuse at an instant, as far as is known.
   * @param index the node's, in the constellation
   * @param at ms since 1970, mesh clock
   * @returns null if nothing that is known speaks against asking it
   */
  refusal(index: number, at: number): Refusal | null {
    if (this.#outOfService.has(index)) return "gone";
    const refusing = this.of(index)?.refusing;
    return refusing && at < refusing.until_ms ? refusing.refusal : null;
  }

  /** The nodes that were taken out of service, all of them; what was set before is void. */
  set outOfService(nodes: ReadonlyMap<number, OutOfService>) {
    const before = this.#outOfService;
    this.#outOfService = nodes;
    for (const index of before.keys()) if (!this.#digests.has(index)) this.#touched.delete(index);
    for (const index of nodes.keys()) this.#touched.add(index);
  }

  /** The nodes that are out of service, by index. */
  get outOfService(): ReadonlyMap<number, OutOfService> {
    return this.#outOfService;
  }

  /**
   * Drops digests that say nothing any more, so that memory follows the traffic of minutes, not of days.
   * Looks at those that were heard from longest ago, and at as many of them as it must.
   * @param now_ms since 1970, mesh clock
   */
  forget(now_ms: number): void {
    for (const [index, digest] of this.#digests) {
      if (digest.at_ms + HINT_AGE_MAX_MS > now_ms) return;
      const free = Math.max(...Object.values(digest.free_ms));
      const until = Math.max(free, digest.refusing?.until_ms ?? 0, digest.at_ms);
      if (until + HINT_AGE_MAX_MS > now_ms) continue;
      this.drop(index);
    }
  }

  /** Lists every digest held, by its node's index. */
  all(): IterableIterator<[number, Digest]> {
    return this.#digests.entries();
  }
}
