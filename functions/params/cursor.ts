/**
 * The problem with a `cursor` that is not `next` of a page.
 * @module
 */
import type { ProblemError } from "../../contract/problem.ts";
import { invalidField } from "./invalid.ts";

/** The problem of a request whose cursor no page gave. */
export const badCursor = (): ProblemError =>
  invalidField("cursor", "must be `next` of an earlier page");

/**
 * The Link of a page to the next one, for answers that have no place for a cursor of their own.
 * @param url of the request; all of its query but the cursor stays
 * @param cursor `next` of this page
 * @returns the header's value
 */
export function nextLink(url: string, cursor: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.set("cursor", cursor);
  return `<${pathname}?${searchParams}>; rel="next"`;
}
