/**
 * The problem with a `cursor` that is not `next` of a page.
 * @module
 */
import type { ProblemError } from "../../contract/problem.ts";
import { invalidField } from "./invalid.ts";

/** The problem of a request whose cursor no page gave. */
export const badCursor = (): ProblemError =>
  invalidField("cursor", "must be `next` of an earlier page");
