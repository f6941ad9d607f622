/**
 * What the routes of operators answer with, as far as the fleet's page shows it.
 * @module
 */

/** A node of the list. */
export interface FleetNode {
  id: string;
  shell: string;
  region: string;
  sub_point: { lat: number; lon: number; alt_km: number };
  sunlit: boolean;
  service: "up" | "drained" | "failed";
  modelled: {
    state_of_charge: number;
    refusing: string | null;
    source: "computed" | "node";
    as_of: string;
  };
}

/** One node as it is. */
export interface NodeState extends FleetNode {
  modelled: FleetNode["modelled"] & {
    temperature_k: number;
    npu_temperature_k: number;
    npu_speed: number;
    free_at: Record<"realtime" | "interactive" | "batch", string>;
    resident: string[];
  };
  at: string;
  board: {
    attached_at: string;
    runtime: string;
    energy_source: string | null;
    declared_w: number | null;
    measured: {
      wall_ms: number | null;
      energy_mj: number | null;
      temperature_k: number | null;
      as_of: string;
    } | null;
  } | null;
}

interface Waiting {
  waiting: number;
  since: string | null;
  poison: number;
  failures: number;
}

/** What waits for the ledger. */
export interface Backlog {
  total: Waiting;
  collectors: (Waiting & { name: string; region: string })[];
}

/** An execution that the ledger refuses. */
export interface PoisonRow {
  id: string;
  collector: string;
  reason: string;
  set_aside_at: string;
}

/** A page of a list. */
export interface Page<T> {
  data: T[];
  next: string | null;
}

/** What the table is filtered by; what is empty is not asked. */
export interface FleetFilter {
  show: "touched" | "boards" | "all";
  shell: string;
  region: string;
  service: string;
  sunlit: string;
  charge_max: string;
}

export const NO_FILTER: FleetFilter = {
  show: "touched",
  shell: "",
  region: "",
  service: "",
  sunlit: "",
  charge_max: "",
};

// A table that a person looks through; what is further back a filter finds.
const ROWS = 100;

/** The path of a page of the fleet. */
export function fleetPath(filter: FleetFilter, cursor = ""): string {
  const { show, charge_max, ...rest } = filter;
  const query = new URLSearchParams({ limit: String(ROWS) });
  if (show === "touched") query.set("source", "node");
  if (show === "boards") query.set("board", "true");
  for (const [name, value] of Object.entries(rest)) {
    if (value.trim() !== "") query.set(name, value.trim());
  }
  if (charge_max !== "") query.set("state_of_charge_max", charge_max);
  if (cursor !== "") query.set("cursor", cursor);
  return `/v1/nodes?${query}`;
}
