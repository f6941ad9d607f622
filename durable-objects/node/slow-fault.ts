/**
 * A fault that an operator gives a node to see how the mesh bears it: for a while every ask waits, in real
 * time. In memory only, so that a fault which somebody forgot ends by itself.
 * Not its job: the modelled NPU, which knows nothing of it.
 * @module
 */

/** Where an ask may have to wait. */
export type Stage = "arrival" | "answer";

/** How slow a node is to be. */
export interface Slowness {
  /** How long each ask waits, real ms. */
  delay_ms: number;
  /** For how long the node stays slow, real ms. */
  lasts_ms: number;
  /** Whether an ask waits before the node admits it (also where missing), or its answer before it leaves. */
  stage?: Stage;
}

/** The fault of one node's object. */
export class SlowFault {
  #slowness: Slowness | null = null;
  #until = -Infinity;

  /**
   * Takes up a fault in place of the last one.
   * @param now_ms real clock
   */
  set(slowness: Slowness, now_ms: number): void {
    this.#slowness = slowness;
    this.#until = now_ms + slowness.lasts_ms;
  }

  /** Whether asks may have to wait. */
  get isSet(): boolean {
    return this.#slowness !== null;
  }

  /** The wait of an ask at this stage; null: it has none. */
  delayAt(stage: Stage, now_ms: number): number | null {
    const slowness = this.#slowness;
    if (slowness === null || (slowness.stage ?? "arrival") !== stage) return null;
    // An end further ahead than the fault lasts was set before the clock jumped back.
    if (now_ms < this.#until && this.#until <= now_ms + slowness.lasts_ms) return slowness.delay_ms;
    this.#slowness = null;
    return null;
  }
}
