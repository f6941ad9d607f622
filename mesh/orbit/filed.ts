/**
 * The constellations that come with the mesh. One is some kilobytes: nothing is made per node.
 * @module
 */
import { type Constellation, generatedConstellation } from "./constellation.ts";
import { ORBITAL_DATA_CENTRE_FILED } from "./orbital-data-centre.ts";
import { STARLINK_FILED } from "./shells.ts";

/** Starlink as filed (shells.ts): the constellation that settings call `starlink-filed`. */
export const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);

/** The orbital data centre as filed: what settings call `orbital-data-centre-filed`. */
export const DATA_CENTRE = generatedConstellation(
  "orbital-data-centre-filed",
  ORBITAL_DATA_CENTRE_FILED,
);

/** By name. */
export const FILED_CONSTELLATIONS: readonly Constellation[] = [FILED, DATA_CENTRE];
