/**
 * Placements as CZML arcs: for each, a line from where the data was, by the nodes that passed it on, to the
 * node that thought. It shows from the instant at which the node was chosen, for a while, and its ends move
 * with the nodes.
 * @module
 */
import type { Constellation } from "../orbit/constellation.ts";
import { type EpochMs, epochMs, type Seconds } from "../units.ts";
import {
  czmlInterval,
  documentPacket,
  type Packet,
  point,
  positionOver,
  type Rgba,
} from "./czml-packets.ts";
import { fly } from "./flown.ts";

/** One placement, as far as it is drawn. */
export interface DrawnPlacement {
  /** The execution's id. */
  id: string;
  /** When the node was chosen, mesh clock. */
  placed_at: EpochMs;
  model: string;
  class: string;
  /** Degrees, or the node that held the data; null: not known. */
  origin: { lat: number; lon: number } | { node: string } | null;
  /** Node ids, from the one that took the ask up to the one that thought. */
  path: readonly string[];
  /** Modelled, of all that the ask took, ms. */
  total_ms: number;
}

const LINE: Rgba = [240, 228, 66, 220];
const NODE: Rgba = [230, 159, 0, 255];
const GROUND: Rgba = [86, 180, 233, 255];

/**
 * Writes a document of placements. A placement of which a node is unknown, or does not fly at its instant, is
 * left out, and the document's name says how many are drawn.
 * @param shown for how long each arc is there; above 0
 * @returns yields its JSON in pieces, each some milliseconds of work; a piece may be empty
 */
export function* placementArcs(
  { constellation, placements, shown }: {
    constellation: Constellation;
    placements: readonly DrawnPlacement[];
    shown: Seconds;
  },
): Generator<string, void> {
  const drawn: string[] = [];
  let [from, until] = [Infinity, -Infinity];
  for (const [n, placement] of placements.entries()) {
    const packets = packetsOf(constellation, placement, shown);
    if (packets) {
      drawn.push(packets.map((packet) => `,\n${JSON.stringify(packet)}`).join(""));
      from = Math.min(from, placement.placed_at);
      until = Math.max(until, placement.placed_at + shown * 1e3);
    }
    if (n % PLACEMENTS_PER_SLICE === PLACEMENTS_PER_SLICE - 1) yield "";
  }
  const name =
    `Placements over ${constellation.name}: ${drawn.length} of ${placements.length} drawn`;
  const opening = drawn.length > 0
    ? documentPacket({ name, from: epochMs(from), until: epochMs(until), multiplier: 1 })
    : { id: "document", name, version: "1.0" };
  yield `[${JSON.stringify(opening)}`;
  for (const text of drawn) yield text;
  yield "]\n";
}

const PLACEMENTS_PER_SLICE = 64;

/** Null where the placement cannot be drawn. */
function packetsOf(
  constellation: Constellation,
  placement: DrawnPlacement,
  shown: Seconds,
): Packet[] | null {
  const { id, placed_at, origin, path } = placement;
  const window = czmlInterval(placed_at, epochMs(placed_at + shown * 1e3));
  const nodes = origin && "node" in origin ? [origin.node, ...path] : path;
  const stations: Packet[] = [];
  if (origin && "lat" in origin) {
    stations.push({
      id: `${id}/origin`,
      name: `Origin of ${id}`,
      availability: window,
      position: { cartographicDegrees: [origin.lon, origin.lat, 0] },
      point: point(GROUND, 6),
    });
  }
  for (const [n, node] of nodes.entries()) {
    const position = positionFrom(constellation, node, placed_at, shown);
    if (!position) return null;
    stations.push({
      id: `${id}/${n}`,
      name: node,
      availability: window,
      position,
      point: point(NODE, n === nodes.length - 1 ? 8 : 4),
    });
  }
  return [...stations, ...arcPacket(placement, window, stations.map((station) => station.id))];
}

/** The line; none where the only end that is known is the node's. */
function arcPacket(
  { id, model, class: askClass, total_ms, path }: DrawnPlacement,
  availability: string,
  ends: readonly string[],
): Packet[] {
  if (ends.length < 2) return [];
  return [{
    id,
    name: `${model} on ${path[path.length - 1]}`,
    description: `${askClass}, over ${path.join(", ")}; modelled: ${total_ms.toFixed(3)} ms in all`,
    availability,
    polyline: {
      positions: { references: ends.map((end) => `${escaped(end)}#position`) },
      arcType: "NONE",
      width: 2,
      material: { solidColor: { color: { rgba: LINE } } },
    },
  }];
}

/** Null for a node that the constellation does not have, or that does not fly all the while. */
function positionFrom(
  constellation: Constellation,
  id: string,
  from: EpochMs,
  shown: Seconds,
): Record<string, unknown> | null {
  const node = constellation.indexOf(id);
  if (node < 0) return null;
  const span = { from, until: epochMs(from + shown * 1e3), step: shown };
  const work = fly({ constellation, span }, node);
  let flown = work.next();
  while (!flown.done) flown = work.next();
  return flown.value.at.length === 2 ? positionOver(flown.value) : null;
}

/** In a reference a backslash keeps "#" and "." of an id apart from those that divide it. */
const escaped = (id: string): string => id.replace(/[\\#.]/g, "\\$&");
