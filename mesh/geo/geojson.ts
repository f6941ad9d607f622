/**
 * Reads a GeoJSON Polygon or MultiPolygon (RFC 7946) from whatever somebody sent, and says exactly
 * what is wrong with it. Reads no deeper than GeoJSON goes, and no further than its limit.
 * @module
 */
import type { Polygon, Ring } from "./area.ts";

export type AreaRead =
  | { ok: true; polygons: Polygon[]; vertices: number }
  | { ok: false; path: (string | number)[]; message: string };

const SPLIT =
  "a polygon that crosses the antimeridian must be split in two there (RFC 7946, 3.1.9)";

/** Never leaves this file: the quickest way out of nested rings. */
class Fault extends Error {
  readonly path: (string | number)[];

  constructor(path: (string | number)[], message: string) {
    super(message);
    this.path = path;
  }
}

/** @param verticesMax how many positions it may have */
export function readArea(value: unknown, verticesMax: number): AreaRead {
  try {
    const { type, coordinates } = Object(value) as { type?: unknown; coordinates?: unknown };
    const counter = { left: verticesMax };
    const path = ["coordinates"];
    let polygons: Polygon[];
    if (type === "Polygon") {
      polygons = [readPolygon(coordinates, path, counter)];
    } else if (type === "MultiPolygon") {
      polygons = listOf(coordinates, path, "polygons").map((polygon, p) =>
        readPolygon(polygon, [...path, p], counter)
      );
    } else {
      const got = typeof type === "string" ? `"${type.slice(0, 32)}"` : nameOf(type);
      throw new Fault(["type"], `must be "Polygon" or "MultiPolygon", not ${got}`);
    }
    return { ok: true, polygons, vertices: verticesMax - counter.left };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, path: error.path, message: error.message };
  }
}

interface Counter {
  left: number;
}

function readPolygon(value: unknown, path: (string | number)[], counter: Counter): Polygon {
  return listOf(value, path, "rings").map((ring, r) => readRing(ring, [...path, r], counter));
}

function readRing(value: unknown, path: (string | number)[], counter: Counter): Ring {
  const positions = listOf(value, path, "positions");
  if (positions.length > counter.left) {
    const says = `has ${positions.length} positions, and its policy may have ${counter.left} more`;
    throw new Fault(path, `${says}: simplify its areas`);
  }
  counter.left -= positions.length;
  const ring = positions.map((position, p) => readPosition(position, path, p));
  if (ring.length < 4) {
    throw new Fault(path, `must have at least 4 positions, not ${ring.length}`);
  }
  const [first, last] = [ring[0], ring[ring.length - 1]];
  if (first[0] !== last[0] || first[1] !== last[1]) {
    throw new Fault(
      [...path, ring.length - 1],
      `must be the first position again, [${first}], not [${last}]: a ring is closed`,
    );
  }
  checkEdges(ring, path);
  return ring;
}

function readPosition(
  value: unknown,
  path: (string | number)[],
  p: number,
): readonly [number, number] {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) {
    throw new Fault([...path, p], `must be [lon, lat], maybe with a height, not ${nameOf(value)}`);
  }
  for (let i = 0; i < value.length; i++) {
    if (!Number.isFinite(value[i])) {
      throw new Fault([...path, p, i], `must be a finite number, not ${nameOf(value[i])}`);
    }
  }
  const lon: number = value[0];
  const lat: number = value[1];
  if (Math.abs(lat) > 90) {
    throw new Fault([...path, p, 1], `lat ${lat} is beyond 90 degrees: a position is [lon, lat]`);
  }
  if (Math.abs(lon) > 180) {
    throw new Fault([...path, p, 0], `lon ${lon} is beyond 180 degrees: ${SPLIT}`);
  }
  return [lon, lat];
}

/** Refuses a ring that could mean two things, or that means nothing. */
function checkEdges(ring: Ring, path: (string | number)[]): void {
  // A box right round the Earth: the only ring whose edges may span more than half of it.
  const isBand = ring.every(([lon]) => Math.abs(lon) === 180);
  let doubleArea = 0;
  for (let v = 1; v < ring.length; v++) {
    const [a, b] = [ring[v - 1], ring[v]];
    const apart = Math.abs(b[0] - a[0]);
    if (!isBand && apart > 180) {
      throw new Fault(
        [...path, v],
        `lies ${apart} degrees of longitude from the position before it: ${SPLIT}; one that does ` +
          "not cross it needs a position in between",
      );
    }
    doubleArea += (a[0] - ring[0][0]) * (b[1] - ring[0][1]) -
      (b[0] - ring[0][0]) * (a[1] - ring[0][1]);
  }
  // Less than a sheet of paper is what rounding leaves of a ring that runs back on itself.
  if (Math.abs(doubleArea) < 1e-12) {
    throw new Fault(path, "encloses nothing: its positions lie on a line, or its loops cancel out");
  }
}

function listOf(value: unknown, path: (string | number)[], of: string): unknown[] {
  if (!Array.isArray(value)) {
    throw new Fault(path, `must be an array of ${of}, not ${nameOf(value)}`);
  }
  if (value.length === 0) throw new Fault(path, `must have ${of}`);
  return value;
}

/** Names a value without printing what it holds: that may be deep, or long. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value === null || value === undefined) return "nothing";
  return typeof value === "number"
    ? `${value}`
    : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
