/**
 * Responses that many routes share, for their OpenAPI descriptions.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Problem, type ProblemCode, PROBLEMS } from "./problem.ts";

export const json = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { "application/json": { schema } },
});

/** The problems a route can answer with, by status. */
export function problems(...codes: ProblemCode[]) {
  const byStatus: { [status: number]: { description: string; content: typeof content } } = {};
  for (const code of codes) {
    const { status, title } = PROBLEMS[code];
    byStatus[status] = { description: title, content };
  }
  return byStatus;
}

const content = { "application/problem+json": { schema: Problem } };

/** The query of every list. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(512).optional().openapi({ description: "`next` of the page before" }),
});

export const page = <S extends z.ZodType>(row: S) =>
  z.object({
    data: z.array(row),
    next: z.string().nullable().openapi({ description: "Null on the last page" }),
  });

export const KEY = [{ key: [] }];
export const ADMIN = [{ admin: [] }];
