/**
 * Made-up executions, the same for the same seed.
 * @module
 */

import type { Execution } from "../../ledger/execution.ts";
import { type Random, seeded } from "./random.ts";

export const START_MS = Date.UTC(2026, 10, 1);
export const SPAN_MS = 6 * 3_600_000;
export const TENANTS = ["acme", "globex", "initech"];

/** What is summed of receipts. */
export const QUANTITIES = [
  "operations",
  "energy_mj",
  "npu_us",
  "bytes_up",
  "bytes_down",
  "prompt_tokens",
  "completion_tokens",
  "charge_microcredits",
] as const;

export function randomExecutions(count: number, seed: number): Execution[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, i) => randomExecution(random, `${seed}-${i}`));
}

function randomExecution(random: Random, id: string): Execution {
  const { between, integer, pick, chance } = random;
  const node = () => `G2A-0${integer(10, 30)}-042`;
  const shared = {
    id,
    tenant_id: pick(TENANTS),
    node: node(),
    region: pick(["weur", "enam", "apac"]),
    model: pick(["scene-indices", "landcover"]),
    class: pick(["realtime", "interactive", "batch"] as const),
  };
  // Few instants, so that many rows share one and their order hangs on the id.
  const at_ms = START_MS + integer(0, 500) * (SPAN_MS / 500) - 1;
  const fromGround = chance(0.8);
  const ifGround = (value: number) => fromGround ? value : null;
  return {
    receipt: {
      ...shared,
      key_id: pick(["k1", "k2"]),
      model_version: "1",
      executed_at_ms: at_ms,
      // So large that a handful of them passes 2^53, as the sums of a real tenant do.
      operations: integer(0, Number.MAX_SAFE_INTEGER - 1),
      energy_mj: integer(0, 1e6),
      npu_us: integer(0, 1e6),
      bytes_up: integer(0, 1e8),
      bytes_down: integer(0, 1e5),
      charge_microcredits: integer(0, 1e9),
      price_list: "launch",
      lease_id: null,
    },
    placement: {
      ...shared,
      origin_lat: ifGround(between(-90, 90)),
      origin_lon: ifGround(between(-180, 180)),
      origin_node: fromGround ? null : "G2A-001-001",
      sub_lat: between(-53, 53),
      sub_lon: between(-180, 180),
      sub_alt_km: between(340, 614),
      elevation_deg: ifGround(between(25, 90)),
      azimuth_deg: ifGround(between(0, 360)),
      slant_range_km: ifGround(between(340, 1200)),
      sunlit: chance(0.6),
      path: Array.from({ length: integer(1, 4) }, node),
      policy: chance(0.2) ? { regions: ["weur"], sunlit: true } : null,
      attempts: integer(1, 3),
      modelled_light_time_ms: between(1, 8),
      modelled_transfer_ms: between(0, 1),
      modelled_wait_ms: between(0, 1),
      modelled_npu_ms: between(0, 1),
      modelled_total_ms: between(1, 10),
      modelled_energy_mj: between(0, 1e6),
      measured_wall_ms: chance(0.5) ? null : between(0, 100),
      placed_at_ms: at_ms,
    },
  };
}
