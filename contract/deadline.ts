/**
 * Waits for an answer, and not for ever.
 * @module
 */

/**
 * Waits for an answer until a deadline. An answer that comes later is dropped, although its sender
 * may have acted. Rejects with an Error at the deadline, and with what `promise` rejects with.
 * @param ms real milliseconds
 */
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
