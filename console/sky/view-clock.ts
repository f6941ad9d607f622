/**
 * The instant that the page shows: the mesh clock's, or another one after a pause, a jump or a change of
 * pace. It reads the browser's monotonic clock, so that nobody's wrong wall clock matters.
 * @module
 */
import { type EpochMs, epochMs } from "../../mesh/units.ts";

// Elements of a week ago are no worse than those of now, and a week is what the mesh places in.
const AWAY_MAX_MS = 7 * 86_400_000;

/** What the view's clock does. */
export interface Pace {
  /** Mesh seconds in each second of the page; 0: paused. */
  speed: number;
  /** Whether it shows what the mesh clock says. */
  isLive: boolean;
}

/** From an instant until another one, both included. */
export interface Span {
  from: EpochMs;
  until: EpochMs;
}

/** Where the page is in time. */
export class ViewClock {
  /** Mesh seconds in each real one, of the mesh itself. */
  readonly rate: number;
  readonly #mesh_ms: number;
  readonly #read_ms: number;
  #from_ms: number;
  #since_ms: number;
  #speed: number;
  #isLive = true;
  readonly #listeners = new Set<() => void>();
  readonly #held: (() => Span) | null;

  /**
   * @param mesh what the mesh clock said
   * @param read_ms when it did, by performance.now()
   * @param held the only instants that can be shown; null: all of two weeks around now
   */
  constructor(
    mesh: EpochMs,
    rate: number,
    read_ms: number,
    held: (() => Span) | null = null,
  ) {
    this.#held = held;
    this.rate = rate;
    this.#mesh_ms = mesh;
    this.#read_ms = read_ms;
    this.#from_ms = mesh;
    this.#since_ms = read_ms;
    this.#speed = rate;
  }

  /** What the mesh clock says. */
  mesh(now_ms = performance.now()): EpochMs {
    return epochMs(this.#mesh_ms + (now_ms - this.#read_ms) * this.rate);
  }

  /** The only instants that can be shown, where it is not any within a week. */
  get held(): Span | null {
    return this.#held?.() ?? null;
  }

  /** What is shown. */
  now(now_ms = performance.now()): EpochMs {
    const mesh = this.mesh(now_ms);
    const shown = this.#isLive ? mesh : this.#from_ms + (now_ms - this.#since_ms) * this.#speed;
    const { from, until } = this.held ?? { from: mesh - AWAY_MAX_MS, until: mesh + AWAY_MAX_MS };
    return epochMs(Math.min(Math.max(shown, from), until));
  }

  get pace(): Pace {
    return { speed: this.#isLive ? this.rate : this.#speed, isLive: this.#isLive };
  }

  /** Goes on from what is shown. @param speed mesh seconds in each second of the page; 0 pauses */
  run(speed: number): void {
    this.#set(this.now(), speed);
  }

  /** Shows another instant, at the same pace. */
  jump(to: EpochMs): void {
    this.#set(to, this.pace.speed);
  }

  /** Shows what the mesh clock says. */
  goLive(): void {
    this.#isLive = true;
    this.#tell();
  }

  /** Hears of each change of pace, and of each jump. @returns what ends that */
  onChange(heard: () => void): () => void {
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }

  #set(from: EpochMs, speed: number): void {
    this.#from_ms = from;
    this.#since_ms = performance.now();
    this.#speed = speed;
    this.#isLive = false;
    this.#tell();
  }

  #tell(): void {
    for (const heard of this.#listeners) heard();
  }
}
