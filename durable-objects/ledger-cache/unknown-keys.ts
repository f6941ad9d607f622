/**
 * Keeps made-up keys from the ledger: one of which it has just said that it does not know it is not asked
 * for again at once, and of keys that were never seen only so many are asked for.
 * In memory alone: after a restart each is asked for once more.
 * Not its job: keys that are known (stale-if-error.ts).
 * @module
 */
import { type Bucket, fill } from "../../mesh/billing/rate.ts";

// A key that was put into the ledger by other means than the API opens within as long.
const UNKNOWN_MS = 2_000;
// A flood must not fill the object's memory: a hash and a number take some 200 bytes.
const UNKNOWN_MAX = 10_000;
// A flood of ever new keys must not become one of the ledger's queries; tenants who come for the first
// time in a day are fewer. Of one object, of which a region has four.
const NEW_PER_MINUTE = 300;
// Made lately and not shown yet.
const ANNOUNCED_MAX = 1_000;

export class UnknownKeys {
  readonly #until = new Map<string, number>();
  readonly #announced = new Set<string>();
  #new: Bucket = { tokens: NEW_PER_MINUTE, filled_at_ms: -Infinity };

  /** There is such a key from now on: it is asked for whenever it is shown, whatever else is. */
  announce(name: string): void {
    this.#until.delete(name);
    if (this.#announced.size >= ANNOUNCED_MAX) {
      this.#announced.delete(this.#announced.values().next().value!);
    }
    this.#announced.add(name);
  }

  /** The ledger does not know it. */
  note(name: string, now_ms: number): void {
    // It may have been asked a moment before the key was made.
    if (this.#announced.has(name)) return;
    if (this.#until.size >= UNKNOWN_MAX) this.#until.clear();
    this.#until.set(name, now_ms + UNKNOWN_MS);
  }

  /** Whether the ledger has said so a moment ago. */
  has(name: string, now_ms: number): boolean {
    const left = (this.#until.get(name) ?? -Infinity) - now_ms;
    // At most so far ahead: a clock that jumps back must not keep a key out.
    return left > 0 && left <= UNKNOWN_MS;
  }

  /** Whether the ledger may be asked for one that was never seen. */
  admits(name: string, now_ms: number): boolean {
    if (this.#announced.has(name)) return true;
    const { tokens, filled_at_ms } = fill(this.#new, NEW_PER_MINUTE, now_ms);
    this.#new = { tokens: tokens >= 1 ? tokens - 1 : tokens, filled_at_ms };
    return tokens >= 1;
  }
}
