/**
 * What a failed query says of itself in a log: why, and not with which values, as those may be hashes of
 * keys or a tenant's own.
 * @module
 */

export function reasonOf(error: unknown): string {
  // drizzle's own message is the SQL with its parameters; the cause is what went wrong.
  const { cause } = error as { cause?: unknown };
  return String(cause ?? error);
}
