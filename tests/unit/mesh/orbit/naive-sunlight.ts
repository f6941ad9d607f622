/**
 * Sunlight as a textbook has it: the ray from the node towards the Sun against the ellipsoid of WGS-84,
 * by the discriminant of its quadratic; positions by satellite.js; looked at every so often wherever
 * the light may change, and each change halved down to a millisecond. Slow and plain on purpose.
 * @module
 */
import { checkForDecay, jday, json2satrec, sgp4, sunPos } from "satellite.js";
import { type Elements, ORBIT_RADIUS_MAX_KM, toOmm } from "../../../../mesh/orbit/elements.ts";

export interface Vector {
  x: number;
  y: number;
  z: number;
}

const A_KM = 6378.137;
const B_KM = 6356.752314245;

/** |node + t sun|, each axis in units of the ellipsoid's, is 1 for the t of either end of a chord. */
export function seesSun(node: Vector, sun: Vector): boolean {
  const px = node.x / A_KM, py = node.y / A_KM, pz = node.z / B_KM;
  const dx = sun.x / A_KM, dy = sun.y / A_KM, dz = sun.z / B_KM;
  const a = dx * dx + dy * dy + dz * dz;
  const half_b = px * dx + py * dy + pz * dz;
  const c = px * px + py * py + pz * pz - 1;
  const discriminant = half_b * half_b - a * c;
  return discriminant <= 0 || -half_b + Math.sqrt(discriminant) <= 0;
}

/** TEME, km; null where SGP4 has no answer, or one that no catalogue of ours takes. */
export type Path = (at: number) => Vector | null;
export type SunAt = (at: number) => Vector;

export function pathOf(elements: Elements): Path {
  const satrec = json2satrec({ ...toOmm({ id: "", number: 0, elements }) });
  return (at) => {
    const result = sgp4(satrec, (at - elements.epoch) / 60_000);
    if (!result || checkForDecay(satrec)) return null;
    const { x, y, z } = result.position;
    return Math.hypot(x, y, z) <= ORBIT_RADIUS_MAX_KM ? { x, y, z } : null;
  };
}

/** In astronomical units; only its direction counts. */
export const satelliteJsSun: SunAt = (at) => sunPos(jday(new Date(at))).rsun;

/** Knows the whole steps of a window by heart, for many nodes in one window. */
export function tabulated(sunAt: SunAt, { from, until, step_ms }: Window): SunAt {
  const table: Vector[] = [];
  for (let at = from; at <= until; at += step_ms) table.push(sunAt(at));
  return (at) => table[(at - from) / step_ms] ?? sunAt(at);
}

export interface Edge {
  at: number;
  /** The light from then on. */
  lit: boolean;
}

export interface Window {
  from: number;
  until: number;
  step_ms: number;
}

// No node is faster: it would leave for good.
const SPEED_MAX_KM_S = 12;
// Another Sun of the same instant, or the same Sun a quarter of an hour later, is not farther off.
const SUN_MARGIN_RAD = 1e-3;
const IDLE_MAX_MS = 900_000;

/** The edges in (from, until], for each Sun. */
export function naiveEdges(path: Path, suns: SunAt[], { from, until, step_ms }: Window): Edge[][] {
  const found: Edge[][] = suns.map(() => []);
  const lookAt = (at: number) => {
    const node = path(at);
    return { node, lights: suns.map((sunAt) => node !== null && seesSun(node, sunAt(at))) };
  };
  let { node, lights } = lookAt(from);
  for (let at = from; at < until;) {
    const idle = node ? idleSteps(node, suns[0](at), step_ms) : 0;
    const next = Math.min(until, at + step_ms * (1 + idle));
    const then = lookAt(next);
    then.lights.forEach((lit, s) => {
      if (lit === lights[s]) return;
      let [low, high] = [at, next];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (lookAt(middle).lights[s] === lit) high = middle;
        else low = middle;
      }
      found[s].push({ at: high, lit });
    });
    at = next;
    ({ node, lights } = then);
  }
  return found;
}

/**
 * Looks that would show nothing new: the node cannot fly to the edge of the shadow in that time. The
 * shadow lies within the cylinder of the equator, and holds that of the poles.
 */
function idleSteps(node: Vector, sun: Vector, step_ms: number): number {
  const sunward = (node.x * sun.x + node.y * sun.y + node.z * sun.z) /
    Math.hypot(sun.x, sun.y, sun.z);
  const r = Math.hypot(node.x, node.y, node.z);
  const across = Math.sqrt(r * r - sunward * sunward);
  const away_km = Math.max(sunward, across - A_KM, sunward < 0 ? B_KM - across : 0);
  // Nor can it fall to where SGP4 gives it up.
  const safe_km = Math.min(away_km - SUN_MARGIN_RAD * r, r - A_KM);
  const idle_ms = 1e3 * safe_km / SPEED_MAX_KM_S;
  return Math.max(0, Math.floor(Math.min(IDLE_MAX_MS, idle_ms) / step_ms) - 1);
}
