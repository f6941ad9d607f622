/**
 * The groups of nodes that a legend lists, and by which nodes get their colours: the shells of a generated
 * constellation, the labels of a catalogue.
 * @module
 */
import type { Constellation } from "../../mesh/orbit/constellation.ts";

/** One of them. */
export interface SkyGroup {
  /** As the constellation has it. */
  readonly name: string;
  readonly altitude_km: number;
  readonly inclination_deg: number;
  /** How many nodes it has. */
  readonly count: number;
  /** Of its colour: 0 for the lowest to 1 for the highest. */
  readonly share: number;
  /** The index of one of its nodes in the constellation. @param i 0..count-1 */
  node(i: number): number;
}

type Plain = Omit<SkyGroup, "share">;

/** All groups, in the order of the constellation's own. Nothing is kept a node where shells generated them. */
export function groupsOf(constellation: Constellation): SkyGroup[] {
  const { shells } = constellation;
  if (!shells) return byNodes(labelled(constellation));
  let next = 0;
  return byRank(shells.map(({ code, altitude_km, inclination_deg, planes, per_plane }) => {
    const count = planes * per_plane;
    const start = next;
    next += count;
    return { name: code, altitude_km, inclination_deg, count, node: (i) => start + i };
  }));
}

function labelled({ count, groups, group }: Constellation): Plain[] {
  const ends = new Uint32Array(groups.length);
  for (let i = 0; i < count; i++) ends[group(i)]++;
  for (let g = 1; g < ends.length; g++) ends[g] += ends[g - 1];
  const next = ends.slice();
  const nodes = new Uint32Array(count);
  for (let i = count - 1; i >= 0; i--) nodes[--next[group(i)]] = i;
  return groups.map((name, g) => {
    const [, inclination = NaN, altitude = NaN] = /^(\d+)deg-(-?\d+)km$/.exec(name) ?? [];
    return {
      name,
      altitude_km: Number(altitude),
      inclination_deg: Number(inclination),
      count: ends[g] - next[g],
      node: (i) => nodes[next[g] + i],
    };
  });
}

/** Of few shells each has a hue as far from its neighbours' as any. */
const byRank = (groups: readonly Plain[]): SkyGroup[] =>
  shared(groups, (_, before) => groups.length === 1 ? 0.2 : before / (groups.length - 1), () => 1);

/** Of many labels, most of them of a few nodes, hues go to where the nodes are. */
function byNodes(groups: readonly Plain[]): SkyGroup[] {
  const all = groups.reduce((sum, { count }) => sum + count, 0);
  return shared(groups, ({ count }, before) => (before + count / 2) / all, ({ count }) => count);
}

function shared(
  groups: readonly Plain[],
  share: (group: Plain, before: number) => number,
  weight: (group: Plain) => number,
): SkyGroup[] {
  const order = groups.map((_, g) => g).sort((a, b) =>
    groups[a].altitude_km - groups[b].altitude_km ||
    groups[a].inclination_deg - groups[b].inclination_deg
  );
  const shares: number[] = [];
  let before = 0;
  for (const g of order) {
    shares[g] = share(groups[g], before);
    before += weight(groups[g]);
  }
  return groups.map((group, g) => ({ ...group, share: shares[g] }));
}
