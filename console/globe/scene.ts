/**
 * What is drawn besides the Earth and the nodes: lines and marks, few of each, made anew where they change.
 * @module
 */
import type { Rgb } from "./colours.ts";

/** A place, Earth-fixed, in equatorial radii. */
export type Place = readonly [number, number, number];

/** A line through places. */
export interface Line {
  places: readonly Place[];
  colour: Rgb;
  alpha: number;
  /** Pixels. */
  width: number;
  /** Whether a pulse runs along it. */
  runs?: boolean;
}

/** A disc, or a ring. */
export interface Mark {
  place: Place;
  colour: Rgb;
  alpha: number;
  /** Across, pixels. */
  size: number;
  /** Of the ring, pixels; 0: a disc. */
  ring: number;
}

export interface Scene {
  lines: readonly Line[];
  marks: readonly Mark[];
}

export const NOTHING: Scene = { lines: [], marks: [] };

/** Of each piece of a line. */
export const SEGMENT_FLOATS = 13;
/** Of each mark. */
export const MARK_FLOATS = 9;

/** Of each piece: its ends, colour, and where along the line it begins and ends, with its width. */
export function segmentsOf(lines: readonly Line[]): Float32Array {
  const floats: number[] = [];
  for (const { places, colour, alpha, width, runs } of lines) {
    const pieces = places.length - 1;
    for (let i = 0; i < pieces; i++) {
      const run = runs ? [i / pieces, (i + 1) / pieces] : [-1, -1];
      floats.push(...places[i], ...places[i + 1], ...colour, alpha, ...run, width);
    }
  }
  return Float32Array.from(floats);
}

/** Of each mark: its place, colour and form. */
export function marksOf(marks: readonly Mark[]): Float32Array {
  return Float32Array.from(
    marks.flatMap(({ place, colour, alpha, size, ring }) => [
      ...place,
      ...colour,
      alpha,
      size,
      ring,
    ]),
  );
}

/** A straight way in so many pieces: what is hidden of it is hidden piece by piece. */
export function straight(from: Place, to: Place, pieces = 24): Place[] {
  return Array.from({ length: pieces + 1 }, (_, i) => {
    const f = i / pieces;
    return [0, 1, 2].map((axis) => from[axis] + f * (to[axis] - from[axis])) as unknown as Place;
  });
}
