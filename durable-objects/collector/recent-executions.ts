/**
 * The executions that came to a collector lately, in memory: which run of an ask was here first.
 *
 * What was not here is as telling as what was, but only as far back as nothing has been forgotten. So a
 * mark stands for an instant, by no clock: who learned it before its ask began knows that every receipt of
 * that ask came after it.
 * @module
 */
import type { Execution } from "../../ledger/execution.ts";

// Two generations of these are kept: some 3 MB, of the 128 that the object shares with others.
const GENERATION = 1_000;

/** The executions of two generations. */
export class RecentExecutions {
  readonly #instance: string;
  #generation = 0;
  #young = new Map<string, Execution>();
  #old = new Map<string, Execution>();

  /** @param instance random: no collector, before or after a crash, has the same */
  constructor(instance: string) {
    this.#instance = instance;
  }

  /** Stands for now, for isCoveredSince(). */
  get mark(): string {
    return `${this.#instance}/${this.#generation}`;
  }

  /** Notes an execution, unless one of its id is known. */
  note(execution: Execution): void {
    const { id } = execution.receipt;
    if (this.find(id)) return;
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#generation++;
    }
    this.#young.set(id, execution);
  }

  /** Notes which execution of an id the ledger has, whatever was noted before. */
  correct(execution: Execution): void {
    const { id } = execution.receipt;
    this.#young.delete(id);
    this.#old.delete(id);
    this.note(execution);
  }

  /** The first that came of an id. */
  find(id: string): Execution | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  /**
   * Whether everything that came since a mark is still known.
   * @param mark null: since ever
   */
  isCoveredSince(mark: string | null): boolean {
    return [0, 1].some((ago) => mark === `${this.#instance}/${this.#generation - ago}`);
  }
}
