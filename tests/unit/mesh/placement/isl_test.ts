import assert from "node:assert/strict";
import { sgp4 } from "satellite.js";
import { allLengths, allPositions, linkLength } from "../../../../mesh/placement/isl/lengths.ts";
import { neighboursOf } from "../../../../mesh/placement/isl/neighbours.ts";
import { PathSearch } from "../../../../mesh/placement/isl/path-search.ts";
import { NO_NODE, PORTS } from "../../../../mesh/placement/isl/shell-links.ts";
import { shortestPaths } from "../../../../mesh/placement/isl/shortest-paths.ts";
import { STARLINK_FILED } from "../../../../mesh/orbit/shells.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { almanacAt } from "../orbit/almanac-at.ts";
import { naiveLink, naivePaths } from "./naive-paths.ts";
import { FILED, filedSatrecs } from "./oracle.ts";

const NEIGHBOURS = neighboursOf(FILED);
// The altitudes of a shell's nodes swing by some kilometres with J2; "nearest" is of the mean.
const NEARNESS_TOLERANCE_KM = 10;
const LENGTH_TOLERANCE_KM = 1e-6;

Deno.test("links are mutual, at opposite terminals, and never leave the shell", () => {
  let links = 0;
  NEIGHBOURS.forEach((to, i) => {
    if (to === NO_NODE) return;
    const [from, port] = [Math.floor(i / PORTS), i % PORTS];
    assert.equal(NEIGHBOURS[PORTS * to + (port ^ 1)], from, `${FILED.id(from)}, port ${port}`);
    assert.equal(FILED.group(from), FILED.group(to), FILED.id(from));
    assert.notEqual(from, to);
    links++;
  });
  assert.equal(links, 4 * FILED.count, "every node of a filed shell uses all four terminals");
});

Deno.test("fore and aft are the next and the last slot of the plane, right and left the next planes", () => {
  let first = 0;
  for (const { planes, per_plane, code } of STARLINK_FILED) {
    for (let i = 0; i < planes * per_plane && per_plane > 1; i++) {
      const [plane, slot] = [Math.floor(i / per_plane), i % per_plane];
      const [fore, aft, right, left] = NEIGHBOURS.slice(
        PORTS * (first + i),
        PORTS * (first + i + 1),
      );
      assert.equal(fore, first + plane * per_plane + (slot + 1) % per_plane, code);
      assert.equal(aft, first + plane * per_plane + (slot + per_plane - 1) % per_plane, code);
      const planeOf = (index: number) => Math.floor((index - first) / per_plane);
      assert.equal(planeOf(right), (plane + 1) % planes, code);
      assert.equal(planeOf(left), (plane + planes - 1) % planes, code);
    }
    first += planes * per_plane;
  }
});

Deno.test("the right neighbour is the node of the next plane that SGP4 keeps nearest, at the seam too", () => {
  let first = 0;
  for (const { planes, per_plane, code } of STARLINK_FILED) {
    const random = seeded(first);
    for (const plane of per_plane > 1 ? [0, random.integer(0, planes - 1), planes - 1] : []) {
      const from = first + plane * per_plane + random.integer(0, per_plane - 1);
      const nextPlane = first + (plane + 1) % planes * per_plane;
      const candidates = Array.from({ length: per_plane }, (_, slot) => nextPlane + slot);
      const nearest = Math.min(...candidates.map((to) => meanDistance(from, to)));
      const chosen = meanDistance(from, NEIGHBOURS[PORTS * from + 2]);
      assert.ok(chosen <= nearest + NEARNESS_TOLERANCE_KM, `${code}: ${chosen} km, not ${nearest}`);
    }
    first += planes * per_plane;
  }
});

Deno.test("where a plane is one node, its first link is to the node of the shell that stays nearest", () => {
  let first = 0;
  for (const { planes, per_plane, code } of STARLINK_FILED) {
    if (per_plane === 1) {
      const others = Array.from({ length: planes - 1 }, (_, i) => first + 1 + i);
      const nearest = Math.min(...others.map((to) => meanDistance(first, to)));
      const chosen = meanDistance(first, NEIGHBOURS[PORTS * first]);
      assert.ok(chosen <= nearest + NEARNESS_TOLERANCE_KM, `${code}: ${chosen} km, not ${nearest}`);
    }
    first += planes * per_plane;
  }
});

/** Root of the mean square distance over one orbit, km: what a mean cosine stands for. */
function meanDistance(from: number, to: number): number {
  const [a, b] = [filedSatrecs()[from], filedSatrecs()[to]];
  const samples = 16;
  let sum = 0;
  for (let k = 0; k < samples; k++) {
    const minutes = 2 * Math.PI / a.no * k / samples;
    const [p, q] = [sgp4(a, minutes)!.position, sgp4(b, minutes)!.position];
    sum += (p.x - q.x) ** 2 + (p.y - q.y) ** 2 + (p.z - q.z) ** 2;
  }
  return Math.sqrt(sum / samples);
}

