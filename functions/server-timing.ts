/**
 * The measured steps of a request, for the header `Server-Timing`.
 * The platform's clock has a resolution of 1 ms, and on Cloudflare stands still while code runs.
 * Why not Hono's timing: a step of it needs the framework's context, which code below the handlers does
 * not know (context.ts), and it rounds every duration to a tenth of a millisecond.
 * @module
 */

import { ProblemError } from "../contract/problem.ts";
import type { Span } from "../telemetry/span.ts";

/** The steps of one request; its time starts at the construction. */
export class ServerTiming {
  readonly #started = performance.now();
  readonly #steps: [string, number][] = [];
  readonly #span: Span | null;

  /** @param span of the request, whose steps become spans, too; null where its trace is not recorded */
  constructor(span: Span | null) {
    this.#span = span;
  }

  /**
   * Runs a step and notes how long it took, whether it fails or not.
   * @param name of the step, a token of RFC 9110
   * @param step is given its own span; null where the trace is not recorded
   */
  async measure<T>(name: string, step: (span: Span | null) => Promise<T>): Promise<T> {
    const from = performance.now();
    const span = this.#span && this.#span.child(name);
    try {
      return await step(span);
    } catch (error) {
      span?.fail(kindOf(error));
      throw error;
    } finally {
      this.#steps.push([name, performance.now() - from]);
      span?.end();
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

/** A problem's code, or an error's name: few words, and nothing that a caller wrote. */
function kindOf(error: unknown): string {
  if (error instanceof ProblemError) return error.code;
  return error instanceof Error ? error.name : "unknown";
}
