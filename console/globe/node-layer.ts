/**
 * What draws all nodes of a sky, and how a test reads back where it has them.
 * @module
 */
import type { EpochMs } from "../../mesh/units.ts";
import type { Rgb } from "./colours.ts";
import { createProgram, type Program, type Value } from "./gl.ts";
import { NOTHING_FRAGMENT } from "./shaders.ts";

/** Of each group its colour; null: hidden. */
export type GroupColours = readonly (Rgb | null)[];

/** What a frame shows of nodes. */
export interface NodesLook {
  at: EpochMs;
  colours: GroupColours;
  /** Of all of them. */
  alpha: number;
  /** Uniforms of the view, and of a point: u_matrix, u_eye, u_sun, u_size, u_dimmed. */
  uniforms: Readonly<Record<string, Value>>;
}

/** Draws nodes, by whatever tells their places. */
export interface NodeLayer {
  draw(look: NodesLook): void;
  /**
   * Reads back where the GPU has nodes: for tests.
   * @param group of a generated constellation, which shell's; a catalogue gives all of its nodes
   * @returns x, y, z of each, km, Earth-fixed
   */
  places(at: EpochMs, group: number): Float32Array;
}

/**
 * Runs a vertex shader, and reads back its output `v_place`.
 * @param ready sets what it reads
 * @param count how many vertices it runs for
 * @returns three floats of each
 */
export function readPlaces(
  gl: WebGL2RenderingContext,
  vertex: string,
  count: number,
  ready: (program: Program) => void,
): Float32Array {
  const places = createProgram(gl, [vertex, NOTHING_FRAGMENT], ["v_place"]);
  const buffer = gl.createBuffer();
  ready(places);
  gl.bindBufferBase(gl.TRANSFORM_FEEDBACK_BUFFER, 0, buffer);
  gl.bufferData(gl.TRANSFORM_FEEDBACK_BUFFER, 12 * count, gl.STREAM_READ);
  gl.enable(gl.RASTERIZER_DISCARD);
  gl.beginTransformFeedback(gl.POINTS);
  gl.drawArrays(gl.POINTS, 0, count);
  gl.endTransformFeedback();
  gl.disable(gl.RASTERIZER_DISCARD);
  const out = new Float32Array(3 * count);
  gl.getBufferSubData(gl.TRANSFORM_FEEDBACK_BUFFER, 0, out);
  gl.bindBufferBase(gl.TRANSFORM_FEEDBACK_BUFFER, 0, null);
  gl.deleteBuffer(buffer);
  gl.deleteProgram(places.program);
  return out;
}
