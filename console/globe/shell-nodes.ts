/**
 * Draws the nodes of generated shells: the GPU takes plane and slot from a node's number, so that a node has
 * no memory and takes no time of the page.
 * @module
 */
import type { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Rgb } from "./colours.ts";
import { createProgram, floatTexture, type Program, updateFloats } from "./gl.ts";
import { type GroupColours, type NodeLayer, type NodesLook, readPlaces } from "./node-layer.ts";
import { ALL_NODES_VERTEX, NODES_FRAGMENT, NODES_VERTEX, PLACES_VERTEX } from "./shaders.ts";
import {
  CURVE_TEXELS,
  curveTexels,
  SHELL_TEXELS,
  shellTexels,
  turnTexels,
} from "./shell-texture.ts";

/** By their tables. */
export class ShellNodes implements NodeLayer {
  readonly #gl: WebGL2RenderingContext;
  readonly #almanac: ShellAlmanac;
  readonly #nodes: Program;
  /** Draws all shells in one call; null: the browser cannot. */
  readonly #many: MultiDraw | null;
  /** Of each shell, where its vertices begin, and how many are drawn. */
  readonly #firsts: Int32Array;
  readonly #counts: Int32Array;
  /** What #counts and the colours were set by. */
  #coloursOf: GroupColours = [];
  readonly #curves: WebGLTexture;
  readonly #shells: WebGLTexture;
  readonly #texels: Float32Array;
  readonly #none: WebGLVertexArrayObject;

  /** @throws Error where the browser's WebGL 2 does not take the programs */
  constructor(gl: WebGL2RenderingContext, almanac: ShellAlmanac) {
    this.#gl = gl;
    this.#almanac = almanac;
    this.#many = gl.getExtension("WEBGL_multi_draw");
    this.#nodes = createProgram(gl, [
      this.#many ? ALL_NODES_VERTEX : NODES_VERTEX,
      NODES_FRAGMENT,
    ]);
    this.#curves = floatTexture(gl, curveTexels(almanac), CURVE_TEXELS);
    this.#texels = shellTexels(almanac);
    this.#shells = floatTexture(gl, this.#texels, SHELL_TEXELS);
    this.#firsts = new Int32Array(almanac.shells.length);
    this.#counts = new Int32Array(almanac.shells.length);
    this.#none = gl.createVertexArray();
  }

  draw({ at, colours, alpha, uniforms }: NodesLook): void {
    const gl = this.#gl;
    this.#colour(colours, alpha);
    this.#turn(at);
    gl.bindVertexArray(this.#none);
    this.#nodes.use(uniforms);
    this.#nodes.set({ u_curves: this.#curves, u_shells: this.#shells });
    const count = this.#counts.length;
    if (this.#many) {
      this.#many.multiDrawArraysWEBGL(gl.POINTS, this.#firsts, 0, this.#counts, 0, count);
      return;
    }
    for (let s = 0; s < count; s++) {
      this.#nodes.setInteger("u_shell", s);
      gl.drawArrays(gl.POINTS, 0, this.#counts[s]);
    }
  }

  places(at: EpochMs, group: number): Float32Array {
    this.#turn(at);
    const { planes, per_plane } = this.#almanac.shells[group].shell;
    return readPlaces(this.#gl, PLACES_VERTEX, planes * per_plane, (program) => {
      this.#gl.bindVertexArray(this.#none);
      program.use({ u_curves: this.#curves, u_shells: this.#shells, u_shell: group });
    });
  }

  #colour(colours: GroupColours, alpha: number): void {
    if (colours === this.#coloursOf) return;
    this.#coloursOf = colours;
    this.#almanac.shells.forEach(({ shell }, s) => {
      const colour = colours[s];
      this.#counts[s] = colour ? shell.planes * shell.per_plane : 0;
      const at = 4 * (SHELL_TEXELS * s + 2);
      this.#texels.set(colour ?? NO_COLOUR, at);
      this.#texels[at + 3] = alpha;
    });
  }

  #turn(at: EpochMs): void {
    turnTexels(this.#texels, this.#almanac.at(at));
    updateFloats(this.#gl, this.#shells, this.#texels, SHELL_TEXELS);
  }
}

interface MultiDraw {
  multiDrawArraysWEBGL(
    mode: number,
    firsts: Int32Array,
    firstsOffset: number,
    counts: Int32Array,
    countsOffset: number,
    count: number,
  ): void;
}

const NO_COLOUR: Rgb = [0, 0, 0];
