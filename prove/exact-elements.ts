/**
 * The elements of a catalogue's node from its exported OMM, to the last bit.
 *
 * A record states decimals, such as 15.05410123 revolutions a day. The mesh flies radians a minute, and
 * exports those as revolutions again, so that 15.054101230000001 may come out. The decimal that a catalogue
 * would have held is found by rounding; that it is the right one is seen by exporting it once more.
 * @module
 */
import { elementsOfOmm, type Omm, toOmm } from "../mesh/orbit/elements.ts";
import type { Elements } from "../mesh/orbit/elements.ts";
import { radians } from "../mesh/units.ts";

const FIELDS = [
  "MEAN_MOTION",
  "ECCENTRICITY",
  "INCLINATION",
  "RA_OF_ASC_NODE",
  "ARG_OF_PERICENTER",
  "MEAN_ANOMALY",
  "BSTAR",
] as const satisfies readonly (keyof Omm)[];

// No catalogue states more digits; two roundings spoil the 16th.
const DIGITS = 14;

/** Elements, and whether every bit of them is sure. */
export interface ReadElements {
  elements: Elements;
  exact: boolean;
}

/** Which kind of file a catalogue came from: their readers round angles in different ways. */
export type CatalogueFile = "omm" | "tle";

/**
 * Reads a record of `GET /v1/constellation`.
 * @param file which kind of file the mesh has read; null: nobody knows, and angles may differ in a last bit
 */
export function exactElements(omm: Omm, file: CatalogueFile | null): ReadElements {
  const rounded = { ...omm };
  for (const field of FIELDS) rounded[field] = Number(omm[field].toPrecision(DIGITS));
  const read = elementsOfOmm(rounded);
  const elements = file === "omm" ? { ...read, ...anglesByPi(rounded) } : read;
  const again = toOmm({ id: "", number: omm.NORAD_CAT_ID, elements });
  const same = again.EPOCH === omm.EPOCH && FIELDS.every((field) => again[field] === omm[field]);
  return same ? { elements, exact: file !== null } : { elements: elementsOfOmm(omm), exact: false };
}

/** As mesh/orbit/import/omm.ts has them. */
const anglesByPi = (omm: Omm) => ({
  inclination: radians(omm.INCLINATION * Math.PI / 180),
  raan: radians(omm.RA_OF_ASC_NODE * Math.PI / 180),
  arg_perigee: radians(omm.ARG_OF_PERICENTER * Math.PI / 180),
  mean_anomaly: radians(omm.MEAN_ANOMALY * Math.PI / 180),
});
