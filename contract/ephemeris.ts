/**
 * Ephemerides on the wire: files of where nodes are over a span.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { FRAMES } from "../mesh/export/flown.ts";
import { numeric } from "./numeric.ts";

/** The formats of ephemerides: what Cesium opens, the Orbit Ephemeris Message of CCSDS, and CSV. */
export const EPHEMERIS_FORMATS = ["czml", "oem", "csv"] as const;

/** No request names more nodes: the longest ids of so many are 4 kB of its URL. */
export const EPHEMERIS_NODES_MAX = 100;

/** No request has more states, of all its nodes: 3 MB, and up to 0.4 s of work. */
export const EPHEMERIS_STATES_MAX = 20_000;

/** Nor so many instants: those of one node are written in one piece. */
export const EPHEMERIS_INSTANTS_MAX = 5_000;

/** For how long an ephemeris is if no end is named: two hours, somewhat more than a revolution in low orbit. */
export const EPHEMERIS_SPAN_MS = 7_200_000;

/** Between two states unless told. */
export const EPHEMERIS_STEP_S = 60;

const Instant = z.iso.datetime({ offset: true }).optional();

/** Which nodes, when, and how they are written. */
export const EphemerisQuery = z.object({
  nodes: z.string().min(1).max(4_096).openapi({
    description: `Ids, with commas between them; ${EPHEMERIS_NODES_MAX} at most, of oem one`,
    example: "G2A-017-042,G2A-017-043",
  }),
  format: z.enum(EPHEMERIS_FORMATS).default("czml").openapi({
    description: "`czml`: opens in Cesium; `oem`: CCSDS 502.0-B, KVN; `csv`: RFC 4180",
  }),
  frame: z.enum(FRAMES).optional().openapi({
    description:
      "Of `oem` and `csv`. `eme2000` (default): J2000's equator and equinox; `teme`: as SGP4 " +
      "gives it; `tdr`: turning with the Earth. CZML is Earth-fixed",
  }),
  from: Instant.openapi({
    description: "RFC 3339; within 7 days of the mesh clock. Default: now",
  }),
  until: Instant.openapi({
    description: "Included; within 7 days of the mesh clock. Default: two hours after `from`",
  }),
  step_s: numeric(z.number().min(1).max(3_600).default(EPHEMERIS_STEP_S)).openapi({
    description:
      `Seconds from one state to the next; ${EPHEMERIS_STATES_MAX} states at most in all`,
  }),
});
