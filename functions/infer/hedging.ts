/**
 * When a realtime ask is late, and how many of an isolate's asks may be hedged.
 *
 * A node's promise is modelled: when its NPU will have done the run. What else an answer takes, the way
 * through the network and the computing itself, is measured, by how long answers of the same model took
 * beyond their promise. Their median tells it: a node in twenty that is slow does not move it.
 * Pure: the real time and what was measured come in as arguments.
 * @module
 */

// Of the last answers of one model; the median of a few says little.
const ANSWERS = 32;
const ANSWERS_MIN = 8;
// So many times the median beyond the promise is late: of sound nodes few are.
const MEDIANS = 3;
// Timers and a busy machine are this coarse: what is late by less would be hedged in vain.
const LATE_MS_MIN = 20;
// Before anything was measured: a first answer compiles the model.
const LATE_MS_UNKNOWN = 1_000;
// Names of models come from tenants; who was asked longest ago is forgotten first.
const MODELS_MAX = 1_000;

/** How late answers come in one isolate. */
export class Lateness {
  readonly #answers = new Map<string, { beyond_ms: number[]; next: number; late_ms: number }>();

  /**
   * Notes an answer.
   * @param beyond_ms how long it took, less what was promised; real ms
   */
  note(model: string, beyond_ms: number): void {
    const known = this.#answers.get(model);
    const answers = known ?? { beyond_ms: [], next: 0, late_ms: LATE_MS_UNKNOWN };
    if (!known) {
      if (this.#answers.size >= MODELS_MAX) {
        this.#answers.delete(this.#answers.keys().next().value!);
      }
      this.#answers.set(model, answers);
    }
    answers.beyond_ms[answers.next] = Math.max(0, beyond_ms);
    answers.next = (answers.next + 1) % ANSWERS;
    // Every eighth time: sorting costs more than all else here.
    if (answers.next % ANSWERS_MIN === 0) {
      const sorted = [...answers.beyond_ms].sort((a, b) => a - b);
      answers.late_ms = Math.max(LATE_MS_MIN, MEDIANS * sorted[sorted.length >> 1]);
    }
  }

  /** How long after its promise an answer of this model is late, real ms. */
  allowance(model: string): number {
    return this.#answers.get(model)?.late_ms ?? LATE_MS_UNKNOWN;
  }
}

// A pause must not save up hedges for a rush in which everything is late.
const SAVED_MAX = 10;

/** How many asks may be hedged: a share of those that could be. */
export class HedgeBudget {
  /** A new isolate has one for its first asks. */
  #saved = 1;

  /** Counts an ask that may be hedged. @param share 0..1 */
  ask(share: number): void {
    this.#saved = Math.min(SAVED_MAX, this.#saved + share);
  }

  /** Takes a hedge out of what asks have saved. @returns false if there is none */
  take(): boolean {
    if (this.#saved < 1) return false;
    this.#saved--;
    return true;
  }
}
