import assert from "node:assert/strict";
import { Area, type Polygon, type Ring } from "../../../../mesh/geo/area.ts";
import { mapPoint, subPoint } from "../../../../mesh/geo/sub-point.ts";
import { unrollPolygon } from "../../../../mesh/geo/unroll.ts";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import { ecefToGeodetic, geodeticToEcef } from "../../../../mesh/orbit/frames.ts";
import { STARLINK_FILED } from "../../../../mesh/orbit/shells.ts";
import { compileRules, type Matches } from "../../../../mesh/placement/policy.ts";
import { degrees, km } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { naiveHolds } from "./naive-area.ts";

const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);
const NOTHING: Matches = { groups: [], nodes: [], areas: [] };

const above = (lat: number, lon: number, alt = 550) =>
  geodeticToEcef({ lat: degrees(lat), lon: degrees(lon), alt: km(alt) });

function holds(area: Area, lat: number, lon: number): boolean {
  const at = new Float64Array(2);
  mapPoint({ lat, lon }, at);
  return area.holds(at);
}

const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];

/** A ring that sees its centre: simple, with spikes, either way round. */
function anyStar(random: Random, lon: number, lat: number, reach: number): Ring {
  const corners = random.integer(3, random.pick([5, 40, 400]));
  const inner = random.between(0.3, 1) * reach;
  const turn = random.next();
  const ring = Array.from({ length: corners }, (_, c) => {
    const angle = 2 * Math.PI * (c + turn) / corners;
    const radius = random.between(inner, reach);
    return [lon + radius * Math.cos(angle), lat + radius * Math.sin(angle)];
  });
  const closed = [...ring, ring[0]];
  return random.chance(0.5) ? closed : closed.reverse();
}

function anyPolygon(random: Random): Polygon {
  const reach = random.between(0.1, 25);
  const lon = random.between(-180 + reach, 180 - reach);
  const lat = random.between(-90 + reach, 90 - reach);
  const holes = Array.from(
    { length: random.integer(0, 2) },
    () => anyStar(random, lon, lat, reach * random.between(0.05, 0.4)),
  );
  return [anyStar(random, lon, lat, reach), ...holes];
}

Deno.test("Area.holds() says what winding numbers say, holes and overlaps included", () => {
  let [inside, outside] = [0, 0];
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const polygons = Array.from({ length: random.integer(1, 4) }, () => anyPolygon(random));
    const area = new Area(polygons);
    for (let p = 0; p < 60; p++) {
      const [lon, lat] = random.chance(0.9)
        // Near a vertex, where mistakes are.
        ? random.pick(random.pick(random.pick(polygons))).map((x) => x + random.between(-2, 2))
        : [random.between(-180, 180), random.between(-90, 90)];
      if (Math.abs(lon) >= 180 || Math.abs(lat) >= 90) continue;
      const expected = naiveHolds(polygons, lon, lat);
      assert.equal(holds(area, lat, lon), expected, `seed ${seed}: lat ${lat}, lon ${lon}`);
      if (expected) inside++;
      else outside++;
    }
  }
  assert.ok(inside > 2_000 && outside > 2_000, `${inside} in, ${outside} out: too one-sided`);
});

Deno.test("Area.holds() gives every point to one of the areas that tile a map, borders included", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = seeded(seed);
    const apex = [random.between(-20, 20), random.between(-20, 20)];
    const corners = box(-30, -30, 30, 30);
    const tiles = [0, 1, 2, 3].map((c) => {
      const tile = [corners[c], corners[c + 1], apex, corners[c]];
      return new Area([[random.chance(0.5) ? tile : tile.reverse()]]);
    });
    const points = [apex, ...corners.slice(0, 1)];
    for (let p = 0; p < 200; p++) {
      const [a, share] = [random.pick(corners), random.next()];
      points.push([a[0] + share * (apex[0] - a[0]), a[1] + share * (apex[1] - a[1])]);
    }
    for (const [lon, lat] of points) {
      const owners = tiles.filter((tile) => holds(tile, lat, lon)).length;
      assert.equal(owners, 1, `seed ${seed}: lat ${lat}, lon ${lon} has ${owners} owners`);
    }
  }
});

Deno.test("Area.holds() knows the poles, and the antimeridian by both of its names", () => {
  const caps = new Area([[box(-180, 80, 180, 90)], [box(-180, -90, 180, -80)]]);
  for (const lon of [-180, -90, 0, 179.9, 180]) {
    assert.ok(holds(caps, 90, lon) && holds(caps, -90, lon), `pole, lon ${lon}`);
    assert.ok(holds(caps, 85, lon) && !holds(caps, 79.9, lon), `cap, lon ${lon}`);
  }
  const split = new Area([[box(170, -10, 180, 10)], [box(-180, -10, -170, 10)]]);
  const east = new Area([[box(170, -10, 180, 10)]]);
  for (const lon of [175, -175, 180, -180]) assert.ok(holds(split, 0, lon), `lon ${lon}`);
  assert.equal(holds(east, 0, 180), holds(east, 0, -180));
});

Deno.test("Area.holds() answers right where every edge spans the whole area", () => {
  const spikes = Array.from({ length: 4_000 }, (_, i) => [i / 50, i % 2 ? 40 : -40]);
  const ring = [...spikes, [80, -50], [0, -50], spikes[0]];
  const area = new Area([[ring]]);
  const random = seeded(3);
  for (let p = 0; p < 200; p++) {
    const [lon, lat] = [random.between(-1, 81), random.between(-52, 42)];
    assert.equal(holds(area, lat, lon), naiveHolds([[ring]], lon, lat), `lat ${lat}, lon ${lon}`);
  }
});

