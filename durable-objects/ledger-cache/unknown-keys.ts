/**
 * Keeps made-up keys from the ledger. If the ledger has just said that it does not know a key, it is not
 * asked for that key again for UNKNOWN_MS. For keys that this object has never seen, the ledger is asked
 * NEW_PER_MINUTE times a minute at most.
 * All of this is in memory alone: after a restart the ledger is asked once more for each key.
 * Not its job: keys that are known (stale-if-error.ts).
 * @module
 */
import { type Bucket, fill } from "../../mesh/billing/rate.ts";

// A key that was put into the ledger without the API opens after this time at the latest.
const UNKNOWN_MS = 2_000;
// A flood must not fill the object's memory: a hash and a number take some 200 bytes.
const UNKNOWN_MAX = 10_000;
// A flood of new keys must not become a flood of queries of the ledger. Fewer tenants than this show
// their key for the first time. It is the limit of one object; a region has four.
const NEW_PER_MINUTE = 300;
// How many made keys are remembered. The oldest is forgotten first: it was most likely shown by then.
const ANNOUNCED_MAX = 1_000;

export class UnknownKeys {
  readonly #until = new Map<string, number>();
  readonly #announced = new Set<string>();
  #new: Bucket = { tokens: NEW_PER_MINUTE, filled_at_ms: -Infinity };

  /** Notes that a key was made: the ledger is asked for it whenever it is shown, also in a flood. */
  announce(name: string): void {
    this.#until.delete(name);
    if (this.#announced.size >= ANNOUNCED_MAX) {
      this.#announced.delete(this.#announced.values().next().value!);
    }
    this.#announced.add(name);
  }

  /** Notes that the ledger does not know a key. */
  note(name: string, now_ms: number): void {
    // The ledger may have been asked just before the key was made.
    if (this.#announced.has(name)) return;
    if (this.#until.size >= UNKNOWN_MAX) this.#until.clear();
    this.#until.set(name, now_ms + UNKNOWN_MS);
  }

  /** Whether the ledger has said within UNKNOWN_MS that it does not know a key. */
  has(name: string, now_ms: number): boolean {
    const left = (this.#until.get(name) ?? -Infinity) - now_ms;
    // If more than UNKNOWN_MS is left, the clock has jumped back: that must not keep a key out.
    return left > 0 && left <= UNKNOWN_MS;
  }

  /** Whether the ledger may be asked for a key that this object has never seen. */
  admits(name: string, now_ms: number): boolean {
    if (this.#announced.has(name)) return true;
    const { tokens, filled_at_ms } = fill(this.#new, NEW_PER_MINUTE, now_ms);
    this.#new = { tokens: tokens >= 1 ? tokens - 1 : tokens, filled_at_ms };
    return tokens >= 1;
  }
}
