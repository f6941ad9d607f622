/**
 * The problem with a `cursor` that is not `next` of a page.
 * @module
 */
import type { ProblemError } from "../../contract/problem.ts";
import { invalidField } from "./invalid.ts";

export const badCursor = (): ProblemError =>
  invalidField("cursor", "must be `next` of an earlier page");
