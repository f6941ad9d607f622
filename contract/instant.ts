/**
 * Instants on the wire.
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
