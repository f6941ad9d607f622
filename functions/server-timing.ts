/**
 * The measured steps of a request, for the header `Server-Timing`.
 * The platform's clock has a resolution of 1 ms, and on Cloudflare stands still while code runs.
 * @module
 */

export class ServerTiming {
  readonly #started = performance.now();
  readonly #steps: [string, number][] = [];

  /** Runs a step and notes how long it took, whether it fails or not. */
  async measure<T>(name: string, step: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await step();
    } finally {
      this.#steps.push([name, performance.now() - from]);
    }
  }

  /** Milliseconds since the request arrived. */
  total(): number {
    return performance.now() - this.#started;
  }

  header(): string {
    return [...this.#steps, ["total", this.total()] as const]
      .map(([name, ms]) => `${name};dur=${ms}`).join(", ");
  }
}
