import assert from "node:assert/strict";
import { siteOf } from "../../../../mesh/geo/site.ts";
import { greatCircle } from "../../../../mesh/ground/fibre.ts";
import { GATEWAYS } from "../../../../mesh/ground/gateways.ts";
import { Ground } from "../../../../mesh/ground/ground-candidate.ts";
import { GROUND, GroundNetwork } from "../../../../mesh/ground/ground-network.ts";
import { DEFAULT_GROUND, groundTiming } from "../../../../mesh/ground/ground-timing.ts";
import { ReachRelays } from "../../../../mesh/ground/reach-relays.ts";
import { CLOUD_REGIONS } from "../../../../mesh/ground/regions.ts";
import { RelayTable } from "../../../../mesh/ground/relay-table.ts";
import { type WayDown, WaysDown } from "../../../../mesh/ground/way-down.ts";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { neighboursOf } from "../../../../mesh/placement/isl/neighbours.ts";
import { DEFAULT_RATES } from "../../../../mesh/placement/links.ts";
import { expectedAccess } from "../../../../mesh/radio/access.ts";
import { STARLINK } from "../../../../mesh/radio/starlink.ts";
import { Terminal } from "../../../../mesh/radio/terminal.ts";
import { degrees, epochMs, km, seconds } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { anyAsk, anyPlace, PHYSICS } from "../node/any-ask.ts";
import { positionsAt } from "../placement/naive-ranking.ts";
import { SKIES } from "../placement/skies.ts";
import {
  LIGHT_KM_S,
  naiveGreatCircle,
  naiveLandings,
  naiveLook,
  type NaiveWay,
  naiveWay,
} from "./naive-ground.ts";

const SEED = 18;
const NOON = Date.UTC(2026, 2, 20, 12);
// Two shells of the filed table, and planes so few that a place now and then sees nobody.
const CONSTELLATION = generatedConstellation("ground-test", [
  { code: "A", altitude_km: 550, inclination_deg: 53, planes: 36, per_plane: 22, phasing: 5 },
  { code: "B", altitude_km: 1_500, inclination_deg: 87.9, planes: 8, per_plane: 20, phasing: 1 },
]);
const NEIGHBOURS = neighboursOf(CONSTELLATION);
const LANDINGS = naiveLandings(GATEWAYS, CLOUD_REGIONS);

// At any instant, where knots are of ten minutes.
const TABLES = SKIES[1];

const fibreOf = ({ gateway }: WayDown) => GROUND.landings[gateway].fibre_time;
const oneWay = (way: WayDown) => (way.up + way.lasers + way.down) / LIGHT_KM_S + fibreOf(way);
const naiveOneWay = (way: NaiveWay) =>
  (way.up_km + way.lasers_km + way.down_km) / LIGHT_KM_S + way.fibre_s;

const anyNode = (random: Random) => ({ node: random.integer(0, CONSTELLATION.count - 1) });

for (const { name, make } of SKIES) {
  Deno.test(`Over ${name}, the way to the ground is what a scan of all nodes, links and gateways finds`, () => {
    const random = seeded(SEED);
    const ways = new WaysDown(GROUND, new ReachRelays(GROUND));
    const met = { straight: 0, relayed: 0, nobody: 0 };
    for (let instant = 0; instant < 3; instant++) {
      const at = epochMs(NOON + random.integer(0, 86_400) * 1e3);
      const sky = make(CONSTELLATION, at);
      const xyz = positionsAt(sky.almanac, at);
      for (let i = 0; i < 14; i++) {
        const where = `seed ${SEED}, instant ${instant}, case ${i}`;
        const site = siteOf(anyPlace(random));
        const mask = random.pick([10, 25, 60, 80]);
        const node = random.chance(0.3) ? anyNode(random) : null;
        const from = node
          ? { ...node, at }
          : { at, site, sin_mask: Math.sin(mask * Math.PI / 180) };
        const way = ways.find(from, sky);
        const naive = naiveWay({
          landings: LANDINGS,
          xyz,
          neighbours: NEIGHBOURS,
          origin: node ?? { site, mask },
        });
        if (way === null || naive === null) {
          assert.equal(way, naive, where);
          met.nobody++;
          continue;
        }
        met[way.path.length === 1 ? "straight" : "relayed"]++;
        assert.equal(way.path[0], naive.serving, where);
        assert.equal(way.path.length === 1, naive.last === naive.serving, where);
        // A nanosecond is 30 cm: what two sums of the same lengths may differ by is far less.
        assert.ok(Math.abs(oneWay(way) - naiveOneWay(naive)) < 1e-9, where);
        const { gateway, region } = GROUND.landings[way.gateway];
        assert.deepEqual([gateway.name, region.name], [naive.gateway, naive.region], where);
      }
    }
    assert.ok(met.straight >= 5 && met.relayed >= 10 && met.nobody >= 1, JSON.stringify(met));
  });
}

