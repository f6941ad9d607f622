/**
 * The log as an operator's tools read it: one JSON object a line, with the same few fields
 * everywhere.
 *
 * ```ts
 * const log = logger({ node: "G2A-017-042" });
 * log.warn("The collector did not answer", { error, retry_ms: 4000 });
 * // {"level":"warn","what":"The collector did not answer","node":"G2A-017-042","error":"Error: ...","retry_ms":4000}
 * ```
 * Not its job: deciding what may be said. No caller gives it a key, a token or a tensor.
 * @module
 */

export type LogLevel = "info" | "warn" | "error";

/**
 * What a line may carry besides its sentence. An `error` is written as its name and message,
 * without a stack.
 */
export interface LogFields {
  request_id?: string;
  node?: string;
  tenant_id?: string;
  error?: unknown;
  [name: string]: unknown;
}

/** Writes lines of a level: `what` is a sentence without values, `fields` are the values. */
export interface Log {
  info(what: string, fields?: LogFields): void;
  warn(what: string, fields?: LogFields): void;
  error(what: string, fields?: LogFields): void;
}

/**
 * Makes a log whose lines all carry the given fields.
 * @param bound fields of every line, such as the request's id or the node
 * @returns a log that writes to the console, one line a call
 */
export function logger(bound: LogFields = {}): Log {
  const write = (level: LogLevel) => (what: string, fields: LogFields = {}) =>
    console[level](JSON.stringify({ level, what, ...bound, ...fields }, asText));
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

const asText = (_: string, value: unknown): unknown =>
  value instanceof Error ? `${value.name}: ${value.message}` : value;