Deno.test("linkLength() is the distance, and Infinity where a beam would pass lower than 80 km", () => {
  let blocked = 0;
  for (let seed = 0; seed < 20_000; seed++) {
    const random = seeded(seed);
    const point = () => {
      const direction = Array.from({ length: 3 }, () => random.between(-1, 1));
      const radius = 6378.137 + random.pick([340, 550, 1_500]);
      return direction.map((c) => c * radius / Math.hypot(...direction));
    };
    const from = point();
    // Half of them near each other, as links are.
    const to = random.chance(0.5)
      ? point()
      : from.map((c) => c + random.between(-2_500, 2_500)).map((c) => c * 1.02);
    const xyz = Float64Array.from([...from, ...to]);
    const [ours, naive] = [linkLength(xyz, 0, 3), naiveLink(xyz, 0, 1)];
    if (naive === Infinity) blocked++;
    assert.ok(
      ours === naive || Math.abs(ours - naive) < LENGTH_TOLERANCE_KM,
      `seed ${seed}: ${ours}, not ${naive}`,
    );
    assert.equal(
      linkLength(xyz, 3, 0) === Infinity,
      ours === Infinity,
      `seed ${seed}: one way only`,
    );
  }
  assert.ok(blocked > 1_000 && blocked < 19_000, `${blocked} blocked`);
});

Deno.test("shortestPaths() equals Dijkstra over all 41,914 nodes", () => {
  const search = new PathSearch(FILED.count);
  for (let seed = 0; seed < 6; seed++) {
    const random = seeded(seed);
    const almanac = almanacAt(Date.UTC(2026, 0, 1) + random.between(0, 365) * 86_400_000);
    const xyz = allPositions(almanac, epochMs(almanac.from + random.integer(0, 60_000)));
    const sources = Array.from({ length: random.integer(1, 30) }, () => ({
      index: random.integer(0, FILED.count - 1),
      length_km: random.between(340, 1_200),
    }));
    const ours = shortestPaths({
      search,
      neighbours: NEIGHBOURS,
      lengths: allLengths(almanac, NEIGHBOURS, xyz),
      access: sources.map(({ index, length_km }) => ({ node: index, range_km: length_km })),
    });
    const naive = naivePaths({ xyz, neighbours: NEIGHBOURS, sources, limit_km: Infinity });
    naive.forEach((length, node) => {
      const same = ours[node] === length || Math.abs(ours[node] - length) < LENGTH_TOLERANCE_KM;
      if (!same) assert.fail(`seed ${seed}: ${FILED.id(node)} is ${ours[node]} km, not ${length}`);
    });
  }
});

Deno.test("PathSearch is exact on any graph: links shorter than a ring, very long ones, islands", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const count = random.integer(1, 120);
    const scale = random.pick([1, 50, 500, 50_000]);
    const xyz = Float64Array.from(
      { length: 3 * count },
      (_, i) => (i % 3 === 0 ? 1e6 : 0) + random.between(-scale, scale),
    );
    const neighbours = Int32Array.from(
      { length: PORTS * count },
      () => random.chance(0.5) ? NO_NODE : random.integer(0, count - 1),
    );
    // Links go both ways in PathSearch's own callers; here each direction is a link of its own.
    const lengths = Float64Array.from(
      neighbours,
      (to, i) =>
        to === NO_NODE ? Infinity : linkLength(xyz, 3 * Math.floor(i / PORTS), 3 * to) || Infinity,
    );
    const sources = [{ index: random.integer(0, count - 1), length_km: random.between(0, scale) }];
    const ours = shortestPaths({
      search: new PathSearch(count),
      neighbours,
      lengths,
      access: sources.map(({ index, length_km }) => ({ node: index, range_km: length_km })),
    });
    assertBellmanFord({ ours, neighbours, lengths, source: sources[0], label: `seed ${seed}` });
  }
});

/** Relaxes every link until nothing changes: slow, and without any order to get wrong. */
function assertBellmanFord(
  { ours, neighbours, lengths, source, label }: {
    ours: Float64Array;
    neighbours: Int32Array;
    lengths: Float64Array;
    source: { index: number; length_km: number };
    label: string;
  },
): void {
  const naive = new Float64Array(neighbours.length / PORTS).fill(Infinity);
  naive[source.index] = source.length_km;
  for (let changed = true; changed;) {
    changed = false;
    neighbours.forEach((to, i) => {
      const through = naive[Math.floor(i / PORTS)] + lengths[i];
      if (to === NO_NODE || !(through < naive[to])) return;
      naive[to] = through;
      changed = true;
    });
  }
  naive.forEach((length, node) => {
    const same = ours[node] === length || Math.abs(ours[node] - length) < LENGTH_TOLERANCE_KM;
    assert.ok(same, `${label}: node ${node} is ${ours[node]} km, not ${length}`);
  });
}
