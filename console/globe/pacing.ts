/**
 * When the globe is drawn again: as soon as something on it has moved by a part of a pixel, which at the pace of
 * the real sky takes a few frames a second, and not the sixty that a browser shows.
 * @module
 */
import type { EpochMs } from "../../mesh/units.ts";
import type { Camera } from "./camera.ts";

// What moves by less nobody sees move. Who has asked for less motion is shown steps of a whole pixel.
const PIXELS = { moving: 0.25, calm: 1 };
// Whatever comes without anybody's touch, as the arc of an ask, is seen within this.
const REST_MS_MAX = { moving: 400, calm: 1_000 };
// The light that runs along an arc looks even.
const LIVELY_MS_MAX = 33;
// Equatorial radii a second of the fastest node, low as the lowest.
const NODE_SPEED = 7.9 / 6_378;
const RADIANS = Math.PI / 180;

/** What was drawn last. */
interface Drawn {
  now: number;
  at: EpochMs;
  lon: number;
  lat: number;
  distance: number;
  tilt: number;
  width: number;
  height: number;
}

/** Decides for one view. */
export class Pacing {
  readonly #pace: "moving" | "calm";
  #last: Drawn | null = null;

  /** @param isCalm whether nothing is to move that need not */
  constructor(isCalm: boolean) {
    this.#pace = isCalm ? "calm" : "moving";
  }

  /** Has the next frame drawn, as something else than the sky has changed. */
  touch(): void {
    this.#last = null;
  }

  /**
   * Whether a frame is due; if so it counts as drawn.
   * @param now of the page, ms
   * @param at what is shown
   * @param isLively whether something runs along a line
   */
  isDue(now: number, { at, camera, isLively }: {
    at: EpochMs;
    camera: Camera;
    isLively: boolean;
  }): boolean {
    const { lon, lat, distance, tilt, width, height } = camera;
    const next: Drawn = { now, at, lon, lat, distance, tilt, width, height };
    const last = this.#last;
    const rest_ms = isLively ? LIVELY_MS_MAX : REST_MS_MAX[this.#pace];
    const isStill = last && pixelsMoved(last, next, camera) < PIXELS[this.#pace];
    if (isStill && now - last.now < rest_ms) return false;
    this.#last = next;
    return true;
  }
}

/** At most, of anything that is seen. */
function pixelsMoved(a: Drawn, b: Drawn, camera: Camera): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  const turned = Math.abs(a.lon - b.lon) + Math.abs(a.lat - b.lat) + Math.abs(a.tilt - b.tilt);
  const radii = turned * RADIANS + NODE_SPEED * Math.abs(a.at - b.at) / 1e3;
  const zoomed = Math.abs(a.distance - b.distance) / (b.distance - 1);
  return radii * camera.pixelsPerRadius * b.distance / (b.distance - 1) +
    zoomed * Math.max(b.width, b.height) / 2;
}
