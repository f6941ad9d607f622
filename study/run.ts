/**
 * One run of a study: one constellation with its hardware, what asks want of it, by which rule they are
 * placed, and what fails meanwhile.
 * Not its job: files of scenarios (scenario.ts), when and where asks come (demand/).
 * @module
 */
import type { AskClass } from "../mesh/billing/receipt.ts";
import type { HardwareProfile } from "../mesh/node/profile.ts";
import type { Resident } from "../mesh/node/residency.ts";
import type { ShellProfiles } from "../mesh/node/shell-profiles.ts";
import type { Constellation } from "../mesh/orbit/constellation.ts";
import type { LinkRates } from "../mesh/placement/links.ts";
import type { RadioProfile } from "../mesh/radio/profile.ts";
import type { Degrees, EpochMs } from "../mesh/units.ts";

/** What asks of one kind want, all alike. */
export interface AskKind {
  /** What the study calls it. */
  name: string;
  /** The model that it runs, by the name under which nodes hold it in memory. */
  model: string;
  /** Arithmetic operations of one run. */
  operations: number;
  /** What the model takes of a node's memory. */
  memory_bytes: number;
  /** What must come over the link where the model is not in memory. */
  load_bytes: number;
  /** From the origin to the node. */
  bytes_up: number;
  /** From the node to the origin. */
  bytes_down: number;
  class: AskClass;
  /** From setting out to the answer's arrival, modelled; null for none. */
  deadline_ms: number | null;
  /** Whether asks of this kind that wait at one node run together, as a model with a batch does; missing: no. */
  joins?: boolean;
}

/**
 * By which rule a node is chosen. `nearest`: the nearest that the place sees, whatever becomes of the ask
 * there. `nearest_available`: the mesh's own, the quickest answer of whoever serves. `sunlit_first`: of the
 * nodes that the place sees, the quickest in sunlight, then the quickest in shadow. `least_battery_wear`:
 * the mesh's own under the objective `energy`. `ground_only`: no node thinks; the ask goes by bent pipe to
 * the nearest gateway and its cloud region.
 */
export const PLACEMENT_RULES = [
  "nearest",
  "nearest_available",
  "sunlit_first",
  "least_battery_wear",
  "ground_only",
] as const;
/** One of PLACEMENT_RULES. */
export type PlacementRule = typeof PLACEMENT_RULES[number];

/**
 * Nodes that fail at an instant: each drops the asks that wait, finishes only the run that has begun, and
 * takes nothing new.
 */
export interface Fault {
  /** When they fail, mesh clock. */
  at: EpochMs;
  /** When they serve again, mesh clock; null: never. */
  until: EpochMs | null;
  /** By their indices in the constellation. */
  nodes: readonly number[];
}

/** One run of a study. */
export interface Run {
  constellation: Constellation;
  profiles: ShellProfiles;
  /** Of links under the radio profile `light`; another profile has its own. */
  rates: LinkRates;
  /** What asks meet at the radio beside light and bytes; missing: nothing, as under `light`. */
  radio?: RadioProfile;
  kinds: readonly AskKind[];
  placement: PlacementRule;
  faults: readonly Fault[];
  /** The run's first instant: batteries stand as in a node that nobody has touched. */
  from: EpochMs;
  /** The run's end: asks set out before it, and every node is accounted for up to it. */
  until: EpochMs;
  elevation_mask: Degrees;
  /** The models in memory of a node that nobody has touched; missing: those of a mesh (models/launched.ts). */
  launched?: (profile: HardwareProfile) => readonly Resident[];
}
