/**
 * Finds the node that somebody has clicked, by the search that places asks: nodes near the line of sight,
 * and of those the one that is nearest on the screen.
 * @module
 */
import { siteOf } from "../../mesh/geo/site.ts";
import { type Ecef, ecefToGeodetic } from "../../mesh/orbit/frames.ts";
import { WGS84_EQUATORIAL_RADIUS_KM as R } from "../../mesh/orbit/earth.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Sky } from "../sky/sky.ts";
import type { Camera } from "./camera.ts";
import type { Picked } from "./view.ts";

/**
 * What is at a pixel.
 * @param x pixels of the camera's screen, from the left
 * @param y from above
 * @param within how far from it a node may be, pixels
 * @param shown of each group, whether it counts
 */
export function pick(
  sky: Sky,
  { camera, at, x, y, within, shown }: {
    camera: Camera;
    at: EpochMs;
    x: number;
    y: number;
    within: number;
    shown: readonly boolean[];
  },
): Picked {
  const { almanac, constellation } = sky;
  const ground = camera.ground(x, y);
  const { foot, reach_km } = sight(camera, ground, x, y, almanac.radius_max_km);
  let node = -1;
  let nearest = within;
  const site = siteOf({ ...ecefToGeodetic(foot) });
  sky.each({ at, site, sin_mask: -0.05 }, (index, _range, xyz) => {
    if (!shown[constellation.group(index)]) return;
    const seen = camera.project(xyz[0], xyz[1], xyz[2]);
    if (!seen) return;
    const off = Math.hypot(seen.x - x, seen.y - y);
    if (off >= nearest) return;
    nearest = off;
    node = index;
  }, reach_km);
  return { node, ground };
}

/** Where the line of sight comes nearest to the Earth, and how far from there it leaves the highest shell. */
function sight(
  camera: Camera,
  ground: Ecef | null,
  x: number,
  y: number,
  radius_max_km: number,
): { foot: Ecef; reach_km: number } {
  const d = camera.ray(x, y);
  const eye = [...camera.eye];
  const a = dot(d, d);
  const t = -dot(eye, d) / a;
  const nearest = eye.map((e, i) => (e + t * d[i]) * R);
  const miss = Math.sqrt(dot(nearest, nearest));
  const half = Math.sqrt(Math.max(0, radius_max_km ** 2 - miss * miss));
  if (!ground) {
    const [gx, gy, gz] = nearest.map((one) => one * R / miss);
    return { foot: { x: gx, y: gy, z: gz }, reach_km: half + Math.max(0, miss - R) + 200 };
  }
  const below = Math.sqrt(Math.max(0, R * R - miss * miss));
  return { foot: ground, reach_km: half - below + 200 };
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
