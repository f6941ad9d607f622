/**
 * Where one execution ran and why there: what a node hands on beside the receipt.
 * Not its job: choosing the node (mesh/placement).
 * @module
 */
import type { AskClass } from "./receipt.ts";

/**
 * The rules of a caller, flat. The values are not `unknown`: the types of RPC between objects
 * reject that.
 */
export type PlacementPolicy = { [name: string]: string | number | boolean | null | string[] };

/**
 * One execution as placed. Azimuth, elevation and range are of the instant at which the node was
 * chosen; what lay below the node, and whether it was sunlit, are of the instant at which it ran.
 */
export interface Placement {
  /** UUID, the same as the receipt's. */
  id: string;
  tenant_id: string;
  model: string;
  class: AskClass;
  node: string;
  /** The region that the node's object ran in. */
  region: string;
  /** Degrees north; null, as the longitude, where the origin is a node. */
  origin_lat: number | null;
  /** Degrees east. */
  origin_lon: number | null;
  /** The node on which the data lay; null where it came from the ground. */
  origin_node: string | null;
  /** Degrees north, of the point below the node. */
  sub_lat: number;
  /** Degrees east. */
  sub_lon: number;
  sub_alt_km: number;
  /** Degrees above the horizon. Null, as azimuth and range, if the origin is a node. */
  elevation_deg: number | null;
  /** Degrees clockwise from north. */
  azimuth_deg: number | null;
  slant_range_km: number | null;
  sunlit: boolean;
  /** Node ids, from the one above the origin to the one that ran it. */
  path: string[];
  /** The rules that held; null where the caller gave none. */
  policy: PlacementPolicy | null;
  /** How many nodes were asked, this one included. */
  attempts: number;
  modelled_light_time_ms: number;
  modelled_transfer_ms: number;
  modelled_wait_ms: number;
  modelled_npu_ms: number;
  /** What the radio makes the ask wait for, in the mean; missing, as `radio`, under the profile `light`: 0. */
  modelled_access_ms?: number;
  /** The radio profile by which it was placed. */
  radio?: string;
  /** Of those above. */
  modelled_total_ms: number;
  /** Millijoules from the battery, as physics has them; the receipt rounds them up. */
  modelled_energy_mj: number;
  /** Null when nobody measured: a node's own clock stands still while it computes. */
  measured_wall_ms: number | null;
  /** Mesh clock when the node was chosen, ms since 1970. */
  placed_at_ms: number;
}
