/**
 * The ranking of placement, written a second time without haste: every node's position from the
 * almanac, Dijkstra with a sorted list of open ends over every link, every rule by its own line, then
 * one sort.
 * Figures of the default node are literals here on purpose: a changed default must show.
 * @module
 */
import { ecfToLookAngles, geodeticToEcf } from "satellite.js";
import type { Almanac } from "../../../../mesh/orbit/almanac.ts";
import type { Geodetic } from "../../../../mesh/orbit/frames.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import type { Hints } from "../../../../mesh/placement/hints.ts";
import { type Region, regionBelow } from "../../../../mesh/region.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { naivePaths } from "./naive-paths.ts";
import { naiveAccess, naiveLonger, type NaiveRadio } from "./naive-radio.ts";
import { observerOf, RAD } from "./oracle.ts";

export interface Ranked {
  index: number;
  position: { x: number; y: number; z: number };
  /** Whose objects serve it: by where it was at the last full ten seconds. */
  owner: () => Region;
  /** Of the whole way, one way. */
  length_km: number;
  light_s: number;
  transfer_s: number;
  wait_s: number;
  npu_s: number;
  total_s: number;
  energy_j: number;
  refusal: string | null;
}

/** What a node is made of, as far as a ranking asks. */
export interface NaiveNode {
  tops: number;
  idle_w: number;
  active_w: number;
  memory_bytes: number;
  load_bps: number;
}

/** The default node's. */
const DEFAULT_NODE: NaiveNode = {
  tops: 200,
  idle_w: 2,
  active_w: 20,
  memory_bytes: 8e9,
  load_bps: 40e6,
};

interface Question {
  almanac: Almanac;
  ask: Ask;
  hints: Hints;
  /** By index; missing: all are the default node. */
  made?: (index: number) => NaiveNode;
  /** Missing: none but light. Then lengths are as light would go in the time that a way takes. */
  radio?: NaiveRadio;
}

const LIGHT_KM_S = 299_792.458;
/** Links lead no farther than this. */
const LENGTH_MAX_KM = 20_000;

/** Every node above the mask by its slant range: those that would serve, then those that would not. */
export function rankSky(question: Question, xyz: Float64Array): Ranked[] {
  return aboveMask(question, xyz)
    .map(({ index, length_km }) => timed(question, xyz, index, length_km))
    .sort(inOrder);
}

/** Every node that links lead to, from the ground by way of any node above the mask. */
export function rankReach(
  question: Question,
  xyz: Float64Array,
  neighbours: Int32Array,
): Ranked[] {
  const { ask, radio } = question;
  const sources = "node" in ask.origin
    ? [{ index: ask.origin.node, length_km: 0 }]
    : aboveMask(question, xyz);
  const hop_km = (radio?.profile.hop ?? 0) * LIGHT_KM_S;
  const limit_km = radio ? 1e9 : LENGTH_MAX_KM;
  const lengths = naivePaths({ xyz, neighbours, sources, limit_km, hop_km });
  const ranked: Ranked[] = [];
  lengths.forEach((length_km, index) => {
    if (length_km < Infinity) ranked.push(timed(question, xyz, index, length_km));
  });
  return ranked.sort(inOrder);
}

const inOrder = (a: Ranked, b: Ranked) =>
  Number(a.refusal !== null) - Number(b.refusal !== null) ||
  a.total_s - b.total_s || a.index - b.index;

function aboveMask(
  { ask, radio }: Question,
  xyz: Float64Array,
): { index: number; length_km: number }[] {
  const bytes = bytesOf(ask, radio);
  const observer = observerOf(ask.origin as Geodetic);
  const site = geodeticToEcf(observer);
  const { latitude, longitude } = observer;
  const up = {
    x: Math.cos(latitude) * Math.cos(longitude),
    y: Math.cos(latitude) * Math.sin(longitude),
    z: Math.sin(latitude),
  };
  const above: { index: number; length_km: number }[] = [];
  for (let index = 0; index < xyz.length / 3; index++) {
    const [x, y, z] = [xyz[3 * index], xyz[3 * index + 1], xyz[3 * index + 2]];
    // Below the horizon, so below any mask of 0 degrees or more: spares most of the trigonometry.
    if ((x - site.x) * up.x + (y - site.y) * up.y + (z - site.z) * up.z < 0) continue;
    const { elevation, rangeSat } = ecfToLookAngles(observer, { x, y, z });
    if (elevation < ask.elevation_mask * RAD) continue;
    const longer_s = radio ? naiveLonger(radio, ask, index, bytes) : 0;
    const length_km = rangeSat + longer_s / 2 * LIGHT_KM_S;
    if (length_km < Infinity) above.push({ index, length_km });
  }
  return above;
}

