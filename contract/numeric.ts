/**
 * Numbers in queries.
 * @module
 */
import { z } from "@hono/zod-openapi";

/**
 * A number of a query, which holds text only. Not z.coerce: to that an empty text is 0, a place off Africa.
 * @param schema of the number, by which it is checked
 * @returns a schema of the text
 */
export const numeric = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (text) => typeof text === "string" && /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : text,
    schema,
  );
