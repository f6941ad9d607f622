/**
 * Spaces out what uploads make an isolate work: whoever asks for something small needs it some ten times until
 * the answer, and would wait for a piece of that work each time.
 * @module
 */

// In it a small inference has all of its turns.
const GAP_MS = 25;

/** Real clock, ms: until when the isolate is left to others. All uploads' pieces of work share it. */
let free_until = 0;

/** Waits until the isolate has been left to others for a while since the last piece of such work. */
export async function othersServed(): Promise<void> {
  for (;;) {
    const left = free_until - Date.now();
    // Beyond GAP_MS the clock has jumped back.
    if (left <= 0 || left > GAP_MS) return;
    await scheduler.wait(left);
  }
}

/** Does a piece of work, of some 50 ms at most, after othersServed(). */
export function spaced<T>(work: () => T): T {
  try {
    return work();
  } finally {
    free_until = Date.now() + GAP_MS;
  }
}
