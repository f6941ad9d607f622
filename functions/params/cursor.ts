/**
 * The error of every list whose `cursor` nobody handed out.
 * @module
 */
import type { ProblemError } from "../../contract/problem.ts";
import { invalidField } from "./invalid.ts";

export const badCursor = (): ProblemError =>
  invalidField("cursor", "must be `next` of an earlier page");
