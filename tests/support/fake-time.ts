/**
 * Date.now() and workerd's scheduler.wait(), turned on by a test.
 * @module
 */

interface Timer {
  at: number;
  done: () => void;
}

export class FakeTime implements Disposable {
  /** While set, who begins to wait waits for ever, as a request does that its client has left. */
  isForgetful = false;
  #now = 1_000_000;
  readonly #timers: Timer[] = [];
  readonly #before = { now: Date.now, scheduler: Reflect.get(globalThis, "scheduler") };

  constructor() {
    Date.now = () => this.#now;
    Reflect.set(globalThis, "scheduler", { wait: (ms: number) => this.wait(ms) });
  }

  /** As scheduler.wait(). */
  wait(ms: number): Promise<void> {
    return new Promise((done) => {
      if (!this.isForgetful) this.#timers.push({ at: this.#now + ms, done });
    });
  }

  /** Lets so much time pass, and whoever wakes within it run. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await settled();
      this.#timers.sort((a, b) => a.at - b.at);
      const next = this.#timers[0];
      if (!next || next.at > until) break;
      this.#timers.shift();
      this.#now = Math.max(this.#now, next.at);
      next.done();
    }
    this.#now = until;
  }

  [Symbol.dispose](): void {
    Date.now = this.#before.now;
    Reflect.set(globalThis, "scheduler", this.#before.scheduler);
  }
}

/** All that can run now has run: promises go before the next task. */
const settled = () => new Promise<void>((done) => setTimeout(done));
