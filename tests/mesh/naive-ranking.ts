/**
 * The ranking of placement, written a second time without haste: every node's position from the
 * almanac, every rule of DESIGN section 3 by its own line, then one sort.
 * Figures of the default node are literals here on purpose: a changed default must show.
 * @module
 */
import { ecfToLookAngles, geodeticToEcf } from "satellite.js";
import type { Almanac } from "../../mesh/orbit/almanac.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import type { Hints } from "../../mesh/placement/hints.ts";
import { observerOf, RAD } from "./oracle.ts";

export interface Ranked {
  index: number;
  position: { x: number; y: number; z: number };
  range_km: number;
  light_s: number;
  transfer_s: number;
  wait_s: number;
  npu_s: number;
  total_s: number;
  energy_j: number;
  refusal: string | null;
}

/** Every node above the mask, in order: those that would serve, then those that would refuse. */
export function naiveRanking(
  { almanac, ask, hints }: { almanac: Almanac; ask: Ask; hints: Hints },
): Ranked[] {
  const observer = observerOf(ask.origin);
  const site = geodeticToEcf(observer);
  const { latitude, longitude } = observer;
  const up = {
    x: Math.cos(latitude) * Math.cos(longitude),
    y: Math.cos(latitude) * Math.sin(longitude),
    z: Math.sin(latitude),
  };
  const weights = almanac.weights(ask.at);
  const xyz = new Float64Array(3);
  const ranked: Ranked[] = [];
  for (let index = 0; index < almanac.constellation.count; index++) {
    almanac.position(index, weights, xyz);
    const [x, y, z] = xyz;
    // Below the horizon, so below any mask of 0 degrees or more: spares most of the trigonometry.
    if ((x - site.x) * up.x + (y - site.y) * up.y + (z - site.z) * up.z < 0) continue;
    const { elevation, rangeSat } = ecfToLookAngles(observer, { x, y, z });
    if (elevation < ask.elevation_mask * RAD) continue;
    ranked.push(timed({ index, position: { x, y, z }, range_km: rangeSat, ask, hints }));
  }
  return ranked.sort((a, b) =>
    Number(a.refusal !== null) - Number(b.refusal !== null) ||
    a.total_s - b.total_s || a.index - b.index
  );
}

function timed(
  { index, position, range_km, ask, hints }: {
    index: number;
    position: Ranked["position"];
    range_km: number;
    ask: Ask;
    hints: Hints;
  },
): Ranked {
  const hint = hints.of(index);
  const oneWay_s = range_km / 299_792.458;
  const up_s = ask.bytes_up * 8 / 40e6;
  const down_s = ask.bytes_down * 8 / 200e6;
  const npu_s = ask.operations / 200e12;
  const arrives_ms = ask.at + (oneWay_s + up_s) * 1e3;
  const busy_ms = hint ? hint.busy_until_ms - arrives_ms : 0;
  const wait_s = busy_ms > 0 ? busy_ms / 1e3 : 0;
  const total_s = oneWay_s + up_s + wait_s + npu_s + down_s + oneWay_s;
  let refusal: string | null = null;
  if (ask.deadline_ms !== null && total_s * 1e3 > ask.deadline_ms) refusal = "too_late";
  if (hint?.refusing && ask.at < hint.refusing.until_ms) refusal = hint.refusing.refusal;
  if (ask.memory_bytes > 8e9) refusal = "no_memory";
  return {
    index,
    position,
    range_km,
    light_s: 2 * oneWay_s,
    transfer_s: up_s + down_s,
    wait_s,
    npu_s,
    total_s,
    energy_j: npu_s * 20,
    refusal,
  };
}
