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
import { type AccessDelay, expectedAccess } from "../radio/access.ts";
import type { LinkRates, RadioProfile } from "../radio/profile.ts";
import { lightTime, transferTime } from "./links.ts";

/** The modelled time to result of an ask at a node, and the energy of its run. */
export interface Timing {
  /** There and back. */
  light: Seconds;
  /** All bytes up and all bytes down, serialised onto the slowest link. */
  transfer: Seconds;
  /** Until the NPU starts: its queue, or the model's bytes where they are not in memory. */
  wait: Seconds;
  npu: Seconds;
  /** What the radio makes the ask wait for beside light and bytes, in the mean; forwarding included. */
  access: Seconds;
  /** Light, transfer, access, wait and NPU. */
  total: Seconds;
  /** What the NPU draws for the run. */
  energy: Joules;
  /** Of the wait, what the queue alone would make. */
  queue: Seconds;
  /** Of the transfer, the way up. */
  up: Seconds;
  /** Of the access, the way up. */
  access_up: Seconds;
}

/** The parameters of all models of time and energy. */
export interface Physics {
  profiles: ShellProfiles;
  /** Clear-sky rates of an ask; under a radio profile ratesAmong() tells them. */
  rates: LinkRates;
  /** Missing: `light`. */
  radio?: RadioProfile;
  /** What an untouched node of such hardware holds in memory. */
  launched: (profile: HardwareProfile) => readonly Resident[];
}

/**
 * How long the bytes of an ask and of its answer take onto the slowest link, under a clear sky, and what
 * the radio adds in the mean.
 */
export interface Transfers {
  up: Seconds;
  down: Seconds;
  /** Tolls of a way (tolls.ts) not included. */
  access: AccessDelay;
}

const NO_ACCESS: AccessDelay = { up: seconds(0), down: seconds(0) };
const NOTHING: Transfers = { up: seconds(0), down: seconds(0), access: NO_ACCESS };

/**
 * How long the bytes of an ask take, and its access.
 * @returns `far`: over a way of some length; `here`: where the node that holds the data thinks
 */
export function transfersOf(
  ask: Pick<Ask, "origin" | "bytes_up" | "bytes_down">,
  { rates, radio }: Pick<Physics, "rates" | "radio">,
): { far: Transfers; here: Transfers } {
  if (isNodeOrigin(ask.origin)) {
    const far = {
      up: transferTime(ask.bytes_up, rates.isl_bps),
      down: transferTime(ask.bytes_down, rates.isl_bps),
      access: NO_ACCESS,
    };
    return { far, here: NOTHING };
  }
  const far = {
    up: transferTime(ask.bytes_up, Math.min(rates.up_bps, rates.isl_bps)),
    down: transferTime(ask.bytes_down, Math.min(rates.down_bps, rates.isl_bps)),
    access: radio ? expectedAccess(radio) : NO_ACCESS,
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

const NO_TOLL = seconds(0);

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
 *
 * What the link to the ground loses by range and rain makes the transfer longer by the way's toll; half of
 * that counts before the node has the ask, whichever way loses more.
 * @param length of the whole way from the origin to the node
 * @param toll of the node that takes the ask up, there and back (tolls.ts); missing: none
 * @param hops over how many links between nodes the way leads; missing: none
 * @param digest the node's last one; undefined: it stands as an untouched node does
 * @param profile the node's
 */
export function timing(
  { ask, length, toll = NO_TOLL, hops = 0, digest, profile, physics }: {
    ask: Ask;
    length: Km;
    toll?: Seconds;
    hops?: number;
    digest: Digest | undefined;
    profile: HardwareProfile;
    physics: Physics;
  },
): Timing {
  const { far, here } = transfersOf(ask, physics);
  const bytes = length > 0 ? far : here;
  const oneWay = lightTime(length);
  const forwarding = hops * (physics.radio?.hop ?? 0);
  const up = seconds(bytes.up + toll / 2);
  const access_up = seconds(bytes.access.up + forwarding);
  const access = seconds(access_up + bytes.access.down + forwarding);
  const arrives = epochMs(ask.at + (oneWay + (up + access_up)) * 1e3);
  const { queue, load, npu, speed } = reception(digest, { ask, arrives, profile, physics });
  const wait = seconds(Math.max(queue, load));
  const light = seconds(2 * oneWay);
  const transfer = seconds(bytes.up + bytes.down + toll);
  const total = seconds(light + transfer + wait + npu + access);
  const energy = joules(npuDraw(speed, profile) * npu);
  return { light, transfer, wait, npu, access, total, energy, queue, up, access_up };
}
