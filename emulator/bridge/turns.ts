/**
 * Lets one pipeline run in each turn of the event loop: several that came together would all be answered
 * after the last of them, and their client would wait for the ledger and the ledger for its client, in
 * turns (benches/drain.ts).
 *
 * By messages: a timer waits a millisecond, and setImmediate() before an answer crashes Deno 2.9.6 when
 * the server shuts down meanwhile.
 * @module
 */

export class Turns {
  readonly #channel = new MessageChannel();
  readonly #waiting: (() => void)[] = [];

  constructor() {
    this.#channel.port1.onmessage = () => this.#waiting.shift()?.();
  }

  /** Resolves in a turn of its own, in the order of the calls; after end(), never. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#channel.port2.postMessage(null);
    });
  }

  /** Whoever has called next() before has had its turn when this resolves. */
  async end(): Promise<void> {
    await this.next();
    this.#channel.port1.close();
    this.#channel.port2.close();
  }
}
