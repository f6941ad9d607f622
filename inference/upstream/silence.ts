/**
 * Aborts an ask whose engine has been silent for too long: a hop that hangs must not hold a node, a
 * budget and a caller.
 * @module
 */
import { UpstreamFailure } from "./upstream.ts";

const AGAIN_MS = 5_000;

/** Watches one hop. */
export class Silence {
  readonly #controller = new AbortController();
  readonly #ms: number;
  readonly #outer: AbortSignal;
  readonly #gone = () => this.#controller.abort(this.#outer.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param outer aborts the hop, too */
  constructor(ms: number, outer: AbortSignal) {
    this.#ms = ms;
    this.#outer = outer;
    if (outer.aborted) this.#gone();
    else outer.addEventListener("abort", this.#gone, { once: true });
  }

  /** Aborted after a silence, with an UpstreamFailure, or with the outer signal's reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Waits for the engine, and no longer than it may be silent.
   * @param since_ms when the silence began, real clock: bytes that say nothing do not end it
   * @throws what the signal was aborted with, or what `heard` rejects with
   */
  async until<T>(heard: Promise<T>, since_ms = Date.now()): Promise<T> {
    const late = new UpstreamFailure(
      "engine_unavailable",
      `The engine said nothing for ${this.#ms} ms`,
      // Longer than anybody waits here: who asked has waited enough.
      AGAIN_MS,
    );
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(this.signal.reason);
    this.signal.addEventListener("abort", abort, { once: true });
    const left_ms = Math.max(0, since_ms + this.#ms - Date.now());
    this.#timer = setTimeout(() => this.#controller.abort(late), left_ms);
    try {
      this.signal.throwIfAborted();
      return await Promise.race([heard, aborted.promise]);
    } finally {
      clearTimeout(this.#timer);
      this.signal.removeEventListener("abort", abort);
    }
  }

  /** Ends the hop, if it has not ended, and the watch. */
  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#gone);
    this.#controller.abort(new DOMException("The hop has ended", "AbortError"));
  }
}
