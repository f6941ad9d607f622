/**
 * What is known of a mesh from its exported files: its sky, its hardware, its prices, its language models.
 * @module
 */
import type { HardwareAnswer } from "../contract/hardware.ts";
import type { PriceList } from "../mesh/billing/receipt.ts";
import { DEFAULT_PROFILE, type HardwareProfile } from "../mesh/node/profile.ts";
import type { LinkRates } from "../mesh/placement/links.ts";
import { seconds, watts } from "../mesh/units.ts";
import type { ProvenSky } from "./sky.ts";

/** What a token of a language model is to a node, as GET /v1/models tells it. */
export interface TokenModel {
  operations_per_token: number;
  /** Micro-credits, as its two neighbours in a receipt. */
  per_mega_prompt_token: number;
  per_mega_completion_token: number;
}

/** What an uploaded model may take, as GET /v1/models tells it. */
export interface OperationBounds {
  min: number | null;
  max: number | null;
}

/** Everything that executions are held against. */
export interface Known {
  sky: ProvenSky;
  /** Of a node's shell; null: the files do not tell it. */
  npuOf: (group: number) => HardwareProfile | null;
  /** Null: the files do not tell them. */
  rates: LinkRates | null;
  prices: readonly PriceList[];
  /** By name. */
  tokens: ReadonlyMap<string, TokenModel>;
  /** By name. */
  uploaded: ReadonlyMap<string, OperationBounds>;
}

/** The hardware of shells. @param hardware as GET /v1/hardware gives it */
export function npusOf({ kinds, of_shells }: HardwareAnswer): Known["npuOf"] {
  const profiles = kinds.map((npu): HardwareProfile => ({
    ...DEFAULT_PROFILE,
    npu_tops: npu.npu_tops,
    npu_active: watts(npu.npu_active_w),
    npu_idle: watts(npu.npu_idle_w),
    npu_dispatch: seconds(npu.npu_dispatch_s),
    npu_speed_min: npu.npu_speed_min,
  }));
  return (group) => profiles[of_shells[group] ?? of_shells[0]] ?? null;
}
