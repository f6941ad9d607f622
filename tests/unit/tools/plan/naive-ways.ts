/**
 * All simple ways between two stations, by walking every one of them: for small networks.
 */
import type { Net } from "../../../../tools/plan/net.ts";
import type { Way } from "../../../../tools/plan/least-ways.ts";
import type { Random } from "../../../support/random.ts";

/** Shortest first. */
export function allWays({ neighbours, lengths, access }: Net, from: number, to: number): Way[] {
  const ways: Way[] = [];
  const down = new Map(access[to].map(({ node, range_km }) => [node, range_km]));
  const walk = (nodes: number[], length_km: number) => {
    const last = nodes[nodes.length - 1];
    if (down.has(last)) ways.push({ nodes: [...nodes], length_km: length_km + down.get(last)! });
    for (let i = 4 * last; i < 4 * last + 4; i++) {
      const next = neighbours[i];
      if (next < 0 || lengths[i] === Infinity || nodes.includes(next)) continue;
      walk([...nodes, next], length_km + lengths[i]);
    }
  };
  for (const { node, range_km } of access[from]) walk([node], range_km);
  return ways.sort((a, b) => a.length_km - b.length_km);
}

/** A torus of planes and slots, some of its links missing, some blocked, and stations that see some nodes. */
export function anyNet(random: Random, { planes, per_plane, stations }: {
  planes: number;
  per_plane: number;
  stations: number;
}): Net {
  const count = planes * per_plane;
  const neighbours = new Int32Array(4 * count).fill(-1);
  const lengths = new Float64Array(4 * count).fill(Infinity);
  const at = (plane: number, slot: number) => plane % planes * per_plane + slot % per_plane;
  const link = (a: number, b: number, port: number) => {
    if (random.chance(0.1)) return;
    neighbours[4 * a + port] = b;
    neighbours[4 * b + port + 1] = a;
    if (random.chance(0.05)) return;
    lengths[4 * a + port] = lengths[4 * b + port + 1] = random.between(500, 3_000);
  };
  for (let plane = 0; plane < planes; plane++) {
    for (let slot = 0; slot < per_plane; slot++) {
      link(at(plane, slot), at(plane, slot + 1), 0);
      link(at(plane, slot), at(plane + 1, slot), 2);
    }
  }
  const access = Array.from(
    { length: stations },
    () =>
      Array.from({ length: count }, (_, node) => node)
        .filter(() => random.chance(0.25))
        .map((node) => ({ node, range_km: random.between(550, 1_300) })),
  );
  return { neighbours, lengths, access };
}
