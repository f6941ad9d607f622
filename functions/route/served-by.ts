/**
 * What it would cost an ask to be served by another candidate than the first.
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { RouteAnswer } from "../../contract/placement.ts";
import { toModelled } from "../../contract/to-placement.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";

/**
 * The candidate of a rank beside the first.
 * @param rank of those that would serve; 1 is the first
 * @param ranked best first; those that would not serve are passed over
 * @returns null where fewer would serve
 */
export function servedBy(
  rank: number,
  ranked: readonly Candidate[],
): z.infer<typeof RouteAnswer>["served"] {
  const serving = ranked.filter(({ refusal }) => refusal === null);
  const chosen = serving[rank - 1];
  if (!chosen) return null;
  const { node, look, timing } = chosen;
  return {
    rank,
    node,
    elevation_deg: look?.elevation ?? null,
    slant_range_km: look?.slant_range ?? null,
    modelled: toModelled(timing),
    later_ms: (timing.total - serving[0].timing.total) * 1e3,
  };
}
