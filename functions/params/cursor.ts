/**
 * The error of every list whose `cursor` nobody handed out.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";

export function badCursor(): ProblemError {
  const detail = "must be `next` of an earlier page";
  return new ProblemError("invalid_request", `#/cursor: ${detail}`, {
    errors: [{ pointer: "#/cursor", detail }],
  });
}
