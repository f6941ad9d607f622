/**
 * Why a file's operations cannot be counted: the file is broken, or holds what the rule does not cover.
 * @module
 */

/** Anything else that is thrown while a file is counted is a bug of ours. */
export class ModelError extends Error {
  override readonly name = "ModelError";

  /** @param message a sentence without its period, which is cut where it grows long */
  constructor(message: string) {
    super(
      message.length > MESSAGE_CHARS_MAX ? `${message.slice(0, MESSAGE_CHARS_MAX)}...` : message,
    );
  }
}

/** The shapes fit, and are larger than anything could run or count. */
export class TooLarge extends ModelError {}

/** Elements of inputs decide about a shape: with them it can be counted. */
export class NeedsInputs extends ModelError {
  readonly inputs: readonly string[];

  constructor(message: string, inputs: readonly string[]) {
    super(message);
    this.inputs = inputs;
  }
}

// A shape may have as many sizes as the file has bytes: it must not fill a log.
const MESSAGE_CHARS_MAX = 400;

// Names come out of the file, too: a broken one must not move a terminal's cursor.
const NAME_CHARS_MAX = 64;

/** A name out of a file, fit for a message. */
export function quoted(name: string): string {
  const clean = name.slice(0, NAME_CHARS_MAX).replace(/[\p{Cc}\p{Cf}]+/gu, " ").toWellFormed();
  return `"${clean}${name.length > NAME_CHARS_MAX ? "..." : ""}"`;
}
