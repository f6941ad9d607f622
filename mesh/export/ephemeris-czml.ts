/**
 * Ephemerides as CZML: each node a point that moves, with the way that it came behind it.
 * @module
 */
import { ommOf } from "../orbit/constellation.ts";
import { TURN } from "../units.ts";
import { type Flight, type Flown, fly, STATES_PER_SLICE } from "./flown.ts";
import {
  czmlInterval,
  documentPacket,
  type Packet,
  point,
  positionOver,
  type Rgba,
} from "./czml-packets.ts";

// Told apart by those who do not see all colours: Okabe and Ito's, for dark ground.
const COLORS: readonly Rgba[] = [
  [86, 180, 233, 255],
  [230, 159, 0, 255],
  [0, 158, 115, 255],
  [240, 228, 66, 255],
  [204, 121, 167, 255],
  [213, 94, 0, 255],
];
// A minute of a document's two hours in each second of a viewer.
const MULTIPLIER = 60;

/**
 * Writes a document with a packet for each node that flies in the span.
 * @returns yields its JSON in pieces, each some milliseconds of work; a piece may be empty
 * @throws RangeError for a node's index outside the constellation
 */
export function* ephemerisCzml(flight: Flight): Generator<string, void> {
  const { constellation, nodes, span: { from, until } } = flight;
  const name = `${constellation.name}: ${nodes.length} nodes`;
  yield `[${JSON.stringify(documentPacket({ name, from, until, multiplier: MULTIPLIER }))}`;
  let unsent = 0;
  let text = "";
  for (const node of nodes) {
    const flown = yield* fly(flight, node);
    if (flown.at.length === 0) continue;
    text += `,\n${JSON.stringify(nodePacket(flight, flown))}`;
    unsent += flown.at.length;
    if (unsent < STATES_PER_SLICE) continue;
    yield text;
    text = "";
    unsent = 0;
  }
  yield `${text}]\n`;
}

function nodePacket({ constellation }: Flight, flown: Flown): Packet {
  const { node, at } = flown;
  const group = constellation.group(node);
  const color = COLORS[group % COLORS.length];
  return {
    id: constellation.id(node),
    name: ommOf(constellation, node).OBJECT_NAME,
    description: `Shell ${constellation.groups[group]} of ${constellation.name}, by SGP4`,
    availability: czmlInterval(at[0], at[at.length - 1]),
    position: positionOver(flown),
    point: point(color, 4),
    path: {
      width: 1,
      leadTime: 0,
      // A quarter of a revolution.
      trailTime: Math.round(60 * TURN / constellation.elements(node).mean_motion / 4),
      material: { solidColor: { color: { rgba: [color[0], color[1], color[2], 120] } } },
    },
  };
}
