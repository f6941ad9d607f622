/**
 * What a run takes of a node's battery, written a second time without haste: the node is turned along its
 * circle step by step, the shadow's edges are found by halving, and every rule stands by its own line.
 * The charge of a node that nobody has touched is taken from the mesh: other tests hold it to the exact
 * account.
 * @module
 */
import { idleRates, orbitCharge } from "../../../../mesh/node/orbit-charge.ts";
import { orbitLight } from "../../../../mesh/node/orbit-light.ts";
import type { HardwareProfile } from "../../../../mesh/node/profile.ts";
import type { Almanac } from "../../../../mesh/orbit/almanac.ts";
import { isSunlit } from "../../../../mesh/orbit/eclipse.ts";
import type { Ecef } from "../../../../mesh/orbit/frames.ts";
import { sunDirectionEcef } from "../../../../mesh/orbit/sun.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import type { Hints } from "../../../../mesh/placement/hints.ts";
import type { Ranked } from "./naive-ranking.ts";

// rad/s of the Earth against the stars.
const EARTH_TURN = 7.292115855e-5;
const STEP_S = 10;

export interface NaiveUse {
  use: "none" | "slows_charging" | "draws";
  state_of_charge: number;
  /** Seconds between the shadow's edge and the run's end, or Infinity: how near another answer is. */
  margin_s: number;
}

export function naiveUse(
  { index, position, total_s, transfer_s, light_s }: Ranked,
  { almanac, ask, hints, profile }: {
    almanac: Almanac;
    ask: Ask;
    hints: Hints;
    profile: HardwareProfile;
  },
): NaiveUse {
  const up_bps = "node" in ask.origin ? 100e9 : 40e6;
  const up_s = transfer_s > 0 ? 8 * ask.bytes_up / up_bps : 0;
  const ends_s = total_s - light_s / 2 - (transfer_s - up_s);
  const sun = sunDirectionEcef(ask.at);
  const velocity = almanac.at(ask.at).velocity(index);
  const litAt = turning(position, velocity, sun);
  const hint = hints.of(index);
  const { drain, gain, battery } = idleRates(profile);
  let charge: number;
  if (hint) {
    charge = hint.state_of_charge * battery;
    const since_s = (ask.at - hint.at_ms) / 1e3;
    const edges = [-since_s, ...edgesOf(litAt, -since_s, 0), 0];
    for (let e = 1; e < edges.length; e++) {
      const lit = litAt((edges[e - 1] + edges[e]) / 2);
      charge += (lit ? gain : -drain) * (edges[e] - edges[e - 1]);
      charge = Math.min(battery, Math.max(0, charge));
    }
  } else {
    charge = orbitCharge(orbitLight(position, velocity, sun), idleRates(profile));
  }
  const [edge = Infinity] = edgesOf(litAt, 0, ends_s + 60);
  const isLit = litAt(0) && edge >= ends_s;
  const speed = hint?.npu_speed ?? 1;
  const { npu_idle, npu_active, housekeeping, solar, charge_max } = profile;
  const left_w = solar - housekeeping - (npu_idle + (npu_active - npu_idle) * speed);
  const use = !isLit || left_w < 0
    ? "draws"
    : charge === battery || left_w >= charge_max
    ? "none"
    : "slows_charging";
  return { use, state_of_charge: charge / battery, margin_s: Math.abs(edge - ends_s) };
}

/** Hours on top of the time to result: what the docs say that wear counts for. */
export function naiveScore({ total_s }: Ranked, { use, state_of_charge }: NaiveUse): number {
  const lacking = Math.floor((1 - state_of_charge) * 4_096);
  const steps = { none: 0, slows_charging: 1 + lacking, draws: 4_098 + lacking }[use];
  return 4_096 * steps + total_s;
}

/** Whether the node is lit some seconds from now, on the circle that it flies now. */
function turning(node: Ecef, velocity: Ecef, sun: Ecef): (after_s: number) => boolean {
  const v = [velocity.x - EARTH_TURN * node.y, velocity.y + EARTH_TURN * node.x, velocity.z];
  const r = [node.x, node.y, node.z];
  const momentum = cross(r, v);
  const h = Math.hypot(...momentum);
  const r2 = node.x ** 2 + node.y ** 2 + node.z ** 2;
  const ahead = cross(momentum.map((c) => c / h), r);
  return (after_s) => {
    const [cos, sin] = [Math.cos(h / r2 * after_s), Math.sin(h / r2 * after_s)];
    const [x, y, z] = r.map((c, axis) => c * cos + ahead[axis] * sin);
    return isSunlit({ x, y, z }, sun);
  };
}

function edgesOf(litAt: (s: number) => boolean, from_s: number, until_s: number): number[] {
  const edges: number[] = [];
  for (let a = from_s; a < until_s; a += STEP_S) {
    let [low, high] = [a, Math.min(until_s, a + STEP_S)];
    if (litAt(low) === litAt(high)) continue;
    const before = litAt(low);
    for (let halving = 0; halving < 50; halving++) {
      const middle = (low + high) / 2;
      if (litAt(middle) === before) low = middle;
      else high = middle;
    }
    edges.push(high);
  }
  return edges;
}

const cross = ([a, b, c]: number[], [d, e, f]: number[]): number[] => [
  b * f - c * e,
  c * d - a * f,
  a * e - b * d,
];
