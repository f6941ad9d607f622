/**
 * What is told of an ask once it has ended: on a node, on the ground, or nowhere.
 * @module
 */
import type { LineTurn } from "../../mesh/node/npu-line.ts";
import { npuTemperature } from "../../mesh/node/state.ts";
import { isNodeOrigin } from "../../mesh/placement/ask.ts";
import type { RadioProfile } from "../../mesh/radio/profile.ts";
import { epochMs, joules, type Seconds, seconds } from "../../mesh/units.ts";
import type { StudyAsk } from "../ask.ts";
import type { Outcome, StudyRefusal } from "../outcome.ts";
import { batteryShare } from "./battery-share.ts";
import { drawnBeyondMean } from "./drawn-access.ts";
import type { OnGround } from "./ground.ts";
import type { StudyNode, Waiting } from "./study-node.ts";

type Radio = RadioProfile | undefined;

/** Of an outcome, what no node ran. */
const NOBODY: Omit<Outcome, "ask" | "asked" | "attempts" | "starts"> = {
  node: -1,
  gateway: -1,
  refusal: null,
  hops: 0,
  length_km: 0,
  timing: null,
  latency_s: 0,
  npu_s: 0,
  energy_j: joules(0),
  battery_j: joules(0),
  sunlit: false,
  state_of_charge: 0,
  npu_temperature_k: 0,
};

/** Of an ask that nobody took. @param refusal the first that was given; null: there was nobody to ask */
export const refusedOutcome = (
  ask: number,
  asked: StudyAsk,
  { attempts, refusal }: { attempts: number; refusal: StudyRefusal | null },
): Outcome => ({
  ...NOBODY,
  ask,
  asked,
  attempts,
  refusal: refusal ?? "no_node",
  starts: asked.at,
});

/** Of an ask that a site on the ground ran. */
export function groundOutcome(ask: number, asked: StudyAsk, on: OnGround, radio: Radio): Outcome {
  const { gateway, hops, length_km, timing } = on;
  const { light, fibre, transfer, compute, energy } = timing;
  const access = accessOf(ask, asked, timing.access, radio);
  const total = timing.total - timing.access + access;
  return {
    ...NOBODY,
    ask,
    asked,
    gateway,
    attempts: 1,
    hops,
    length_km,
    timing: { light, fibre, transfer, wait: seconds(0), npu: compute, access },
    latency_s: total,
    starts: epochMs(asked.at + (total - compute) * 500),
    npu_s: compute,
    energy_j: energy,
  };
}

/** Of each ask of a run that has just begun on a node's NPU. */
export function nodeOutcomes(
  node: StudyNode,
  turn: LineTurn<Waiting>,
  radio: Radio,
): Outcome[] {
  const { starts, run, members } = turn;
  const { hardware, line } = node;
  const share = batteryShare({ from: starts, lasts: run, draw: members[0].draw }, hardware);
  return members.map((member) => {
    const { ask, asked, attempts, arrived, way } = member;
    const own = line.ownPart(turn, member);
    const { light, transfer } = way;
    const access = accessOf(ask, asked, way.access, radio);
    const wait = seconds((starts - arrived) / 1e3);
    return {
      ask,
      asked,
      node: node.index,
      gateway: -1,
      refusal: null,
      attempts,
      hops: way.hops,
      length_km: way.length_km,
      timing: { light, fibre: seconds(0), transfer, wait, npu: run, access },
      latency_s: light + transfer + wait + run + access,
      starts,
      npu_s: own.npu,
      energy_j: own.energy,
      battery_j: joules(own.energy * share.battery),
      sunlit: share.sunlit,
      state_of_charge: line.state.battery / hardware.profile.battery,
      npu_temperature_k: npuTemperature(line.state),
    };
  });
}

/** One ask's wait at the radio. @param mean of the way, forwarding included */
const accessOf = (ask: number, { origin }: StudyAsk, mean: Seconds, radio: Radio): Seconds =>
  isNodeOrigin(origin) ? mean : seconds(mean + drawnBeyondMean(radio, ask));