Deno.test("unrollPolygon() keeps a ring whole that steps over the antimeridian or round a pole", () => {
  const across = unrollPolygon([[[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]]]);
  const area = new Area([across]);
  for (const lon of [171, 180, -180, -171]) assert.ok(holds(area, 5, lon), `lon ${lon}`);
  for (const lon of [169, 0, -169]) assert.ok(!holds(area, 5, lon), `lon ${lon}`);
  const coast = Array.from({ length: 37 }, (_, i) => [(i * 10 + 175) % 360 - 180, -70 - i % 2]);
  coast[36] = coast[0];
  for (const ring of [coast, coast.toReversed()]) {
    const cap = new Area([unrollPolygon([ring])]);
    for (let lon = -180; lon <= 180; lon += 7.5) {
      assert.ok(holds(cap, -72, lon) && holds(cap, -90, lon), `lon ${lon}`);
      assert.ok(!holds(cap, -69, lon) && !holds(cap, 90, lon), `lon ${lon}`);
    }
  }
});

Deno.test("subPoint() is the geodetic point below, to 1e-6 degrees, from the ground to beyond GEO", () => {
  const at = new Float64Array(2);
  for (let seed = 0; seed < 20_000; seed++) {
    const random = seeded(seed);
    const place = above(
      random.pick([90, -90, 0, random.between(-90, 90), random.between(-90, 90)]),
      random.pick([180, -180, 0, random.between(-180, 180), random.between(-180, 180)]),
      random.pick([0, 336, 604, random.between(0, 2_000), random.between(0, 40_000)]),
    );
    const exact = ecefToGeodetic(place);
    subPoint(place, at);
    const east = Math.abs(at[0] - exact.lon) % 360;
    assert.ok(Math.min(east, 360 - east) < 1e-6, `seed ${seed}: lon ${at[0]}, not ${exact.lon}`);
    assert.ok(Math.abs(at[1] - exact.lat) < 1e-6, `seed ${seed}: lat ${at[1]}, not ${exact.lat}`);
    assert.ok(at[0] >= -180 && at[0] < 180, `seed ${seed}: lon ${at[0]}`);
  }
});

interface Drawn {
  groups: number[];
  nodes: number[];
  polygons: Polygon[];
}

function anyMatches(random: Random): Drawn {
  return {
    groups: Array.from({ length: random.integer(0, 3) }, () => random.integer(0, 16)),
    nodes: Array.from({ length: random.integer(0, 50) }, () => random.integer(0, 41_913)),
    polygons: Array.from({ length: random.integer(0, 5) }, () => anyPolygon(random)),
  };
}

const compiled = ({ groups, nodes, polygons }: Drawn): Matches => ({
  groups,
  nodes,
  areas: polygons.map((polygon) => new Area([polygon])),
});

function naiveMatches(
  { groups, nodes, polygons }: Drawn,
  index: number,
  { lon, lat }: { lon: number; lat: number },
): boolean {
  return nodes.includes(index) ||
    groups.some((group) => FILED.id(index).startsWith(`${FILED.groups[group]}-`)) ||
    naiveHolds(polygons, lon, lat);
}

Deno.test("compileRules() admits exactly what no deny rule matches and, if allow is there, one of allow does", () => {
  const met = { admitted: 0, refused: 0 };
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const deny = anyMatches(random);
    const allow = random.chance(0.6) ? anyMatches(random) : null;
    const policy = compileRules({
      allow: allow && compiled(allow),
      deny: compiled(deny),
      constellation: FILED,
    });
    for (let n = 0; n < 50; n++) {
      const named = [...deny.nodes, ...allow?.nodes ?? [], 0];
      const index = random.chance(0.2) ? random.pick(named) : random.integer(0, 41_913);
      const drawn = [...deny.polygons, ...allow?.polygons ?? []];
      const [lon, lat] = drawn.length > 0 && random.chance(0.7)
        ? random.pick(random.pick(drawn)[0]).map((x) => x + random.between(-5, 5))
        : [random.between(-180, 180), random.between(-89, 89)];
      const point = above(lat, lon, random.between(330, 620));
      const below = ecefToGeodetic(point);
      const expected = !naiveMatches(deny, index, below) &&
        (allow === null || naiveMatches(allow, index, below));
      const says = `seed ${seed}: node ${FILED.id(index)} above ${lat}, ${lon}`;
      assert.equal(policy.admits(index, point), expected, says);
      met[expected ? "admitted" : "refused"]++;
    }
  }
  assert.ok(met.admitted > 1_000 && met.refused > 1_000, JSON.stringify(met));
});

Deno.test("compileRules() goes by the geodetic point: 0.2 degrees north of the geocentric one", () => {
  const deny = { ...NOTHING, areas: [new Area([[box(0, 45, 10, 46)]])] };
  const policy = compileRules({ allow: null, deny, constellation: FILED });
  assert.equal(policy.admits(0, above(45.01, 5)), false);
  assert.equal(policy.admits(0, above(44.99, 5)), true);
  assert.equal(policy.admits(0, above(46.01, 5)), true);
});

Deno.test("compileRules() fails closed: no node of unknown position passes a rule by area", () => {
  const areas = [new Area([[box(0, 0, 10, 10)]])];
  const unknown = { x: NaN, y: NaN, z: NaN };
  const constellation = FILED;
  const deny = compileRules({ allow: null, deny: { ...NOTHING, areas }, constellation });
  const allow = compileRules({ allow: { ...NOTHING, areas }, deny: NOTHING, constellation });
  for (const point of [unknown, { x: 0, y: 0, z: 0 }]) {
    assert.equal(deny.admits(0, point), false);
    assert.equal(allow.admits(0, point), false);
  }
  const plain = compileRules({ allow: null, deny: { ...NOTHING, nodes: [1] }, constellation });
  assert.equal(plain.admits(0, unknown), true);
});
