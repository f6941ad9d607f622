/**
 * Where the Sun is, seen from the turning Earth.
 * @module
 */
import { siderealTime, sunDirectionTeme } from "./propagation.ts";
import type { Ecef } from "./frames.ts";
import type { EpochMs } from "../units.ts";

/** The direction to the Sun: a unit vector in the Earth-fixed frame. */
export function sunDirectionEcef(at: EpochMs): Ecef {
  const [x, y, z] = sunDirectionTeme(at);
  const gmst = siderealTime(at);
  const cos = Math.cos(gmst);
  const sin = Math.sin(gmst);
  return { x: cos * x + sin * y, y: cos * y - sin * x, z };
}