Deno.test("look() chooses what a look at every gateway chooses, wherever and however high the node is", () => {
  const random = seeded(SEED);
  const xyz = new Float64Array(3);
  let seen = 0;
  for (let i = 0; i < 1_500; i++) {
    // Over a gateway as often as anywhere, and over edges and corners of the cube of cells.
    const { position } = siteOf({ ...random.pick(GATEWAYS), alt: km(0) });
    const lean = () => random.between(-1_500, 1_500);
    const direction = random.pick([
      [position.x + lean(), position.y + lean(), position.z + lean()],
      [random.between(-1, 1), random.between(-1, 1), random.between(-1, 1)],
      [random.pick([-1, 1]), random.pick([-1, 1]), random.between(-1, 1)],
      [random.pick([-1, 1]), random.pick([-1, 0, 1]), random.pick([-1, 0, 1])],
    ]);
    const radius = 6_371 + random.pick([340, 550, 1_200, 1_399, 1_401, 8_000, 35_786]);
    const length = Math.hypot(...direction);
    direction.forEach((part, axis) => xyz[axis] = part / length * radius);
    const naive = naiveLook(LANDINGS, xyz, 0);
    const chosen = GROUND.look(xyz);
    assert.equal(GROUND.landings[chosen]?.gateway.name, naive?.gateway, `seed ${SEED}, case ${i}`);
    if (!naive) continue;
    seen++;
    assert.ok(Math.abs(GROUND.range_km - naive.down_km) < 1e-9, `seed ${SEED}, case ${i}`);
  }
  assert.ok(seen > 300, `only ${seen} nodes were seen`);
});

Deno.test("A table of relays is as good as a search at the instant that it is of, and stays near it", () => {
  const random = seeded(SEED);
  const { almanac, finder } = TABLES.make(CONSTELLATION, epochMs(NOON));
  const exact = new WaysDown(GROUND, new ReachRelays(GROUND));
  const fresh_ms = 20_000;
  const table = new WaysDown(GROUND, new RelayTable(CONSTELLATION, GROUND, fresh_ms));
  let relayed = 0;
  for (let slot = 0; slot < 3; slot++) {
    const middle = Math.ceil(NOON / fresh_ms) * fresh_ms + (40 * slot + 0.5) * fresh_ms;
    for (let i = 0; i < 40; i++) {
      const from = anyNode(random);
      const [best, read] = [exact, table].map((ways) =>
        ways.find({ ...from, at: epochMs(middle) }, { almanac, finder })
      );
      assert.equal(best === null, read === null);
      if (!best || !read) continue;
      if (read.path.length > 1) relayed++;
      assert.ok(Math.abs(oneWay(best) - oneWay(read)) < 1e-9, `seed ${SEED}, node ${from.node}`);
      // Ten seconds on the way is still one, and none of its lengths is an old one.
      const at = epochMs(middle + fresh_ms / 2 - 1);
      const later = table.find({ ...from, at }, { almanac, finder })!;
      const xyz = positionsAt(almanac, at);
      const place = (node: number) => xyz.subarray(3 * node, 3 * node + 3);
      const lasers = later.path.slice(1).reduce((sum, node, hop) => {
        const [a, b] = [place(later.path[hop]), place(node)];
        return sum + Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      }, 0);
      assert.ok(Math.abs(later.lasers - lasers) < 1e-6);
      const last = place(later.path.at(-1)!);
      assert.ok(Math.abs(later.down - GROUND.rangeTo(later.gateway, last)) < 1e-6);
    }
  }
  assert.ok(relayed > 30, `only ${relayed} were relayed`);
});

