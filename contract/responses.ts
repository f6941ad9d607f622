/**
 * Responses that many routes share, for their OpenAPI descriptions.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Problem, type ProblemCode, PROBLEMS } from "./problem.ts";

/**
 * A JSON answer, for a route's description.
 * @param description what it is, in words for a reader of /docs
 * @returns a response object of OpenAPI, by which Hono types the handler
 */
export const json = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { "application/json": { schema } },
});

/**
 * The problems that a route can answer with, for its description.
 * @returns a response object of OpenAPI by status; of two codes with one status, the last one's title
 */
export function problems(...codes: ProblemCode[]) {
  const byStatus: { [status: number]: { description: string; content: typeof content } } = {};
  for (const code of codes) {
    const { status, title } = PROBLEMS[code];
    byStatus[status] = { description: title, content };
  }
  return byStatus;
}

/** What a route that an operator asks about one tenant can answer with, and most lists of a tenant's own. */
export const OF_TENANT = [
  "invalid_request",
  "unauthenticated",
  "forbidden",
  "not_found",
  "ledger_unavailable",
] as const satisfies ProblemCode[];

const content = { "application/problem+json": { schema: Problem } };

/** The query of every list. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(512).optional().openapi({ description: "`next` of the page before" }),
});

/**
 * The schema of one page of a list.
 * @returns a schema of `data`, the rows, and `next`, the cursor of the page after
 */
export const page = <S extends z.ZodType>(row: S) =>
  z.object({
    data: z.array(row),
    next: z.string().nullable().openapi({ description: "Null on the last page" }),
  });

/** The security of a route that takes a tenant's key, for its description. */
export const KEY = [{ key: [] }];
/** The security of a route that answers anybody, and a tenant's key with what is its own as well. */
export const KEY_OR_NONE: Record<string, string[]>[] = [{}, { key: [] }];
/** The security of a route that takes a tenant's key, or the admin's token or key, for its description. */
export const READER: Record<string, string[]>[] = [{ key: [] }, { admin: [] }];
/** The security of a route that takes a board's key, for its description. */
export const BOARD = [{ board: [] }];
/** The security of a route that takes the admin's token or key, for its description. */
export const ADMIN = [{ admin: [] }];
