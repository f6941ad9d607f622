/**
 * One sentence for who runs a command: the first cause of an error, without its stack.
 * @module
 */

export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A failed query says its SQL; its cause says what went wrong.
  return error.cause instanceof Error ? failureOf(error.cause) : error.message;
}