Deno.test("The ground takes light, access, fibre, transfer and its accelerator's time, and each is what physics gives", () => {
  const way = { path: [7], up: km(600), toll: km(0), lasers: km(0), down: km(700) };
  const ask = {
    origin: { lat: degrees(50), lon: degrees(8), alt: km(0) },
    operations: 242e9,
    bytes_up: 5e6,
    bytes_down: 1e6,
  };
  const timing = groundTiming({
    ask,
    way,
    fibre_time: seconds(2e-3),
    physics: { rates: DEFAULT_RATES },
    parameters: DEFAULT_GROUND,
    access: seconds(9e-3),
  });
  assert.equal(timing.light, 2 * 1_300 / LIGHT_KM_S);
  assert.equal(timing.access, 9e-3);
  assert.equal(timing.fibre, 4e-3);
  // 40 Mb/s up and 200 Mb/s down, as the user's own link has them.
  assert.ok(Math.abs(timing.transfer - (1 + 0.04)) < 1e-12);
  assert.ok(Math.abs(timing.compute - 1.02e-3) < 1e-12);
  assert.ok(Math.abs(timing.energy - 72 * 1.02e-3) < 1e-12);
  const { light, access, fibre, transfer, compute, total } = timing;
  assert.ok(Math.abs(total - (light + access + fibre + transfer + compute)) < 1e-12);
});

Deno.test("From a node, all bytes go down at the gateway's rate, over lasers at the slower of the two", () => {
  const ask = { origin: { node: 7 }, operations: 0, bytes_up: 200e6, bytes_down: 1_000 };
  const take = (lasers: number, isl_bps: number) =>
    groundTiming({
      ask,
      way: { path: [7], up: km(0), toll: km(0), lasers: km(lasers), down: km(700) },
      fibre_time: seconds(0),
      physics: { rates: { ...DEFAULT_RATES, isl_bps } },
      parameters: DEFAULT_GROUND,
    }).transfer;
  const bits = 8 * (200e6 + 1_000);
  assert.ok(Math.abs(take(0, 1e9) - bits / 10e9) < 1e-12);
  assert.ok(Math.abs(take(3_000, 1e9) - bits / 1e9) < 1e-12);
  assert.ok(Math.abs(take(3_000, 100e9) - bits / 10e9) < 1e-12);
});

Deno.test("candidate() has the ground of any ask, whatever its policy and deadline, and null where nobody is overhead", () => {
  const random = seeded(SEED);
  const ground = new Ground();
  const { almanac, finder } = TABLES.make(CONSTELLATION, epochMs(NOON));
  const sky = { almanac, finder, hints: new Hints(), physics: PHYSICS };
  const ways = new WaysDown(GROUND, new ReachRelays(GROUND));
  let found = 0;
  for (let i = 0; i < 60; i++) {
    const any = anyAsk(random, NOON + 1e3 * i);
    const ask = random.chance(0.3) ? { ...any, origin: anyNode(random) } : any;
    const candidate = ground.candidate(ask, sky);
    const way = ways.find(
      "node" in ask.origin ? { at: ask.at, node: ask.origin.node } : {
        at: ask.at,
        site: siteOf(ask.origin),
        sin_mask: Math.sin(ask.elevation_mask * Math.PI / 180),
      },
      sky,
    );
    assert.deepEqual(candidate?.way ?? null, way, `seed ${SEED}, case ${i}`);
    if (!candidate) continue;
    const by = { node: candidate.way.path[0], up: candidate.way.up };
    assert.deepEqual(ground.candidateBy(by, ask, sky), candidate);
    found++;
    const { timing, fibre_time } = candidate;
    assert.equal(timing.fibre, 2 * fibre_time);
    assert.equal(timing.access, 0);
    assert.ok(
      timing.total >= timing.light + timing.fibre + timing.transfer + timing.compute - 1e-12,
    );
  }
  assert.ok(found > 30);
});

