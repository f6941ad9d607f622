/**
 * Where a request comes from, as it is written on the wire.
 * @module
 */
import { z } from "@hono/zod-openapi";

/** Degrees north, WGS84. */
export const Latitude = z.number().min(-90).max(90);
/** Degrees east, WGS84. */
export const Longitude = z.number().min(-180).max(180);

/** A place on the ground or in the air; `alt_m` is above the WGS84 ellipsoid. */
export const GroundOrigin = z.object({
  lat: Latitude.openapi({ example: 48.8566 }),
  lon: Longitude.openapi({ example: 2.3522 }),
  // From the deepest mine to the highest balloon: above that it is a satellite's business.
  alt_m: z.number().min(-5_000).max(50_000).default(0),
}).openapi("GroundOrigin");

export type GroundOrigin = z.infer<typeof GroundOrigin>;

/** A place on the ground, or the node that holds the data already. */
export const Origin = z.union([
  GroundOrigin,
  z.object({ node: z.string().max(64).openapi({ example: "G2A-017-042" }) }),
]).openapi("Origin");

export type Origin = z.infer<typeof Origin>;