/** Every node's position at the ask, x, y, z in turn. */
export function positionsAt(almanac: Almanac, at: Ask["at"]): Float64Array {
  const xyz = new Float64Array(3 * almanac.constellation.count);
  const positions = almanac.at(at);
  for (let i = 0; i < xyz.length / 3; i++) positions.position(i, xyz, 3 * i);
  return xyz;
}

/** How long all bytes take onto the slowest link, s. */
function bytesOf(ask: Ask, radio: NaiveRadio | undefined): { up_s: number; down_s: number } {
  const ground = radio ? [radio.profile.rates.up_bps, radio.profile.rates.down_bps] : [40e6, 200e6];
  const [up_bps, down_bps] = "node" in ask.origin ? [100e9, 100e9] : ground;
  return { up_s: ask.bytes_up * 8 / up_bps, down_s: ask.bytes_down * 8 / down_bps };
}

function timed(
  { almanac, ask, hints, made = () => DEFAULT_NODE, radio }: Question,
  xyz: Float64Array,
  index: number,
  length_km: number,
): Ranked {
  const { tops, idle_w, active_w, memory_bytes, load_bps } = made(index);
  const hint = hints.of(index);
  const position = { x: xyz[3 * index], y: xyz[3 * index + 1], z: xyz[3 * index + 2] };
  const oneWay_s = length_km / LIGHT_KM_S;
  const bytes = bytesOf(ask, radio);
  // The data is there already where the node that holds it thinks.
  const moves = length_km > 0;
  const up_s = moves ? bytes.up_s : 0;
  const down_s = moves ? bytes.down_s : 0;
  const access = radio && !("node" in ask.origin) ? naiveAccess(radio) : { up_s: 0, down_s: 0 };
  const npu_s = ask.operations / (tops * 1e12 * (hint?.npu_speed ?? 1)) + 20e-6;
  // In these tests an untouched node holds one model; others come over its link.
  const held = hint ? hint.resident.includes(ask.model) : ask.model === "scene-indices";
  const load_s = held ? 0 : ask.load_bytes * 8 / load_bps;
  const arrives_ms = ask.at + (oneWay_s + up_s + access.up_s) * 1e3;
  const busy_ms = hint ? hint.free_ms[ask.class] - arrives_ms : 0;
  const queue_s = busy_ms > 0 ? busy_ms / 1e3 : 0;
  const wait_s = Math.max(queue_s, load_s);
  const longest_s = { realtime: 0.5, interactive: 2, batch: 30 }[ask.class];
  const total_s = oneWay_s + up_s + wait_s + npu_s + down_s + oneWay_s +
    access.up_s + access.down_s;
  let refusal: string | null = null;
  if (ask.deadline_ms !== null && total_s * 1e3 > ask.deadline_ms) refusal = "too_late";
  if (queue_s > longest_s) refusal = "busy";
  if (hint?.refusing && ask.at < hint.refusing.until_ms) refusal = hint.refusing.refusal;
  if (ask.needs_hardware && !hints.boards.has(index)) refusal = "no_hardware";
  if (ask.policy && !ask.policy.admits(index, position)) refusal = "excluded";
  if (ask.memory_bytes > memory_bytes) refusal = "no_memory";
  return {
    index,
    position,
    // Of thousands that are reached, a test looks at eight.
    owner: () => ownerOf(almanac, ask.at, index),
    length_km,
    light_s: 2 * oneWay_s,
    transfer_s: up_s + down_s,
    wait_s,
    npu_s,
    total_s,
    energy_j: npu_s * (idle_w + (active_w - idle_w) * (hint?.npu_speed ?? 1)),
    refusal,
  };
}

function ownerOf(almanac: Almanac, at: number, index: number): Region {
  const xyz = new Float64Array(3);
  almanac.at(epochMs(at - at % 10_000)).position(index, xyz);
  return regionBelow({ x: xyz[0], y: xyz[1], z: xyz[2] });
}
