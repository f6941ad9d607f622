/**
 * A GeoJSON Polygon or MultiPolygon (RFC 7946) from whatever somebody sent: its form by a schema, and
 * what its rings mean by the rules below it.
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Polygon, Ring } from "../mesh/geo/area.ts";

export type AreaRead =
  | { ok: true; polygons: Polygon[]; vertices: number }
  | { ok: false; path: PropertyKey[]; message: string };

interface Fault {
  path: PropertyKey[];
  message: string;
}

type Issue = { input?: unknown };

const SPLIT =
  "a polygon that crosses the antimeridian must be split in two there (RFC 7946, 3.1.9)";

const coordinate = (name: "lon" | "lat", max: number, hint: string) => {
  const beyond = ({ input }: Issue) => `${name} ${input} is beyond ${max} degrees: ${hint}`;
  return finite().min(-max, { error: beyond }).max(max, { error: beyond });
};

const finite = () =>
  z.number({ error: ({ input }) => `must be a finite number, not ${nameOf(input)}` });

// JSON has no undefined: a height that is there is a number.
const Position = z.tuple([
  coordinate("lon", 180, SPLIT),
  coordinate("lat", 90, "a position is [lon, lat]"),
  finite().optional(),
], {
  error: ({ input }) => `must be [lon, lat], maybe with a height, not ${nameOf(input)}`,
}) as unknown as z.ZodType<readonly number[]>;

const listOf = <Item extends z.ZodType>(item: Item, of: string) =>
  z.array(item, { error: ({ input }) => `must be an array of ${of}, not ${nameOf(input)}` })
    .min(1, { error: `must have ${of}`, abort: true });

const RingSchema = listOf(Position, "positions").check(({ value, issues }) => {
  const fault = ringFault(value);
  if (fault) issues.push({ code: "custom", input: value, ...fault });
});

const PolygonSchema = listOf(RingSchema, "rings");

const AreaSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("Polygon"), coordinates: PolygonSchema }),
  z.object({ type: z.literal("MultiPolygon"), coordinates: listOf(PolygonSchema, "polygons") }),
], {
  error: ({ input }) => {
    const { type } = Object(input) as { type?: unknown };
    const got = typeof type === "string" ? `"${type.slice(0, 32)}"` : nameOf(type);
    return `must be "Polygon" or "MultiPolygon", not ${got}`;
  },
});

/** @param verticesMax how many positions it may have */
export function readArea(value: unknown, verticesMax: number): AreaRead {
  const count = new PositionCount(verticesMax);
  const { type, coordinates } = Object(value) as { type?: unknown; coordinates?: unknown };
  const fault = count.add(coordinates, ["coordinates"], type === "MultiPolygon" ? 3 : 2);
  if (fault) return { ok: false, ...fault };
  const parsed = AreaSchema.safeParse(value);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    return { ok: false, path, message };
  }
  const area = parsed.data;
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  return { ok: true, polygons, vertices: count.taken };
}

/** Counts before anything is read, so that the schema never reads more than the limit. */
class PositionCount {
  taken = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** @param depth of the arrays around a position */
  add(value: unknown, path: PropertyKey[], depth: number): Fault | null {
    const items = Array.isArray(value) ? value.length : 0;
    if (items > 0 && depth > 1) {
      for (let i = 0; i < items; i++) {
        const fault = this.add((value as unknown[])[i], [...path, i], depth - 1);
        if (fault) return fault;
      }
      return null;
    }
    const left = this.#max - this.taken;
    // What is no list, or an empty one, counts too: the schema would complain of each.
    this.taken += Math.max(1, items);
    if (this.taken <= this.#max) return null;
    const says = `has ${items} positions, and its policy may have ${left} more`;
    return { path, message: `${says}: simplify its areas` };
  }
}

/** Why a ring could mean two things, or means nothing; null if it is sound. */
function ringFault(ring: Ring): Fault | null {
  if (ring.length < 4) {
    return { path: [], message: `must have at least 4 positions, not ${ring.length}` };
  }
  const [first, last] = [ring[0], ring[ring.length - 1]];
  if (first[0] !== last[0] || first[1] !== last[1]) {
    const [here, there] = [first, last].map(([lon, lat]) => `[${lon},${lat}]`);
    return {
      path: [ring.length - 1],
      message: `must be the first position again, ${here}, not ${there}: a ring is closed`,
    };
  }
  // A box right round the Earth: the only ring whose edges may span more than half of it.
  const isBand = ring.every(([lon]) => Math.abs(lon) === 180);
  let doubleArea = 0;
  for (let v = 1; v < ring.length; v++) {
    const [a, b] = [ring[v - 1], ring[v]];
    const apart = Math.abs(b[0] - a[0]);
    if (!isBand && apart > 180) {
      return {
        path: [v],
        message: `lies ${apart} degrees of longitude from the position before it: ${SPLIT}; one ` +
          "that does not cross it needs a position in between",
      };
    }
    doubleArea += (a[0] - ring[0][0]) * (b[1] - ring[0][1]) -
      (b[0] - ring[0][0]) * (a[1] - ring[0][1]);
  }
  // Less than a sheet of paper is what rounding leaves of a ring that runs back on itself.
  return Math.abs(doubleArea) < 1e-12
    ? {
      path: [],
      message: "encloses nothing: its positions lie on a line, or its loops cancel out",
    }
    : null;
}

/** Names a value without printing what it holds: that may be deep, or long. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value === null || value === undefined) return "nothing";
  return typeof value === "number"
    ? `${value}`
    : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
