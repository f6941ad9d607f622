/**
 * The modelled time to result of one ask at one node, term by term. Every figure is physics, none is
 * a measurement.
 *
 * Links pass bytes on as they come (cut-through), so the slowest link on the way sets the transfer:
 * from the ground the radio link, whatever lasers follow; from a node the lasers, or nothing at all
 * where the node itself thinks.
 * @module
 */
import { loadTime } from "../node/admit.ts";
import { type HardwareProfile, npuDraw, npuTime } from "../node/profile.ts";
import { holds, type Resident } from "../node/residency.ts";
import type { ShellProfiles } from "../node/shell-profiles.ts";
import { epochMs, type Joules, joules, type Km, type Seconds, seconds } from "../units.ts";
import { type Ask, isNodeOrigin } from "./ask.ts";
import type { Digest } from "../node/digest.ts";
import { lightTime, type LinkRates, transferTime } from "./links.ts";

/** The modelled time to result of an ask at a node, and the energy of its run. */
export interface Timing {
  /** There and back. */
  light: Seconds;
  /** All bytes up and all bytes down, serialised onto the slowest link. */
  transfer: Seconds;
  /** Until the NPU starts: its queue, or the model's bytes where they are not in memory. */
  wait: Seconds;
  npu: Seconds;
  /** Light, transfer, wait and NPU. */
  total: Seconds;
  /** What the NPU draws for the run. */
  energy: Joules;
  /** Of the wait, what the queue alone would make. */
  queue: Seconds;
  /** Of the transfer, the way up. */
  up: Seconds;
}

/** The parameters of all models of time and energy. */
export interface Physics {
  profiles: ShellProfiles;
  rates: LinkRates;
  /** What an untouched node of such hardware holds in memory. */
  launched: (profile: HardwareProfile) => readonly Resident[];
}

/** How long the bytes of an ask and of its answer take onto the slowest link. */
export interface Transfers {
  up: Seconds;
  down: Seconds;
}

const NOTHING: Transfers = { up: seconds(0), down: seconds(0) };

/**
 * How long the bytes of an ask take.
 * @returns `far`: over a way of some length; `here`: where the node that holds the data thinks
 */
export function transfersOf(
  ask: Pick<Ask, "origin" | "bytes_up" | "bytes_down">,
  rates: LinkRates,
): { far: Transfers; here: Transfers } {
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

/** What one ask meets at a node, as far as is known of it. */
export interface Reception {
  /** From its arrival until the queue would let it run. */
  queue: Seconds;
  /** From its arrival until the model is in memory. */
  load: Seconds;
  npu: Seconds;
  /** Of the NPU, 0..1. */
  speed: number;
}

/**
 * Estimates what an ask meets at a node.
 * @param digest the node's last one; undefined: it stands as an untouched node does
 * @param arrives ms since 1970, mesh clock
 * @param profile the node's
 */
export function reception(
  digest: Digest | undefined,
  { ask, arrives, profile, physics: { launched } }: {
    ask: Ask;
    arrives: number;
    profile: HardwareProfile;
    physics: Physics;
  },
): Reception {
  const speed = digest?.npu_speed ?? 1;
  const held = digest ? digest.resident.includes(ask.model) : holds(launched(profile), ask.model);
  return {
    queue: seconds(digest ? Math.max(0, digest.free_ms[ask.class] - arrives) / 1e3 : 0),
    load: held ? seconds(0) : loadTime(ask.load_bytes, profile),
    npu: npuTime(ask.operations, speed, profile),
    speed,
  };
}

/**
 * Models the time to result of an ask at a node.
 * @param length of the whole way from the origin to the node
 * @param digest the node's last one; undefined: it stands as an untouched node does
 * @param profile the node's
 */
export function timing(
  { ask, length, digest, profile, physics }: {
    ask: Ask;
    length: Km;
    digest: Digest | undefined;
    profile: HardwareProfile;
    physics: Physics;
  },
): Timing {
  const { far, here } = transfersOf(ask, physics.rates);
  const { up, down } = length > 0 ? far : here;
  const oneWay = lightTime(length);
  const arrives = epochMs(ask.at + (oneWay + up) * 1e3);
  const { queue, load, npu, speed } = reception(digest, { ask, arrives, profile, physics });
  const wait = seconds(Math.max(queue, load));
  const light = seconds(2 * oneWay);
  const transfer = seconds(up + down);
  const total = seconds(light + transfer + wait + npu);
  const energy = joules(npuDraw(speed, profile) * npu);
  return { light, transfer, wait, npu, total, energy, queue, up };
}
