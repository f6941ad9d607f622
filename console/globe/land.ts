/**
 * Outlines of land, as emulator/land.ts writes them: rings of longitude and latitude.
 * @module
 */
import { WGS84_FLATTENING } from "../../mesh/orbit/earth.ts";

/** Longitude and latitude by turns, degrees. */
export type Ring = Float32Array;

let loading: Promise<Ring[]> | undefined;

/** The rings, fetched once. @throws Error if they do not come */
export function loadLand(): Promise<Ring[]> {
  loading ??= fetchLand().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function fetchLand(): Promise<Ring[]> {
  const response = await fetch("/console/land.bin");
  if (!response.ok) throw new Error("The outlines of land did not come");
  const numbers = new Int16Array(await response.arrayBuffer());
  const rings: Ring[] = [];
  for (let i = 0; i < numbers.length;) {
    const last = i + 1 + 2 * numbers[i];
    rings.push(Float32Array.from(numbers.subarray(i + 1, last), (hundredths) => hundredths / 100));
    i = last;
  }
  return rings;
}

/**
 * Draws land on a map of the whole Earth, north above and Greenwich in the middle.
 * @param context of a canvas, whose fill is land's
 */
export function fillLand(
  context: CanvasRenderingContext2D,
  rings: readonly Ring[],
  width: number,
  height: number,
): void {
  context.beginPath();
  for (const ring of rings.map(unrolled)) {
    // What runs over one edge of the map comes in at the other.
    for (const shift of [-360, 0, 360]) {
      for (let i = 0; i < ring.length; i += 2) {
        const x = (ring[i] + shift + 180) / 360 * width;
        const y = (90 - ring[i + 1]) / 180 * height;
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      context.closePath();
    }
  }
  context.fill("evenodd");
}

/** A ring without jumps over the antimeridian; one that goes round the south pole is closed along it. */
function unrolled(ring: Ring): number[] {
  const out = [ring[0], ring[1]];
  for (let i = 2; i < ring.length; i += 2) {
    const east = (ring[i] - ring[i - 2] + 540) % 360 - 180;
    out.push(out[i - 2] + east, ring[i + 1]);
  }
  const last = out[out.length - 2];
  return Math.abs(last - out[0]) < 180 ? out : [...out, last, -90, out[0], -90];
}

// Where rings are cut at the edge of the map there is no coast.
const isCut = (lon: number, lat: number): boolean => Math.abs(lon) > 179.99 || lat < -89.99;

/** Coasts as pairs of ends, Earth-fixed, in equatorial radii. */
export function coastSegments(rings: readonly Ring[]): Float32Array {
  const ends: number[] = [];
  for (const ring of rings) {
    for (let i = 0; i + 3 < ring.length; i += 2) {
      if (isCut(ring[i], ring[i + 1]) && isCut(ring[i + 2], ring[i + 3])) continue;
      ends.push(...onGround(ring[i], ring[i + 1]), ...onGround(ring[i + 2], ring[i + 3]));
    }
  }
  return Float32Array.from(ends);
}

const E2 = WGS84_FLATTENING * (2 - WGS84_FLATTENING);

/** A place of the ellipsoid, Earth-fixed, in equatorial radii. */
export function onGround(lon: number, lat: number): [number, number, number] {
  const [phi, lambda] = [lat * Math.PI / 180, lon * Math.PI / 180];
  const normal = 1 / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
  return [
    normal * Math.cos(phi) * Math.cos(lambda),
    normal * Math.cos(phi) * Math.sin(lambda),
    normal * (1 - E2) * Math.sin(phi),
  ];
}
