/**
 * A network at one instant: nodes, the laser links between them, and the nodes that each station sees. Two
 * make one: as the published tool does (published-net.ts), and as this mesh flies (mesh-net.ts).
 * @module
 */
import type { Access } from "../../mesh/placement/isl/shortest-paths.ts";

/** A station on the ground. */
export interface Station {
  name: string;
  /** Degrees. */
  lat: number;
  lon: number;
}

/** A shell as plans name it. */
export interface PlanShell {
  altitude_km: number;
  inclination_deg: number;
  planes: number;
  per_plane: number;
}

/** Who reaches whom, and how far apart they are. */
export interface Net {
  /** Of node i, `neighbours[4 * i]` to `[4 * i + 3]`; -1 where a terminal has no partner. */
  neighbours: Int32Array;
  /** Km, in the order of `neighbours`; Infinity where there is no link. */
  lengths: Float64Array;
  /** By station: the nodes that it sees. */
  access: Access[][];
}

/** The three shells of the published row, its own phasing apart: Starlink as it was modified in 2020. */
export const STARLINK_ROW: readonly PlanShell[] = [
  { altitude_km: 550, inclination_deg: 53, planes: 72, per_plane: 22 },
  { altitude_km: 540, inclination_deg: 53.2, planes: 72, per_plane: 22 },
  { altitude_km: 570, inclination_deg: 70, planes: 36, per_plane: 20 },
];
