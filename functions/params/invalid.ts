/**
 * Problems with what a caller sent, each with a pointer to the field.
 * @module
 */
import { FIELD_ERRORS_MAX, type FieldError, ProblemError } from "../../contract/problem.ts";

/** What is wrong with one field. */
export interface ValidationIssue {
  path: PropertyKey[];
  /** A sentence without a final period. */
  message: string;
}

/**
 * Makes one `invalid_request` of all that is wrong: it points to the first fields (RFC 6901, as a
 * fragment), and says how many more there are.
 * @param options `final` is false for what a clock or the constellation decides: it may be right later
 */
export function invalid(
  issues: readonly ValidationIssue[],
  { final = true }: { final?: boolean } = {},
): ProblemError {
  const named = issues.length > FIELD_ERRORS_MAX ? FIELD_ERRORS_MAX - 1 : issues.length;
  const errors: FieldError[] = issues.slice(0, named).map(({ path, message }) => ({
    pointer: `#${path.map((part) => `/${String(part)}`).join("")}`,
    detail: message,
  }));
  if (named < issues.length) {
    errors.push({ pointer: "#", detail: `and ${issues.length - named} more` });
  }
  const detail = errors.map((e) => `${e.pointer}: ${e.detail}`).join("; ");
  return new ProblemError("invalid_request", detail, { errors, final });
}

/**
 * Makes the `invalid_request` of one field that its schema let through, and that is wrong all the
 * same.
 * @param name the field's
 * @param message what is wrong, without a final period
 * @param options as for invalid()
 */
export const invalidField = (
  name: string,
  message: string,
  options?: { final?: boolean },
): ProblemError => invalid([{ path: [name], message }], options);
