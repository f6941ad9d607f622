/**
 * Asks that think on the ground: by bent pipe to a gateway and its cloud region, mesh/ground's own way, with
 * a study's table of relays.
 * @module
 */
import { Ground } from "../../mesh/ground/ground-candidate.ts";
import { GROUND } from "../../mesh/ground/ground-network.ts";
import type { GroundTiming } from "../../mesh/ground/ground-timing.ts";
import { RelayTable } from "../../mesh/ground/relay-table.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import type { Sky } from "../../mesh/placement/sky.ts";

/** Where an ask thinks on the ground, and what it takes. */
export interface OnGround {
  /** The gateway's index in the network's `landings`. */
  gateway: number;
  hops: number;
  /** From the origin to the gateway, one way, without the fibre, km. */
  length_km: number;
  timing: GroundTiming;
}

/** Finds the ground for one ask at a time; null where no node takes it up, or none leads to a gateway. */
export type StudyGround = (ask: Ask, sky: Sky) => OnGround | null;

/** Prepares the ground of one constellation. */
export function groundOf(constellation: Constellation): StudyGround {
  const ground = new Ground({ relays: new RelayTable(constellation, GROUND) });
  return (ask, sky) => {
    const candidate = ground.candidate(ask, sky);
    if (!candidate) return null;
    const { way: { path, up, lasers, down, gateway }, timing } = candidate;
    return { gateway, hops: path.length - 1, length_km: up + lasers + down, timing };
  };
}
