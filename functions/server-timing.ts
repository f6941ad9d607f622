/**
 * The measured steps of a request, for the header `Server-Timing`.
 * The platform's clock has a resolution of 1 ms, and on Cloudflare stands still while code runs.
 * Why not Hono's timing: a step of it needs the framework's context, which code below the handlers does
 * not know (context.ts), and it rounds every duration to a tenth of a millisecond.
 * @module
 */

/** The steps of one request; its time starts at the construction. */
export class ServerTiming {
  readonly #started = performance.now();
  readonly #steps: [string, number][] = [];

  /**
   * Runs a step and notes how long it took, whether it fails or not.
   * @param name of the step, a token of RFC 9110
   */
  async measure<T>(name: string, step: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await step();
    } finally {
      this.#steps.push([name, performance.now() - from]);
    }
  }

  /**
   * The time since the request arrived.
   * @returns real milliseconds
   */
  total(): number {
    return performance.now() - this.#started;
  }

  /**
   * The value of `Server-Timing` (W3C), with all steps and the total.
   * @returns durations in ms
   */
  header(): string {
    return [...this.#steps, ["total", this.total()] as const]
      .map(([name, ms]) => `${name};dur=${ms}`).join(", ");
  }
}
