/**
 * Problems with what a caller sent, each with a pointer to the field.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";

export interface ValidationIssue {
  path: PropertyKey[];
  message: string;
}

/** A failed schema, as one problem that names every field. */
export function invalid(issues: readonly ValidationIssue[]): ProblemError {
  const errors = issues.map(({ path, message }) => ({
    pointer: `#${path.map((part) => `/${String(part)}`).join("")}`,
    detail: message,
  }));
  const detail = errors.map((e) => `${e.pointer}: ${e.detail}`).join("; ");
  return new ProblemError("invalid_request", detail, { errors });
}

/** One field that its schema let through, and that is wrong all the same. */
export const invalidField = (name: string, message: string): ProblemError =>
  invalid([{ path: [name], message }]);
