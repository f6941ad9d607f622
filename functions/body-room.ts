/**
 * How many large bodies an isolate holds at once: with their tensors and answers, a few of them fill its
 * memory. Whoever comes meanwhile waits a while, unread, and is then told to come again.
 * @module
 */
import { ProblemError } from "../contract/problem.ts";
import { retryAfter } from "./retry-after.ts";

/** From here on a body counts; smaller ones come by the hundred without harm. */
export const LARGE_BYTES = 2 ** 20;
// A scene of 512 x 512 holds its tensor and its outputs twice, before and behind an RPC, and as much again
// while they cross: some 50 MB of the 128 that an isolate has. One thread runs them one by one anyway.
const LARGE_MAX = 1;
// A scene is read, run and written in about a second.
const WAIT_MS_MAX = 10_000;
const LOOK_EVERY_MS = 25;
// Who waits holds a connection; more of them would be told so late that they come again all at once.
const WAITING_MAX = 32;
// A response that nobody reads or cancels must not keep its room for ever.
const HELD_MS_MAX = 120_000;

const held = new Map<BodyRoom, number>();
const waiting = new Set<BodyRoom>();

/** The room that one request takes, from its first large read until its response is done. */
export class BodyRoom {
  /** The response is a stream, which leaves the room itself at its end. */
  isLent = false;

  /**
   * Takes room for a large body, once; waits for it, first come, first served.
   * @throws ProblemError if there is none in time: 503, with a Retry-After
   */
  async enter(): Promise<void> {
    if (held.has(this)) return;
    const began = Date.now();
    if (waiting.size >= WAITING_MAX) throw full();
    waiting.add(this);
    try {
      while (!this.#take()) {
        if (Math.abs(Date.now() - began) > WAIT_MS_MAX) throw full();
        // By a timer of its own: in workerd no request may hang on another's promise.
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    } finally {
      waiting.delete(this);
    }
  }

  /** Gives the room back; does nothing where none was taken. */
  leave(): void {
    held.delete(this);
  }

  #take(): boolean {
    const now = Date.now();
    for (const [room, since] of held) {
      if (Math.abs(now - since) > HELD_MS_MAX) held.delete(room);
    }
    const [first] = waiting;
    if (first !== this || held.size >= LARGE_MAX) return false;
    held.set(this, now);
    return true;
  }
}

const full = (): ProblemError =>
  new ProblemError("overloaded", "Other large requests are under way: ask again", {
    headers: retryAfter(),
  });
