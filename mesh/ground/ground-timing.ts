/**
 * The modelled time to result of one ask on the ground, term by term: up to the node that serves it,
 * down to a gateway, by fibre to a region, the run there, and back. Every figure is physics or a stated
 * parameter, none is a measurement.
 *
 * As in orbit, links pass bytes on as they come: the slowest on the way sets the transfer. Fibre and
 * what is behind it are never the slowest, and the model is in memory there.
 * @module
 */
import { type Ask, isNodeOrigin } from "../placement/ask.ts";
import { LIGHT_KM_S, transferTime } from "../placement/links.ts";
import { type Joules, joules, type Seconds, seconds, type Watts, watts } from "../units.ts";
import { expectedAccess } from "../radio/access.ts";
import type { LinkRates, RadioProfile } from "../radio/profile.ts";
import type { WayDown } from "./way-down.ts";

/** What computes in a region. */
export interface GroundAccelerator {
  readonly name: string;
  /** Tera-operations (10^12) per second at full speed. */
  readonly tops: number;
  /** What one run takes beside its operations. */
  readonly dispatch: Seconds;
  /** What it draws while it runs. */
  readonly draw: Watts;
}

/**
 * An NVIDIA L4: 485 INT8 TOPS with sparsity by its data sheet, so half of that for dense models, at 72 W.
 * The dispatch is the nodes' own, so that the two differ by their arithmetic alone.
 */
export const DEFAULT_ACCELERATOR: GroundAccelerator = {
  name: "NVIDIA L4",
  tops: 242,
  dispatch: seconds(20e-6),
  draw: watts(72),
};

/**
 * What a gateway's link to one node carries each way, bits per second. SpaceX's filings for gateways
 * (SES-AMD-20210409-00640) have 1.3 GHz down and as much or more up, in two polarisations: at 4 bits per
 * second and Hz, which is ours, 10 Gb/s.
 */
export const GATEWAY_BPS = 10e9;

/** The parameters of the ground's model. */
export interface GroundParameters {
  accelerator: GroundAccelerator;
  gateway_bps: number;
}

/** The parameters of every deployment. */
export const DEFAULT_GROUND: GroundParameters = {
  accelerator: DEFAULT_ACCELERATOR,
  gateway_bps: GATEWAY_BPS,
};

/** The modelled time to result of an ask on the ground, and the energy of its run there. */
export interface GroundTiming {
  /** There and back in vacuum: up, over lasers and down to the gateway. */
  light: Seconds;
  /** What the radio makes the ask wait for beside light and bytes; forwarding from node to node included. */
  access: Seconds;
  /** There and back in fibre. */
  fibre: Seconds;
  /** All bytes up and all bytes down, serialised onto the slowest link. */
  transfer: Seconds;
  /** The run. */
  compute: Seconds;
  /** Of all these. */
  total: Seconds;
  /** What the accelerator draws for the run. */
  energy: Joules;
}

/** Of an ask, what its time on the ground follows from. */
export type GroundAsk = Pick<Ask, "origin" | "operations" | "bytes_up" | "bytes_down">;

/** Of a deployment's physics, what the ground has in common with nodes. */
export interface GroundPhysics {
  rates: LinkRates;
  /** Missing: `light`. */
  radio?: RadioProfile;
}

/**
 * Models the time to result of an ask on the ground.
 * @param way down to the gateway
 * @param fibre_time of the gateway's fibre, once
 * @param access what the place's radio makes the ask wait, both ways; default: the profile's mean
 */
export function groundTiming(
  { ask, way, fibre_time, physics: { rates, radio }, parameters, access }: {
    ask: GroundAsk;
    way: Pick<WayDown, "path" | "up" | "toll" | "lasers" | "down">;
    fibre_time: Seconds;
    physics: GroundPhysics;
    parameters: GroundParameters;
    access?: Seconds;
  },
): GroundTiming {
  const { accelerator, gateway_bps } = parameters;
  const inside = way.lasers > 0 ? Math.min(gateway_bps, rates.isl_bps) : gateway_bps;
  const isPlace = !isNodeOrigin(ask.origin);
  const up = transferTime(ask.bytes_up, isPlace ? Math.min(rates.up_bps, inside) : inside);
  const down = transferTime(ask.bytes_down, isPlace ? Math.min(rates.down_bps, inside) : inside);
  const light = seconds(2 * (way.up + way.lasers + way.down) / LIGHT_KM_S);
  const fibre = seconds(2 * fibre_time);
  const transfer = seconds(up + down + 2 * way.toll / LIGHT_KM_S);
  const forwarding = 2 * (way.path.length - 1) * (radio?.hop ?? 0);
  const waits = seconds((access ?? (isPlace && radio ? meanAccess(radio) : 0)) + forwarding);
  const compute = seconds(ask.operations / (accelerator.tops * 1e12) + accelerator.dispatch);
  const total = seconds(light + waits + fibre + transfer + compute);
  return {
    light,
    access: waits,
    fibre,
    transfer,
    compute,
    total,
    energy: joules(accelerator.draw * compute),
  };
}

function meanAccess(radio: RadioProfile): number {
  const { up, down } = expectedAccess(radio);
  return up + down;
}
