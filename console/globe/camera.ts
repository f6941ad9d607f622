/**
 * The eye before the turning Earth: where it is, and where a point falls on the screen. Earth-fixed axes, in
 * equatorial radii.
 * @module
 */
import { WGS84_EQUATORIAL_RADIUS_KM, WGS84_FLATTENING } from "../../mesh/orbit/earth.ts";

const RADIANS = Math.PI / 180;
/** Half of the angle that the smaller side of the screen takes. */
const HALF_VIEW = Math.tan(15 * RADIANS);
const DISTANCE_MIN = 1.2;
const DISTANCE_MAX = 16;
// Beyond, north would be anywhere.
const LATITUDE_MAX = 89;
const STRETCH = 1 / (1 - WGS84_FLATTENING);

/** The eye. */
export class Camera {
  /** Degrees east, of the point below the eye. */
  lon = 8;
  /** Degrees north. */
  lat = 24;
  /** From the Earth's centre, where it looks straight down. */
  distance = 5.2;
  /** Of the line of sight, degrees from straight down, as from the south. */
  tilt = 0;
  /** Of the screen, pixels. */
  width = 1;
  height = 1;
  /** Column by column, as WebGL takes it. */
  readonly matrix = new Float32Array(16);
  readonly eye = new Float64Array(3);
  readonly right = new Float64Array(3);
  readonly up = new Float64Array(3);
  readonly forward = new Float64Array(3);
  /** What a unit across and up is on the screen, at a distance of one. */
  scaleX = 1;
  scaleY = 1;

  /** Works out the matrix after a change of any of the above. */
  update(): void {
    const [lon, lat] = [this.lon * RADIANS, this.lat * RADIANS];
    const [cosLon, sinLon, cosLat, sinLat] = [
      Math.cos(lon),
      Math.sin(lon),
      Math.cos(lat),
      Math.sin(lat),
    ];
    const [cosTilt, sinTilt] = [Math.cos(this.tilt * RADIANS), Math.sin(this.tilt * RADIANS)];
    const ground = [cosLat * cosLon, cosLat * sinLon, sinLat];
    const north = [-sinLat * cosLon, -sinLat * sinLon, cosLat];
    this.right.set([-sinLon, cosLon, 0]);
    for (let i = 0; i < 3; i++) {
      this.up[i] = north[i] * cosTilt + ground[i] * sinTilt;
      this.forward[i] = north[i] * sinTilt - ground[i] * cosTilt;
      this.eye[i] = ground[i] - (this.distance - 1) * this.forward[i];
    }
    const smaller = Math.min(this.width, this.height);
    this.scaleX = smaller / this.width / HALF_VIEW;
    this.scaleY = smaller / this.height / HALF_VIEW;
    const m = this.matrix;
    for (let i = 0; i < 3; i++) {
      m[4 * i] = this.scaleX * this.right[i];
      m[4 * i + 1] = this.scaleY * this.up[i];
      m[4 * i + 2] = 0;
      m[4 * i + 3] = this.forward[i];
    }
    const [x, y, z] = this.eye;
    m[12] = -this.scaleX * dot(this.right, x, y, z);
    m[13] = -this.scaleY * dot(this.up, x, y, z);
    m[14] = 0;
    m[15] = -dot(this.forward, x, y, z);
  }

  /** How many pixels an equatorial radius is, at the distance of the Earth's centre. */
  get pixelsPerRadius(): number {
    return Math.min(this.width, this.height) / 2 / HALF_VIEW / this.distance;
  }

  /** Turns by a drag, so that the ground stays under the pointer. @param dx of pixels @param dy of pixels */
  drag(dx: number, dy: number): void {
    const degrees = this.distance <= 1
      ? 0
      : (this.distance - 1) * HALF_VIEW * 2 / Math.min(this.width, this.height) / RADIANS;
    // From afar the globe is turned by its rim, not by the ground.
    const perPixel = Math.min(degrees, 0.35);
    this.turn(-dx * perPixel / Math.max(0.2, Math.cos(this.lat * RADIANS)), dy * perPixel);
  }

  /** Turns by degrees east and north. */
  turn(east: number, north: number): void {
    this.lon = (this.lon + east + 540) % 360 - 180;
    this.lat = Math.min(Math.max(this.lat + north, -LATITUDE_MAX), LATITUDE_MAX);
  }

  /** Comes nearer where the factor is below one. */
  zoom(factor: number): void {
    // By the height above the ground, so that it slows down where it comes near.
    const height = (this.distance - 1) * factor;
    this.distance = Math.min(Math.max(1 + height, DISTANCE_MIN), DISTANCE_MAX);
  }

  /**
   * Where a point falls.
   * @param x in km, as the others; Earth-fixed
   * @returns pixels from the upper left; null behind the eye or behind the Earth
   */
  project(x: number, y: number, z: number): { x: number; y: number } | null {
    const p = [x / R, y / R, z / R];
    if (this.#isHidden(p)) return null;
    const dx = p[0] - this.eye[0];
    const dy = p[1] - this.eye[1];
    const dz = p[2] - this.eye[2];
    const depth = dot(this.forward, dx, dy, dz);
    if (depth <= 0) return null;
    const across = dot(this.right, dx, dy, dz) * this.scaleX / depth;
    const above = dot(this.up, dx, dy, dz) * this.scaleY / depth;
    return { x: (across + 1) / 2 * this.width, y: (1 - above) / 2 * this.height };
  }

  /**
   * The ray through a pixel.
   * @returns a direction, as long as its way forward is one
   */
  ray(x: number, y: number): [number, number, number] {
    const across = (2 * x / this.width - 1) / this.scaleX;
    const above = (1 - 2 * y / this.height) / this.scaleY;
    return [0, 1, 2].map((i) => this.forward[i] + across * this.right[i] + above * this.up[i]) as [
      number,
      number,
      number,
    ];
  }

  /**
   * Where the ray through a pixel meets the ground.
   * @returns km, Earth-fixed; null where it passes the Earth
   */
  ground(x: number, y: number): { x: number; y: number; z: number } | null {
    const [dx, dy, dz] = this.ray(x, y);
    const [ox, oy, oz] = [this.eye[0], this.eye[1], this.eye[2] * STRETCH];
    const sz = dz * STRETCH;
    const a = dx * dx + dy * dy + sz * sz;
    const b = ox * dx + oy * dy + oz * sz;
    const c = ox * ox + oy * oy + oz * oz - 1;
    const rest = b * b - a * c;
    if (rest < 0) return null;
    const t = (-b - Math.sqrt(rest)) / a;
    return {
      x: (ox + t * dx) * R,
      y: (oy + t * dy) * R,
      z: (this.eye[2] + t * dz) * R,
    };
  }

  #isHidden([x, y, z]: number[]): boolean {
    const [ox, oy, oz] = [this.eye[0], this.eye[1], this.eye[2] * STRETCH];
    const [dx, dy, dz] = [x - ox, y - oy, z * STRETCH - oz];
    const length2 = dx * dx + dy * dy + dz * dz;
    const t = -(ox * dx + oy * dy + oz * dz) / length2;
    if (t <= 0 || t >= 1) return false;
    const [px, py, pz] = [ox + t * dx, oy + t * dy, oz + t * dz];
    return px * px + py * py + pz * pz < 1;
  }
}

const R = WGS84_EQUATORIAL_RADIUS_KM;

const dot = (a: Float64Array, x: number, y: number, z: number): number =>
  a[0] * x + a[1] * y + a[2] * z;
