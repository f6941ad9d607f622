/**
 * The default constellation: Starlink as filed with the FCC, 41,914 nodes in 17 shells.
 * Filings, not authorisations: nobody has been allowed to fly all of them, and few fly today.
 *
 * Sources: altitudes, inclinations, planes and satellites per plane are from the filings
 * SAT-MOD-20200417-00037 (Gen1), SAT-LOA-20170301-00027 and SAT-MOD-20181108-00083 (V-band),
 * SAT-LOA-20200526-00055 and its amendment SAT-AMD-20210818-00105 (Gen2).
 *
 * Two things the filings do not fix, and we do:
 * - The V-band planes. We keep the counts with the most even arrangement there is: one node per
 *   plane, so the shell is a lattice on the torus of RAAN and argument of latitude.
 * - The phasing factor F of each shell. Ours keeps the nodes of the shell farthest apart at their
 *   closest approach, found by trying every F (`npx deno run tools/phasing.ts` prints the table).
 *
 * The order of the rows and their numbers are an interface: a node's id is its slot for ever.
 * @module
 */
import { RADIANS_PER_DEGREE, TURN } from "../units.ts";

/**
 * A shell of satellites in a pattern of Walker's (Walker, JBIS 37, 1984), all on circles: a delta, its
 * planes all the way round, or a star, its planes over about half a turn.
 */
export interface Shell {
  /** Letters and digits; the first part of each node's id. */
  readonly code: string;
  readonly altitude_km: number;
  readonly inclination_deg: number;
  /** How many orbital planes, their RAANs even over `raan_span_deg`. */
  readonly planes: number;
  /** How many satellites in each plane, even over 360 degrees. */
  readonly per_plane: number;
  /**
   * Walker's F: from a plane to the next, satellites are ahead by F * 360 / (planes * per_plane)
   * degrees.
   */
  readonly phasing: number;
  /** Default: 360, a delta. In a star the last plane and the first fly against each other. */
  readonly raan_span_deg?: number;
}

/**
 * Whether a shell is a delta.
 * @returns true if its planes go all the way round, so that the last is the neighbour of the first
 */
export const isDelta = ({ raan_span_deg = 360 }: Shell): boolean => raan_span_deg === 360;

/**
 * Over what the planes of a shell are spread.
 * @returns of RAAN, rad
 */
export const raanTurn = (shell: Shell): number =>
  isDelta(shell) ? TURN : shell.raan_span_deg! * RADIANS_PER_DEGREE;

const shell = (
  code: string,
  altitude_km: number,
  inclination_deg: number,
  planes: number,
  per_plane: number,
  phasing: number,
): Shell => ({ code, altitude_km, inclination_deg, planes, per_plane, phasing });

/** Rows are never reordered or changed: a node's id is its slot for ever. */
export const STARLINK_FILED: readonly Shell[] = [
  // Gen1
  shell("G1A", 550, 53, 72, 22, 65),
  shell("G1B", 540, 53.2, 72, 22, 13),
  shell("G1C", 570, 70, 36, 20, 25),
  shell("G1D", 560, 97.6, 6, 58, 1),
  shell("G1E", 560, 97.6, 4, 43, 0),
  // V-band
  shell("VA", 345.6, 53, 2547, 1, 201),
  shell("VB", 340.8, 48, 2478, 1, 338),
  shell("VC", 335.9, 42, 2493, 1, 1889),
  // Gen2
  shell("G2A", 340, 53, 48, 110, 25),
  shell("G2B", 345, 46, 48, 110, 1),
  shell("G2C", 350, 38, 48, 110, 35),
  shell("G2D", 360, 96.9, 30, 120, 17),
  shell("G2E", 525, 53, 28, 120, 27),
  shell("G2F", 530, 43, 28, 120, 11),
  shell("G2G", 535, 33, 28, 120, 15),
  shell("G2H", 604, 148, 12, 12, 1),
  shell("G2I", 614, 115.7, 18, 18, 1),
];
