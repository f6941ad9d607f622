/**
 * Draws the globe by WebGL 2: the Earth by one ray for each pixel, every node as a point whose place the GPU
 * works out, and lines and marks over them. A frame costs the page a few dozen calls, however many nodes fly.
 * @module
 */
import type { Ecef } from "../../mesh/orbit/frames.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Sky } from "../sky/sky.ts";
import type { Theme } from "../theme.ts";
import type { Camera } from "./camera.ts";
import { EARTH } from "./colours.ts";
import {
  createProgram,
  createVertices,
  fillVertices,
  mapTexture,
  type Program,
  type Value,
  type Vertices,
} from "./gl.ts";
import { coastSegments, fillLand, type Ring } from "./land.ts";
import { KnotNodes } from "./knot-nodes.ts";
import type { GroupColours, NodeLayer } from "./node-layer.ts";
import { MARK_FLOATS, marksOf, type Scene, SEGMENT_FLOATS, segmentsOf } from "./scene.ts";
import { ShellNodes } from "./shell-nodes.ts";
import {
  COAST_VERTEX,
  EARTH_FRAGMENT,
  EARTH_VERTEX,
  MARK_FRAGMENT,
  MARK_VERTEX,
  PLAIN_FRAGMENT,
  RIBBON_FRAGMENT,
  RIBBON_VERTEX,
} from "./shaders.ts";

const LAND_WIDTH = 4_096;
const LAND_HEIGHT = 2_048;

/** What a frame shows. */
export interface Frame {
  at: EpochMs;
  sun: Ecef;
  camera: Camera;
  theme: Theme;
  colours: GroupColours;
  /** Where pulses are, 0..1. */
  ahead: number;
  /** Screen pixels in each of the style sheet's. */
  density: number;
}

/** Draws frames on one canvas. */
export class Renderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #nodes: NodeLayer;
  /** How many nodes there are. */
  readonly #count: number;
  readonly #earth: Program;
  readonly #coast: Program;
  readonly #ribbon: Program;
  readonly #mark: Program;
  readonly #none: WebGLVertexArrayObject;
  readonly #coasts: Vertices;
  readonly #segments: Vertices;
  readonly #marks: Vertices;
  #land: WebGLTexture;

  /** @throws Error where the browser's WebGL 2 does not take the programs */
  constructor(gl: WebGL2RenderingContext, { almanac, constellation }: Sky) {
    this.#gl = gl;
    this.#count = constellation.count;
    this.#nodes = almanac instanceof ShellAlmanac
      ? new ShellNodes(gl, almanac)
      : new KnotNodes(gl, almanac);
    this.#earth = createProgram(gl, [EARTH_VERTEX, EARTH_FRAGMENT]);
    this.#coast = createProgram(gl, [COAST_VERTEX, PLAIN_FRAGMENT]);
    this.#ribbon = createProgram(gl, [RIBBON_VERTEX, RIBBON_FRAGMENT]);
    this.#mark = createProgram(gl, [MARK_VERTEX, MARK_FRAGMENT]);
    this.#land = mapTexture(gl, null);
    this.#none = gl.createVertexArray();
    this.#coasts = createVertices(gl, this.#coast, { a_place: 3 });
    const segment = { a_from: 3, a_to: 3, a_color: 4, a_run: 3 };
    this.#segments = createVertices(gl, this.#ribbon, segment, 1);
    this.#marks = createVertices(gl, this.#mark, { a_place: 3, a_color: 4, a_form: 2 });
  }

  /** Draws land from now on. */
  setLand(rings: readonly Ring[]): void {
    const gl = this.#gl;
    const canvas = document.createElement("canvas");
    canvas.width = LAND_WIDTH;
    canvas.height = LAND_HEIGHT;
    const context = canvas.getContext("2d")!;
    context.fillStyle = "#fff";
    fillLand(context, rings, LAND_WIDTH, LAND_HEIGHT);
    gl.deleteTexture(this.#land);
    this.#land = mapTexture(gl, canvas);
    fillVertices(gl, this.#coasts, coastSegments(rings), 3);
  }

  /** Draws these lines and marks from now on. */
  show({ lines, marks }: Scene): void {
    fillVertices(this.#gl, this.#segments, segmentsOf(lines), SEGMENT_FLOATS);
    fillVertices(this.#gl, this.#marks, marksOf(marks), MARK_FLOATS);
  }

  draw(frame: Frame): void {
    const gl = this.#gl;
    const { camera, sun } = frame;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const view = { u_matrix: camera.matrix, u_eye: camera.eye, u_sun: [sun.x, sun.y, sun.z] };
    this.#drawEarth(frame, view);
    this.#drawCoast(frame, view);
    this.#drawNodes(frame, view);
    this.#drawScene(frame, view);
  }

  /** Reads back where the GPU has nodes, as a NodeLayer does: for tests. */
  places({ at }: { at: EpochMs }, group: number): Float32Array {
    return this.#nodes.places(at, group);
  }

  #drawEarth({ camera, theme }: Frame, view: View): void {
    const gl = this.#gl;
    const colours = EARTH[theme];
    const pixel = 2 / (camera.scaleY * camera.height);
    const texels = LAND_WIDTH / (2 * Math.PI) * pixel * (camera.distance - 1);
    gl.bindVertexArray(this.#none);
    this.#earth.use(view);
    this.#earth.set({
      u_right: camera.right,
      u_up: camera.up,
      u_forward: camera.forward,
      u_scale: [camera.scaleX, camera.scaleY],
      u_pixel: pixel,
      u_lod: Math.max(0, Math.log2(texels)),
      u_land: this.#land,
      u_sea_day: colours.seaDay,
      u_sea_night: colours.seaNight,
      u_land_day: colours.landDay,
      u_land_night: colours.landNight,
      u_grid: colours.grid,
      u_air: colours.air,
    });
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #drawCoast({ theme }: Frame, view: View): void {
    const gl = this.#gl;
    const { coastDay, coastNight } = EARTH[theme];
    gl.bindVertexArray(this.#coasts.array);
    this.#coast.use(view);
    this.#coast.set({ u_day: coastDay, u_night: coastNight });
    gl.drawArrays(gl.LINES, 0, this.#coasts.count);
  }

  #drawNodes({ at, camera, theme, colours, density }: Frame, view: View): void {
    // So many that they would cover the Earth are drawn smaller and thinner.
    const crowd = Math.min(1, Math.sqrt(60_000 / this.#count));
    const near = Math.min(Math.max(camera.pixelsPerRadius / density / 300, 0.75), 2.6);
    const size = Math.max(1, density * (0.6 + 1.25 * near * (0.4 + 0.6 * crowd)));
    this.#nodes.draw({
      at,
      colours,
      alpha: 0.35 + 0.6 * crowd,
      uniforms: { ...view, u_size: size, u_dimmed: EARTH[theme].dimmed },
    });
  }

  #drawScene({ camera, ahead }: Frame, view: View): void {
    const gl = this.#gl;
    if (this.#segments.count > 0) {
      gl.bindVertexArray(this.#segments.array);
      this.#ribbon.use(view);
      this.#ribbon.set({ u_screen: [camera.width, camera.height], u_ahead: ahead });
      gl.drawArraysInstanced(gl.TRIANGLES, 0, 6, this.#segments.count);
    }
    if (this.#marks.count > 0) {
      gl.bindVertexArray(this.#marks.array);
      this.#mark.use(view);
      gl.drawArrays(gl.POINTS, 0, this.#marks.count);
    }
  }
}

type View = Readonly<Record<string, Value>>;
