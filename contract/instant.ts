/**
 * Instants and spans on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";

/**
 * RFC 3339 in UTC, from 1970 on. An earlier year is a mistake, such as a zero or one of two digits, and
 * the integers that instants are stored as would be below zero.
 */
export const Instant = z.iso.datetime().refine((text) => Date.parse(text) >= 0, {
  message: "must not be before 1970",
});

/** A span of the mesh clock, as a part of a query. */
export const spanQuery = {
  from: Instant.optional().openapi({ description: "Mesh clock" }),
  to: Instant.optional().openapi({ description: "Mesh clock; not included" }),
};
