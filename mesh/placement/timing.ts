/**
 * The modelled time to result of one ask at one node, term by term. Every figure is physics, none is
 * a measurement.
 * @module
 */
import { type HardwareProfile } from "../node/profile.ts";
import { npuEnergy, npuSeconds } from "../node/admit.ts";
import type { Ask } from "./ask.ts";
import { lightTime, type LinkRates, transferTime } from "./links.ts";
import { type EpochMs, epochMs, type Joules, type Km, type Seconds, seconds } from "../units.ts";

export interface Timing {
  /** There and back. */
  light: Seconds;
  /** All bytes up and all bytes down, serialised onto the link. */
  transfer: Seconds;
  /** In the queue of the node's NPU. */
  wait: Seconds;
  npu: Seconds;
  total: Seconds;
  energy: Joules;
  /** On the mesh clock: when the ask's last byte is there. */
  arrives: EpochMs;
  /** From the NPU's last operation to the answer's last byte on the ground. */
  back: Seconds;
}

export interface Physics {
  profile: HardwareProfile;
  rates: LinkRates;
}

/** The part of a time to result that no node can change. */
export interface Fixed {
  up_s: number;
  down_s: number;
  npu_s: number;
}

export function fixedTerms(ask: Ask, { profile, rates }: Physics): Fixed {
  return {
    up_s: transferTime(ask.bytes_up, rates.up_bps),
    down_s: transferTime(ask.bytes_down, rates.down_bps),
    npu_s: npuSeconds(ask.operations, profile),
  };
}

export function timing(
  { ask, range, busy_until, physics }: {
    ask: Ask;
    range: Km;
    busy_until: number;
    physics: Physics;
  },
): Timing {
  const { up_s, down_s, npu_s } = fixedTerms(ask, physics);
  const oneWay = lightTime(range);
  const arrives = epochMs(ask.at + (oneWay + up_s) * 1e3);
  const wait = seconds(Math.max(0, busy_until - arrives) / 1e3);
  const npu = seconds(npu_s);
  const light = seconds(2 * oneWay);
  const transfer = seconds(up_s + down_s);
  const total = seconds(light + transfer + wait + npu);
  const energy = npuEnergy(npu, physics.profile);
  return { light, transfer, wait, npu, total, energy, arrives, back: seconds(oneWay + down_s) };
}
