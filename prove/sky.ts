/**
 * Where nodes were, from exported elements alone: as placement saw them, by the almanac, and as they ran,
 * by SGP4 at the very instant.
 * @module
 */
import { type Constellation, generatedConstellation } from "../mesh/orbit/constellation.ts";
import type { Omm } from "../mesh/orbit/elements.ts";
import { type Ephemeris, type EphemerisAt, ephemerisOf } from "../mesh/orbit/ephemeris.ts";
import type { Ecef } from "../mesh/orbit/frames.ts";
import { numberedNodes } from "../mesh/orbit/imported-constellation.ts";
import { KnotAlmanac } from "../mesh/orbit/knot-almanac.ts";
import { computeKnot, knotNumber } from "../mesh/orbit/knot.ts";
import { Propagator } from "../mesh/orbit/propagation.ts";
import { hasTables, ShellAlmanac } from "../mesh/orbit/shell-almanac.ts";
import type { Shell } from "../mesh/orbit/shells.ts";
import type { EpochMs } from "../mesh/units.ts";
import { type CatalogueFile, exactElements, type ReadElements } from "./exact-elements.ts";

/** A node of the sky: its elements, and where it was. */
export interface FlownNode {
  /** Of its shell, as hardware is told by it. */
  group: number;
  /** How far a reckoned place may differ from the mesh's, km: 0 where elements came to the last bit. */
  tolerance_km: number;
  /** Where the almanac has it, Earth-fixed, km, as placement sees it; null: it has no orbit left. */
  place(at: EpochMs): Ecef | null;
  /** Where it was by its elements; null: it has no orbit left. */
  ephemeris(at: EpochMs): Ephemeris | null;
}

/** All nodes of a mesh, by their ids. */
export interface ProvenSky {
  /** Its name, as GET /v1/sky tells it. */
  name: string;
  /** @returns null where the constellation has no such node */
  node(id: string): FlownNode | null;
}

// An OMM's epoch is good to a microsecond, in which a node flies 8 mm.
const OMM_TOLERANCE_KM = 2e-5;

/** The sky of generated shells. @param shells in the order of GET /v1/sky */
export function shellSky(name: string, shells: readonly Shell[]): ProvenSky {
  const constellation = generatedConstellation(name, shells);
  const almanac = hasTables(constellation) ? new ShellAlmanac(constellation) : null;
  const nodeAt = (index: number): FlownNode => {
    const elements = constellation.elements(index);
    const only = { elements, exact: true };
    return {
      ...nodeOf(constellation.group(index), only),
      place: almanac
        ? (at) => {
          almanac.at(at).position(index, xyz);
          return { x: xyz[0], y: xyz[1], z: xyz[2] };
        }
        : knotPlaces(only, shells),
    };
  };
  return { name, node: remembered((id) => constellation.indexOf(id), nodeAt) };
}

/**
 * The sky of a catalogue.
 * @param records as GET /v1/constellation gives them
 * @param file which kind of file it was imported from; null: nobody knows
 */
export function catalogueSky(
  name: string,
  records: readonly Omm[],
  file: CatalogueFile | null,
): ProvenSky {
  const byNumber = new Map(records.map((omm) => [`norad-${omm.NORAD_CAT_ID}`, omm]));
  const nodes = remembered(
    (id) => byNumber.get(id) ?? null,
    (omm): FlownNode => {
      const read = exactElements(omm, file);
      return { ...nodeOf(0, read), place: knotPlaces(read, null) };
    },
  );
  return { name, node: nodes };
}

function nodeOf(group: number, { elements, exact }: ReadElements): Omit<FlownNode, "place"> {
  let ephemeris: EphemerisAt | undefined;
  return {
    group,
    tolerance_km: exact ? 0 : OMM_TOLERANCE_KM,
    ephemeris: (at) => (ephemeris ??= ephemerisOf(elements))(at),
  };
}

/** By two knots of this node alone: those of a whole catalogue have the same numbers for it. */
function knotPlaces(
  { elements }: ReadElements,
  shells: readonly Shell[] | null,
): (at: EpochMs) => Ecef | null {
  const alone: Constellation = {
    ...numberedNodes({ name: "", numbers: [1], groups: [""], group: [0] }),
    shells,
    elements: () => elements,
  };
  const propagator = new Propagator(alone);
  let last: KnotAlmanac | undefined;
  return (at) => {
    const number = knotNumber(at);
    if (last?.first.number !== number) {
      const [first, second] = [number, number + 1].map((n) => computeKnot(alone, propagator, n));
      last = new KnotAlmanac(alone, first, second);
    }
    if (!last.flies(0)) return null;
    last.at(at).position(0, xyz);
    return { x: xyz[0], y: xyz[1], z: xyz[2] };
  };
}

const xyz = new Float64Array(3);

function remembered<K>(
  find: (id: string) => K | null,
  make: (key: K) => FlownNode,
): (id: string) => FlownNode | null {
  const known = new Map<string, FlownNode | null>();
  return (id) => {
    let node = known.get(id);
    if (node === undefined) {
      const key = find(id);
      node = key === null || key === -1 ? null : make(key);
      known.set(id, node);
    }
    return node;
  };
}
