/**
 * The +Grid of an imported constellation: planes and neighbours derived from the elements.
 *
 * Nodes of like inclination and mean motion make a shell, those of like RAAN in it a plane. Within a
 * plane each links with the next and the last by argument of latitude; between neighbouring planes
 * nodes pair off, the best aligned first, so that every terminal has one partner. All angles are
 * carried to one instant with the secular J2 rates (Vallado, Fundamentals of Astrodynamics, 9.6).
 * Real catalogues hold nodes on their way up or down: they fall into planes of their own, and many
 * stay without side links.
 * @module
 */
import type { Constellation } from "../../orbit/constellation.ts";
import { semiMajorAxis, WGS72_EQUATORIAL_RADIUS_KM, WGS72_J2 } from "../../orbit/earth.ts";
import { MINUTES_PER_DAY, MS_PER_MINUTE, RADIANS_PER_DEGREE, TURN } from "../../units.ts";
import { NO_NODE, PORTS } from "./shell-links.ts";

// Stations keep within a few hundredths of these; shells and planes lie far wider apart.
const INCLINATION_GAP = 0.25 * RADIANS_PER_DEGREE;
const MEAN_MOTION_GAP = 0.02 * TURN / MINUTES_PER_DAY; // 0.02 revolutions a day: some 6 km of altitude
const RAAN_GAP = 0.8 * RADIANS_PER_DEGREE;
// Planes farther apart than this are not neighbours, whatever lies between them.
const NEIGHBOUR_RAAN = 45 * RADIANS_PER_DEGREE;
// Along track: a partner farther off than this leaves the terminal unused.
const PAIR_OFFSET = 30 * RADIANS_PER_DEGREE;

interface Placed {
  index: number;
  inclination: number;
  mean_motion: number;
  raan: number;
  /** Mean argument of latitude. */
  latitude: number;
}

/** Neighbours of node i are result[4 * i .. 4 * i + 3], NO_NODE where a terminal has no partner. */
export function derivedGrid(constellation: Constellation): Int32Array {
  const neighbours = new Int32Array(PORTS * constellation.count).fill(NO_NODE);
  for (const shell of likeOrbits(placedNodes(constellation))) {
    const planes = splitCircle(shell, (node) => node.raan, RAAN_GAP);
    for (const plane of planes) linkAlong(neighbours, plane);
    // The last plane's neighbour is the first, unless these two are all there are.
    const last = planes.length > 2 ? planes.length : planes.length - 1;
    for (let p = 0; p < last; p++) {
      linkAcross(neighbours, planes[p], planes[(p + 1) % planes.length]);
    }
  }
  return neighbours;
}

/** Every node's angles at the newest epoch of them all. */
function placedNodes(constellation: Constellation): Placed[] {
  const all = Array.from({ length: constellation.count }, (_, i) => constellation.elements(i));
  const at = all.reduce((latest, { epoch }) => Math.max(latest, epoch), -Infinity);
  return all.map((e, index) => {
    const minutes = (at - e.epoch) / MS_PER_MINUTE;
    const p = semiMajorAxis(e.mean_motion) * (1 - e.eccentricity * e.eccentricity);
    const k = 0.75 * WGS72_J2 * (WGS72_EQUATORIAL_RADIUS_KM / p) ** 2 * e.mean_motion;
    const cos = Math.cos(e.inclination);
    const perigeeRate = k * (5 * cos * cos - 1);
    return {
      index,
      inclination: e.inclination,
      mean_motion: e.mean_motion,
      raan: wrap(e.raan - 2 * k * cos * minutes),
      latitude: wrap(e.arg_perigee + e.mean_anomaly + (e.mean_motion + perigeeRate) * minutes),
    };
  });
}

function likeOrbits(nodes: Placed[]): Placed[][] {
  return split(nodes, (node) => node.inclination, INCLINATION_GAP)
    .flatMap((like) => split(like, (node) => node.mean_motion, MEAN_MOTION_GAP));
}

/** Sorts by a value and cuts where it jumps. */
function split(nodes: Placed[], value: (node: Placed) => number, gap: number): Placed[][] {
  const sorted = [...nodes].sort((a, b) => value(a) - value(b) || a.index - b.index);
  const parts: Placed[][] = [];
  sorted.forEach((node, i) => {
    if (i === 0 || value(node) - value(sorted[i - 1]) > gap) parts.push([]);
    parts[parts.length - 1].push(node);
  });
  return parts;
}

/** The same on a circle: the part across zero is one. */
function splitCircle(nodes: Placed[], value: (node: Placed) => number, gap: number): Placed[][] {
  const parts = split(nodes, value, gap);
  if (parts.length < 2) return parts;
  const first = parts[0];
  const last = parts[parts.length - 1];
  if (value(first[0]) + TURN - value(last[last.length - 1]) > gap) return parts;
  return [[...last, ...first], ...parts.slice(1, -1)];
}

function linkAlong(neighbours: Int32Array, plane: Placed[]): void {
  if (plane.length < 2) return;
  const sorted = [...plane].sort((a, b) => a.latitude - b.latitude || a.index - b.index);
  sorted.forEach((node, i) => {
    const next = sorted[(i + 1) % sorted.length];
    neighbours[PORTS * node.index] = next.index;
    neighbours[PORTS * next.index + 1] = node.index;
  });
}

function linkAcross(neighbours: Int32Array, plane: Placed[], right: Placed[]): void {
  const apart = wrap(middle(right) - middle(plane));
  if (apart > NEIGHBOUR_RAAN) return;
  const pairs = plane.flatMap((from) =>
    right.map((to) => {
      // Side by side at the equator means this difference in argument of latitude.
      const aligned = -apart * Math.cos(from.inclination);
      return { from, to, off: Math.abs(signed(to.latitude - from.latitude - aligned)) };
    })
  ).filter(({ off }) => off < PAIR_OFFSET);
  pairs.sort((a, b) => a.off - b.off || a.from.index - b.from.index || a.to.index - b.to.index);
  for (const { from, to } of pairs) {
    const out = PORTS * from.index + 2;
    const back = PORTS * to.index + 3;
    if (neighbours[out] !== NO_NODE || neighbours[back] !== NO_NODE) continue;
    neighbours[out] = to.index;
    neighbours[back] = from.index;
  }
}

/** Mean RAAN of a plane, which may lie across zero. */
function middle(plane: Placed[]): number {
  const first = plane[0].raan;
  const off = plane.reduce((sum, node) => sum + signed(node.raan - first), 0);
  return wrap(first + off / plane.length);
}

const wrap = (angle: number): number => ((angle % TURN) + TURN) % TURN;
const signed = (angle: number): number => wrap(angle + Math.PI) - Math.PI;
