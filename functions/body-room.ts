/**
 * How many large bodies an isolate holds at once: with their tensors and answers, a few of them fill its
 * memory. Whoever comes when there is no room is told to come again.
 * @module
 */
import { ProblemError } from "../contract/problem.ts";
import { retryAfter } from "./retry-after.ts";

// From here on a body counts; smaller ones come by the hundred without harm.
export const LARGE_BYTES = 2 ** 20;
// Each may hold some 30 MB (a scene of 512 x 512: its text in chunks, its tensor twice, its outputs), and
// an isolate has 128 MB.
const LARGE_MAX = 2;
// A response that nobody reads or cancels must not keep its room for ever.
const HELD_MS_MAX = 120_000;

const held = new Map<BodyRoom, number>();

/** The room that one request takes, from its first large read until its response is done. */
export class BodyRoom {
  /** The response is a stream, which leaves the room itself at its end. */
  isLent = false;

  /**
   * Takes room for a large body, once.
   * @throws ProblemError if there is none: 503, with a Retry-After
   */
  enter(): void {
    if (held.has(this)) return;
    const now = Date.now();
    for (const [room, since] of held) {
      if (Math.abs(now - since) > HELD_MS_MAX) held.delete(room);
    }
    if (held.size >= LARGE_MAX) {
      throw new ProblemError("overloaded", "Other large requests are under way: ask again", {
        headers: retryAfter(),
      });
    }
    held.set(this, now);
  }

  leave(): void {
    held.delete(this);
  }
}
