/**
 * Why a query failed, for a log: without its values, which may be hashes of keys or a tenant's own.
 * @module
 */

/**
 * Why a query failed, without its parameters.
 * @returns the cause's name and message, where drizzle gives one; else the error's
 */
export function reasonOf(error: unknown): string {
  // drizzle's own message is the SQL with its parameters; the cause is what went wrong.
  const { cause } = error as { cause?: unknown };
  return String(cause ?? error);
}
