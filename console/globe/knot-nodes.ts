/**
 * Draws the nodes of a catalogue: the two knots around an instant lie in the GPU's memory as they came, 24
 * bytes a node each, and it works out the places between them. The page does nothing for a node but hand over
 * the next knot, once a minute.
 * @module
 */
import { type Knot, KNOT_SPACING_MS } from "../../mesh/orbit/knot.ts";
import { cubicWeights } from "../../mesh/orbit/knot-almanac.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { KnotWindows } from "../sky/knot-windows.ts";
import { createProgram, floatTexture, type Program } from "./gl.ts";
import { type GroupColours, type NodeLayer, type NodesLook, readPlaces } from "./node-layer.ts";
import {
  COLOUR_TEXELS,
  KNOT_ATTRIBUTES as AT,
  KNOT_NODES_VERTEX,
  KNOT_PLACES_VERTEX,
  NODES_FRAGMENT,
} from "./shaders.ts";

/** By their knots. */
export class KnotNodes implements NodeLayer {
  readonly #gl: WebGL2RenderingContext;
  readonly #windows: KnotWindows;
  readonly #nodes: Program;
  readonly #array: WebGLVertexArrayObject;
  /** Those of the window that was drawn last. */
  #uploaded: { knot: Knot; buffer: WebGLBuffer }[] = [];
  #colours: WebGLTexture | null = null;
  #coloursOf: GroupColours = [];

  /** @throws Error where the browser's WebGL 2 does not take the program */
  constructor(gl: WebGL2RenderingContext, windows: KnotWindows) {
    this.#gl = gl;
    this.#windows = windows;
    this.#nodes = createProgram(gl, [KNOT_NODES_VERTEX, NODES_FRAGMENT]);
    this.#array = gl.createVertexArray();
    const { count, group } = windows.constellation;
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    const groups = Uint32Array.from({ length: count }, (_, i) => group(i));
    gl.bufferData(gl.ARRAY_BUFFER, groups, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(AT.group);
    gl.vertexAttribIPointer(AT.group, 1, gl.UNSIGNED_INT, 0, 0);
    gl.bindVertexArray(null);
  }

  draw({ at, colours, alpha, uniforms }: NodesLook): void {
    const gl = this.#gl;
    this.#colour(colours, alpha);
    this.#nodes.use(uniforms);
    this.#nodes.set({ ...this.#between(at), u_colours: this.#colours! });
    gl.bindVertexArray(this.#array);
    gl.drawArrays(gl.POINTS, 0, this.#windows.constellation.count);
  }

  places(at: EpochMs): Float32Array {
    const { count } = this.#windows.constellation;
    return readPlaces(this.#gl, KNOT_PLACES_VERTEX, count, (program) => {
      program.use(this.#between(at));
      this.#gl.bindVertexArray(this.#array);
    });
  }

  /** Has the GPU hold the knots around an instant. @returns what they weigh, as uniforms */
  #between(at: EpochMs): { u_of_places: number[]; u_of_rates: number[] } {
    const { first, second, from } = this.#windows.window(at);
    if (this.#uploaded[0]?.knot !== first || this.#uploaded[1]?.knot !== second) {
      this.#upload([first, second]);
    }
    const { p0, p1, v0, v1 } = cubicWeights((at - from) / KNOT_SPACING_MS, KNOT_SPACING_MS / 1e3);
    return { u_of_places: [p0, p1], u_of_rates: [v0, v1] };
  }

  #upload(knots: readonly [Knot, Knot]): void {
    const gl = this.#gl;
    const held = this.#uploaded;
    this.#uploaded = knots.map((knot) =>
      held.find((one) => one.knot === knot) ?? { knot, buffer: this.#bufferOf(knot) }
    );
    for (const old of held) if (!this.#uploaded.includes(old)) gl.deleteBuffer(old.buffer);
    gl.bindVertexArray(this.#array);
    this.#uploaded.forEach(({ knot: { positions, velocities }, buffer }, k) => {
      const [place, rate] = k === 0
        ? [AT.firstPlace, AT.firstRate]
        : [AT.secondPlace, AT.secondRate];
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribIPointer(place, 3, gl.INT, 0, positions.byteOffset);
      gl.enableVertexAttribArray(rate);
      gl.vertexAttribPointer(rate, 3, gl.FLOAT, false, 0, velocities.byteOffset);
    });
    gl.bindVertexArray(null);
  }

  #bufferOf({ bytes }: Knot): WebGLBuffer {
    const gl = this.#gl;
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.STATIC_DRAW);
    return buffer;
  }

  #colour(colours: GroupColours, alpha: number): void {
    if (colours === this.#coloursOf) return;
    this.#coloursOf = colours;
    const rows = Math.max(1, Math.ceil(colours.length / COLOUR_TEXELS));
    const texels = new Float32Array(4 * COLOUR_TEXELS * rows);
    colours.forEach((colour, g) => colour && texels.set([...colour, alpha], 4 * g));
    if (this.#colours) this.#gl.deleteTexture(this.#colours);
    this.#colours = floatTexture(this.#gl, texels, COLOUR_TEXELS);
  }
}
