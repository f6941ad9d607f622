/**
 * Nodes as pixels of a picture, for the flat map: tens of thousands of squares that a canvas is told to fill
 * take it a hundred times as long as these.
 * @module
 */
import type { Rgb } from "./colours.ts";

/** A colour as a pixel of ImageData has it, on machines of little end. @param alpha 0..1 */
export const packed = ([r, g, b]: Rgb, alpha: number): number =>
  (Math.round(alpha * 255) << 24 | byte(b) << 16 | byte(g) << 8 | byte(r)) >>> 0;

const byte = (part: number): number => Math.round(part * 255);

/** A picture that is made anew for each frame. */
export class NodePixels {
  readonly #canvas = document.createElement("canvas");
  #image: ImageData | null = null;
  #pixels = new Uint32Array();
  #size = 1;

  /** Empties the picture. @param size of a node, pixels */
  clear(width: number, height: number, size: number): void {
    this.#size = Math.max(1, size);
    if (this.#image?.width === width && this.#image.height === height) {
      this.#pixels.fill(0);
      return;
    }
    this.#canvas.width = Math.max(1, width);
    this.#canvas.height = Math.max(1, height);
    this.#image = new ImageData(this.#canvas.width, this.#canvas.height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** Puts a node. @param left pixels, beyond the picture too @param top pixels */
  put(left: number, top: number, colour: number): void {
    const { width, height } = this.#canvas;
    const [x, y] = [Math.round(left), Math.round(top)];
    for (let row = Math.max(0, y); row < Math.min(y + this.#size, height); row++) {
      for (let column = Math.max(0, x); column < Math.min(x + this.#size, width); column++) {
        this.#pixels[row * width + column] = colour;
      }
    }
  }

  /** @returns the picture, until it is cleared */
  drawn(): HTMLCanvasElement {
    if (this.#image) this.#canvas.getContext("2d")!.putImageData(this.#image, 0, 0);
    return this.#canvas;
  }
}