Deno.test("Under a radio profile the ground has its access, its forwarding, its slower bytes and its view of the sky", () => {
  const random = seeded(SEED);
  const ground = new Ground();
  const { almanac, finder } = TABLES.make(CONSTELLATION, epochMs(NOON));
  const sky = { almanac, finder, hints: new Hints(), physics: { ...PHYSICS, radio: STARLINK } };
  const { up, down } = expectedAccess(STARLINK);
  let [placed, relayed] = [0, 0];
  for (let i = 0; i < 60; i++) {
    const any = { ...anyAsk(random, NOON + 1e3 * i), elevation_mask: degrees(25) };
    const ask = random.chance(0.3) ? { ...any, origin: anyNode(random) } : any;
    const candidate = ground.candidate(ask, sky);
    if (!candidate) continue;
    const { way: { path, up: range, toll }, timing } = candidate;
    const forwarding = 2 * (path.length - 1) * STARLINK.hop;
    if (path.length > 1) relayed++;
    if ("node" in ask.origin) {
      assert.ok(Math.abs(timing.access - forwarding) < 1e-12, `seed ${SEED}, case ${i}`);
      continue;
    }
    placed++;
    assert.ok(Math.abs(timing.access - up - down - forwarding) < 1e-12, `seed ${SEED}, case ${i}`);
    const xyz = positionsAt(almanac, ask.at).subarray(3 * path[0], 3 * path[0] + 3);
    const { origin: place, elevation_mask: mask } = ask;
    const positions = almanac.at(ask.at);
    const terminal = new Terminal({ profile: STARLINK, place, mask, positions });
    assert.ok(terminal.sees(path[0], xyz), `seed ${SEED}, case ${i}`);
    const { position } = siteOf(place);
    const away = Math.hypot(xyz[0] - position.x, xyz[1] - position.y, xyz[2] - position.z);
    assert.ok(Math.abs(range - away) < 1e-6, `seed ${SEED}, case ${i}`);
    assert.ok(toll > -1e-9);
    const drawn = ground.candidate(ask, sky, seconds(0.1))!;
    assert.ok(Math.abs(drawn.timing.total - timing.total - (0.1 - up - down)) < 1e-12);
  }
  assert.ok(placed > 10 && relayed > 10, `${placed} placed, ${relayed} relayed`);
});

Deno.test("Great circles agree with vectors, and with London to New York, 5,570 km", () => {
  const random = seeded(SEED);
  for (let i = 0; i < 200; i++) {
    const [a, b] = [anyPlace(random), anyPlace(random)];
    assert.ok(Math.abs(greatCircle(a, b) - naiveGreatCircle(a, b)) < 1e-3);
  }
  const london = { lat: degrees(51.5074), lon: degrees(-0.1278) };
  const new_york = { lat: degrees(40.7128), lon: degrees(-74.006) };
  assert.ok(Math.abs(greatCircle(london, new_york) - 5_570) < 5);
});

Deno.test("Gateways and regions have names of their own, and each gateway leads to the region that a map shows", () => {
  assert.equal(
    new Set(GATEWAYS.map(({ name, country }) => `${name}, ${country}`)).size,
    GATEWAYS.length,
  );
  assert.equal(new Set(CLOUD_REGIONS.map(({ name }) => name)).size, CLOUD_REGIONS.length);
  const cityOf = (name: string) =>
    GROUND.landings.find(({ gateway }) => gateway.name === name)?.region.city;
  assert.equal(cityOf("Usingen"), "Frankfurt");
  assert.equal(cityOf("Chalfont Grove"), "London");
  assert.equal(cityOf("Lacchiarella"), "Milan");
  assert.equal(cityOf("Columbus, OH"), "Columbus");
  assert.equal(cityOf("Clevedon"), "Auckland");
  assert.equal(cityOf("Hitachinaka"), "Tokyo");
});

Deno.test("A network of one gateway and one region stretches its fibre by the factor that it is given", () => {
  const [gateway] = GATEWAYS;
  const [region] = CLOUD_REGIONS;
  const time = (stretch?: number) =>
    new GroundNetwork([gateway], [region], { stretch }).landings[0].fibre_time;
  assert.ok(Math.abs(time(1) - greatCircle(gateway, region) * 1.468 / LIGHT_KM_S) < 1e-12);
  assert.ok(Math.abs(time() / time(1) - 2.1) < 1e-12);
});
