/**
 * The modelled time to result of one ask at one node, term by term. Every figure is physics, none is
 * a measurement.
 *
 * Links pass bytes on as they come (cut-through), so the slowest link on the way sets the transfer:
 * from the ground the radio link, whatever lasers follow; from a node the lasers, or nothing at all
 * where the node itself thinks.
 * @module
 */
import { npuEnergy, npuSeconds } from "../node/admit.ts";
import type { HardwareProfile } from "../node/profile.ts";
import { type EpochMs, epochMs, type Joules, type Km, type Seconds, seconds } from "../units.ts";
import { type Ask, isNodeOrigin } from "./ask.ts";
import { lightTime, type LinkRates, transferTime } from "./links.ts";

export interface Timing {
  /** There and back. */
  light: Seconds;
  /** All bytes up and all bytes down, serialised onto the slowest link. */
  transfer: Seconds;
  /** In the queue of the node's NPU. */
  wait: Seconds;
  npu: Seconds;
  total: Seconds;
  energy: Joules;
  /** On the mesh clock: when the ask's last byte is there. */
  arrives: EpochMs;
  /** From the NPU's last operation to the answer's last byte at the origin. */
  back: Seconds;
}

export interface Physics {
  profile: HardwareProfile;
  rates: LinkRates;
}

export interface Transfers {
  up: Seconds;
  down: Seconds;
}

const NOTHING: Transfers = { up: seconds(0), down: seconds(0) };

/** What the bytes take over a way of some length, and over one of none. */
export function transfersOf(ask: Ask, rates: LinkRates): { far: Transfers; here: Transfers } {
  if (isNodeOrigin(ask.origin)) {
    const far = {
      up: transferTime(ask.bytes_up, rates.isl_bps),
      down: transferTime(ask.bytes_down, rates.isl_bps),
    };
    return { far, here: NOTHING };
  }
  const far = {
    up: transferTime(ask.bytes_up, Math.min(rates.up_bps, rates.isl_bps)),
    down: transferTime(ask.bytes_down, Math.min(rates.down_bps, rates.isl_bps)),
  };
  return { far, here: far };
}

/** @param length of the whole way from the origin to the node */
export function timing(
  { ask, length, busy_until, physics }: {
    ask: Ask;
    length: Km;
    busy_until: number;
    physics: Physics;
  },
): Timing {
  const { far, here } = transfersOf(ask, physics.rates);
  const { up, down } = length > 0 ? far : here;
  const oneWay = lightTime(length);
  const npu = npuSeconds(ask.operations, physics.profile);
  const arrives = epochMs(ask.at + (oneWay + up) * 1e3);
  const wait = seconds(Math.max(0, busy_until - arrives) / 1e3);
  const light = seconds(2 * oneWay);
  const transfer = seconds(up + down);
  const total = seconds(light + transfer + wait + npu);
  const energy = npuEnergy(npu, physics.profile);
  return { light, transfer, wait, npu, total, energy, arrives, back: seconds(oneWay + down) };
}
