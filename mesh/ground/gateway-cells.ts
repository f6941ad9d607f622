/**
 * Which gateways could see a node that is over a part of the Earth: most of it is far from all of them,
 * and then nobody need be asked.
 *
 * The sky is cut into cells by a cube around the Earth, each side of it into squares; their edges lie on
 * great circles, so that no point of a cell is farther from its middle than its farthest corner.
 * @module
 */
import type { Ecef } from "../orbit/frames.ts";
import { MEAN_RADIUS_KM, WGS84_POLAR_RADIUS_KM } from "../orbit/earth.ts";
import { type Degrees, RADIANS_PER_DEGREE, toRadians } from "../units.ts";

// Squares along an edge of the cube: cells of some 600 km, 1,536 of them, made in a millisecond or two.
const SQUARES = 16;
const SIDES = 6;

/** Nodes farther from the Earth's centre than this are over no cell, km. */
export const RADIUS_MAX_KM = MEAN_RADIUS_KM + 1_400;

// A zenith leans from the line to the Earth's centre by up to 0.2 degrees; the rest is for rounding.
const SLACK_RAD = 0.21 * RADIANS_PER_DEGREE;

/** The gateways to ask about a node, by where it is. */
export class GatewayCells {
  readonly #starts = new Uint32Array(SIDES * SQUARES * SQUARES + 1);
  readonly #gateways: Uint16Array;

  /**
   * @param positions of the gateways, Earth-fixed, km
   * @param mask of the gateways
   */
  constructor(positions: readonly Ecef[], mask: Degrees) {
    const lowest = Math.max(0, toRadians(mask) - SLACK_RAD);
    const widest = Math.acos(WGS84_POLAR_RADIUS_KM * Math.cos(lowest) / RADIUS_MAX_KM) - lowest;
    const found: number[] = [];
    for (let cell = 0; cell < this.#starts.length - 1; cell++) {
      const { middle, cornered } = shapeOf(cell);
      const least = Math.cos(widest + Math.acos(cornered) + SLACK_RAD);
      positions.forEach(({ x, y, z }, g) => {
        const cos = (x * middle.x + y * middle.y + z * middle.z) / Math.hypot(x, y, z);
        if (cos >= least) found.push(g);
      });
      this.#starts[cell + 1] = found.length;
    }
    this.#gateways = Uint16Array.from(found);
  }

  /** The cell below a point, by its Earth-fixed coordinates; only their ratios matter. */
  cellBelow(x: number, y: number, z: number): number {
    const ax = Math.abs(x);
    const ay = Math.abs(y);
    const az = Math.abs(z);
    if (ax >= ay && ax >= az) return cellOf(x > 0 ? 0 : 1, y / ax, z / ax);
    if (ay >= az) return cellOf(y > 0 ? 2 : 3, x / ay, z / ay);
    return cellOf(z > 0 ? 4 : 5, x / az, y / az);
  }

  /** The first of a cell's places in the list of gateways. */
  start(cell: number): number {
    return this.#starts[cell];
  }

  /** Behind the last of a cell's places in the list of gateways. */
  end(cell: number): number {
    return this.#starts[cell + 1];
  }

  /** The gateway at a place of the list: its index among the positions. */
  at(place: number): number {
    return this.#gateways[place];
  }
}

const squareOf = (u: number): number =>
  Math.max(0, Math.min(SQUARES - 1, Math.floor((u + 1) / 2 * SQUARES)));

const cellOf = (side: number, u: number, v: number): number =>
  (side * SQUARES + squareOf(u)) * SQUARES + squareOf(v);

/** The middle of a cell, a unit vector, and the cosine of the angle from there to its farthest corner. */
function shapeOf(cell: number): { middle: Ecef; cornered: number } {
  const v = cell % SQUARES;
  const u = Math.floor(cell / SQUARES) % SQUARES;
  const side = Math.floor(cell / (SQUARES * SQUARES));
  const point = (du: number, dv: number) =>
    onCube(side, 2 * (u + du) / SQUARES - 1, 2 * (v + dv) / SQUARES - 1);
  const middle = point(0.5, 0.5);
  const corners = [point(0, 0), point(0, 1), point(1, 0), point(1, 1)];
  const cosines = corners.map((c) => c.x * middle.x + c.y * middle.y + c.z * middle.z);
  return { middle, cornered: Math.min(...cosines) };
}

/** The unit vector to a point of a side of the cube; the inverse of cellBelow(). */
function onCube(side: number, u: number, v: number): Ecef {
  const w = side % 2 === 0 ? 1 : -1;
  const [x, y, z] = side < 2 ? [w, u, v] : side < 4 ? [u, w, v] : [u, v, w];
  const length = Math.hypot(x, y, z);
  return { x: x / length, y: y / length, z: z / length };
}
