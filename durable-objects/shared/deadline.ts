/**
 * Waits for an answer, and not for ever.
 * @module
 */

/** Rejects if no answer comes within `ms`. An answer that comes later is dropped: its sender may have acted. */
export async function withDeadline<T>(ms: number, promise: PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
