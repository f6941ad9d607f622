/**
 * Waits for an answer, and not for ever.
 * @module
 */

/** Rejects if it does not come in time: it may come all the same, and nobody hears of it. */
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
