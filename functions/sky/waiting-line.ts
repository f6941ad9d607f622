/**
 * A short waiting line for requests whose work takes long. One of them works at a time in this isolate,
 * a few wait, of one tenant fewer than of all, and the others are refused. Inferences never stand in a
 * line, and go on beside it.
 *
 * A request that waits looks again and again: in workerd it cannot wait for another's promise. A request
 * whose client has left never says that it is done, so an entry that is not renewed is dropped.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { retryAfter } from "../retry-after.ts";

// A waiter looks again this often: short beside the work, and a timer of an isolate costs microseconds.
const LOOK_EVERY_MS = 10;
// A waiter that has not looked for so long is gone; a busy isolate may be late by some 100 ms.
const WAITER_GONE_MS = 2_000;

interface Entry {
  /** A tenant's id; null for an operator. */
  tenant: string | null;
  /** When the entry is dropped if it is not renewed; real clock, ms since 1970. */
  until: number;
}

/** One line of one isolate: the request that entered first works first. */
export class WaitingLine {
  readonly #says: string;
  readonly #waiting_max: number;
  readonly #of_one_max: number;
  readonly #wait_ms_max: number;
  readonly #work_ms_max: number;
  #entries: Entry[] = [];

  /**
   * @param limits `waiting_max` bounds how long a newcomer waits, `of_one_max` is how many of them may
   *   be one tenant's, so that no tenant fills the line, `wait_ms_max` bounds how long a newcomer holds
   *   its connection; work that is not done after `work_ms_max` counts as abandoned
   * @param says what is told to those who do not get their turn: a problem's detail
   */
  constructor(says: string, { waiting_max, of_one_max, wait_ms_max, work_ms_max }: {
    waiting_max: number;
    of_one_max: number;
    wait_ms_max: number;
    work_ms_max: number;
  }) {
    this.#says = says;
    this.#waiting_max = waiting_max;
    this.#of_one_max = of_one_max;
    this.#wait_ms_max = wait_ms_max;
    this.#work_ms_max = work_ms_max;
  }

  /**
   * Works when its turn has come, and rejects as `work` does. The next begins when that is done,
   * or after `work_ms_max`.
   * @param tenant whose work it is: a tenant's id; null for an operator
   * @throws ProblemError `overloaded`, with Retry-After, if `waiting_max` others wait already
   *   behind the one at work, or `of_one_max` of the same tenant, or if its turn has not come within `wait_ms_max`
   */
  async run<T>(tenant: string | null, work: () => Promise<T>): Promise<T> {
    const patient_until = Date.now() + this.#wait_ms_max;
    const entries = this.#current();
    const own = entries.slice(1).filter((other) => other.tenant === tenant);
    if (entries.length > this.#waiting_max || own.length >= this.#of_one_max) {
      throw this.#overloaded();
    }
    const entry = { tenant, until: Date.now() + WAITER_GONE_MS };
    this.#entries.push(entry);
    try {
      while (this.#current()[0] !== entry) {
        if (Date.now() >= patient_until) throw this.#overloaded();
        if (!this.#entries.includes(entry)) this.#entries.push(entry);
        entry.until = Date.now() + WAITER_GONE_MS;
        await scheduler.wait(LOOK_EVERY_MS);
      }
      entry.until = Date.now() + this.#work_ms_max;
      return await work();
    } finally {
      this.#entries = this.#entries.filter((other) => other !== entry);
    }
  }

  #overloaded(): ProblemError {
    return new ProblemError("overloaded", this.#says, { headers: retryAfter() });
  }

  #current(): Entry[] {
    const now = Date.now();
    return this.#entries = this.#entries.filter(({ until }) => until > now);
  }
}
