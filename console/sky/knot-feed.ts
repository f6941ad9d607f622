/**
 * Brings the knots of a catalogue as the mesh clock goes on: one a minute, before its window begins.
 * @module
 */
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import {
  type Knot,
  KNOT_SPACING_MS,
  knotInstant,
  knotNumber,
  readKnot,
} from "../../mesh/orbit/knot.ts";
import type { EpochMs } from "../../mesh/units.ts";
import { ApiError, call } from "../api.ts";
import { Cell } from "../store.ts";
import type { KnotWindows } from "./knot-windows.ts";

const LOOK_MS = 500;
const AGAIN_MS = 3_000;
// Where the mesh clock runs, a window is over before one could wait with the next.
const CALM_RATE = 3;

/**
 * Fetches knots of one constellation.
 * @param numbers that follow one another, of about now
 * @throws ApiError where one does not come, or not whole
 */
export const fetchKnots = (
  constellation: Pick<Constellation, "name" | "count">,
  numbers: readonly number[],
): Promise<Knot[]> =>
  Promise.all(numbers.map(async (number) => {
    const path = `/v1/sky/catalogues/${encodeURIComponent(constellation.name)}/knots/${number}`;
    const response = await call(path);
    const bytes = await response.arrayBuffer().catch(() => new ArrayBuffer(0));
    const knot = readKnot(bytes, constellation, number);
    if (knot) return knot;
    throw new ApiError("lost", {
      title: "The almanac did not come whole",
      detail: "Nodes stay where they were until it does.",
    });
  }));

/** Fills windows from the mesh. */
export class KnotFeed {
  /** Why no knot comes; undefined: they come. */
  readonly trouble = new Cell<ApiError | undefined>(undefined);
  readonly #windows: KnotWindows;
  readonly #clock: { mesh(): EpochMs; readonly rate: number };
  readonly #isOver: () => Promise<void>;
  /** How far into a window the next knot is asked for: else all pages would ask at once. */
  readonly #share = 0.1 + 0.7 * Math.random();
  #followers = 0;
  #timer = 0;
  #isAsking = false;
  #notBefore = 0;

  /** @param isOver is called where the mesh does not know the constellation any more */
  constructor(
    windows: KnotWindows,
    clock: { mesh(): EpochMs; readonly rate: number },
    isOver: () => Promise<void>,
  ) {
    this.#windows = windows;
    this.#clock = clock;
    this.#isOver = isOver;
  }

  /** Fetches while anybody follows. @returns what ends that */
  follow(): () => void {
    if (this.#followers++ === 0) {
      this.#timer = setInterval(() => void this.#look(), LOOK_MS);
      void this.#look();
    }
    return () => {
      if (--this.#followers === 0) clearInterval(this.#timer);
    };
  }

  async #look(): Promise<void> {
    if (this.#isAsking || document.hidden || performance.now() < this.#notBefore) return;
    const missing = this.#wanted().filter((number) => !this.#windows.has(number));
    if (missing.length === 0) return;
    this.#isAsking = true;
    try {
      this.#windows.add(await fetchKnots(this.#windows.constellation, missing));
      this.trouble.set(undefined);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#notBefore = performance.now() + AGAIN_MS;
      await this.#fail(error);
    } finally {
      this.#isAsking = false;
    }
  }

  #wanted(): number[] {
    const mesh = this.#clock.mesh();
    const now = knotNumber(mesh);
    const isEarly = this.#clock.rate <= CALM_RATE &&
      mesh - knotInstant(now) < this.#share * KNOT_SPACING_MS;
    return isEarly ? [now, now + 1] : [now, now + 1, now + 2];
  }

  async #fail(error: ApiError): Promise<void> {
    if (error.status !== 404) return this.trouble.set(error);
    // Another catalogue is flown, or a page that slept asked for what has passed.
    try {
      await this.#isOver();
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed;
      this.trouble.set(failed);
    }
  }
}
