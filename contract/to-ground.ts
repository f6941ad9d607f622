/**
 * From what the ground's model computed to what the wire says.
 * @module
 */
import type { GroundCandidate } from "../mesh/ground/ground-candidate.ts";
import type { Constellation } from "../mesh/orbit/constellation.ts";
import type { Ask } from "../mesh/placement/ask.ts";
import type { GroundJson } from "./ground.ts";

/** Writes the ground as the wire has it. */
export function toGround(
  { way, gateway, region, fibre, timing }: GroundCandidate,
  ask: Ask,
  constellation: Constellation,
): GroundJson {
  const total_ms = timing.total * 1e3;
  const isLate = ask.deadline_ms !== null && total_ms > ask.deadline_ms;
  return {
    path: way.path.map((node) => constellation.id(node)),
    path_length_km: way.up + way.lasers + way.down,
    gateway: {
      name: gateway.name,
      country: gateway.country,
      lat: gateway.lat,
      lon: gateway.lon,
    },
    fibre_km: fibre,
    region: {
      name: region.name,
      cloud: region.cloud,
      city: region.city,
      lat: region.lat,
      lon: region.lon,
    },
    modelled: {
      light_time_ms: timing.light * 1e3,
      access_ms: timing.access * 1e3,
      fibre_ms: timing.fibre * 1e3,
      transfer_ms: timing.transfer * 1e3,
      compute_ms: timing.compute * 1e3,
      total_ms,
      energy_mj: timing.energy * 1e3,
    },
    ...(isLate && { refusal: "too_late" }),
  };
}
