import assert from "node:assert/strict";
import { demandOf, gravityDemand, pairOf } from "../../../../tools/plan/demand.ts";
import { categoryOf, coverageOf, stretchOf } from "../../../../tools/plan/figures.ts";
import { flowsOver } from "../../../../tools/plan/flows.ts";
import { greatCircle } from "../../../../tools/plan/great-circle.ts";
import { LeastWays } from "../../../../tools/plan/least-ways.ts";
import { meshNet } from "../../../../tools/plan/mesh-net.ts";
import type { Net } from "../../../../tools/plan/net.ts";
import { maximum } from "../../../../tools/plan/packing.ts";
import { publishedNet } from "../../../../tools/plan/published-net.ts";
import { groundGbit } from "../../../../tools/plan/radio.ts";
import { largestCities, stationsOf } from "../../../../tools/plan/stations.ts";
import { columnOf, PUBLISHED, tableOf } from "../../../../tools/plan/table.ts";
import { greatestThroughput } from "../../../../tools/plan/throughput.ts";
import { planOf } from "../../../../tools/plan.ts";
import { rowOf } from "../../../../tools/plan/row.ts";
import { seeded } from "../../../support/random.ts";
import { allWays, anyNet } from "./naive-ways.ts";

const K = 12;

Deno.test("LeastWays finds the k shortest simple ways, as a walk of all ways does", () => {
  let compared = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const size = { planes: random.integer(3, 4), per_plane: random.integer(3, 4), stations: 2 };
    const net = anyNet(random, size);
    const ways = new LeastWays(net);
    ways.toward(1);
    const found = ways.from(0, K);
    const all = allWays(net, 0, 1);
    assert.equal(found.length, Math.min(K, all.length), `seed ${seed}`);
    found.forEach(({ length_km, nodes }, n) => {
      assert.ok(Math.abs(length_km - all[n].length_km) < 1e-6, `seed ${seed}, way ${n}`);
      assert.equal(new Set(nodes).size, nodes.length, `seed ${seed}: a way meets itself`);
      const same = all.find((way) => String(way.nodes) === String(nodes));
      assert.ok(same && Math.abs(same.length_km - length_km) < 1e-6, `seed ${seed}, way ${n}`);
      compared++;
    });
    assert.equal(new Set(found.map(({ nodes }) => String(nodes))).size, found.length);
  }
  assert.ok(compared > 400, `${compared}`);
});

/** The same programme with all of its rows and columns, nothing left out. */
async function plainThroughput({ flows, capacity }: ReturnType<typeof flowsOver>) {
  const upper = [...capacity, ...flows.map(({ gbit_s }) => gbit_s)];
  const [starts, indices]: [number[], number[]] = [[0], []];
  flows.forEach(({ links }, f) =>
    links.forEach((way) => {
      indices.push(capacity.length + f, ...way);
      starts.push(indices.length);
    })
  );
  const values = await maximum({
    starts: Int32Array.from(starts),
    indices: Int32Array.from(indices),
    upper,
  });
  return values.reduce((sum, one) => sum + one, 0);
}

Deno.test("greatestThroughput() is that of the whole programme, and overfills no link", async () => {
  for (let seed = 0; seed < 8; seed++) {
    const random = seeded(seed);
    const net = anyNet(random, { planes: 4, per_plane: 4, stations: 6 });
    // From what is carried whole to what fills every link.
    const demand = Float64Array.from({ length: 15 }, () => random.between(0.1, 2 ** (seed - 1)));
    const all = flowsOver(net, demand, { k: 8 });
    const { gbit_s, shares } = await greatestThroughput(all);
    const plain = await plainThroughput(all);
    assert.ok(
      Math.abs(gbit_s - plain) <= 1e-5 * Math.max(1, plain),
      `seed ${seed}: ${gbit_s} ${plain}`,
    );
    const carried = all.flows.reduce((sum, flow, f) => sum + shares[f] * flow.gbit_s, 0);
    assert.ok(Math.abs(carried - gbit_s) <= 1e-6 * Math.max(1, gbit_s), `seed ${seed}`);
    assert.ok(shares.every((share) => share >= 0 && share <= 1 + 1e-6), `seed ${seed}`);
  }
});

Deno.test("maximum() shares what is narrow, and proves its sum", async () => {
  // Two columns share a row of 3; the second is also in a row of 1, the third in a row of its own.
  const values = await maximum({
    starts: Int32Array.of(0, 1, 3, 4),
    indices: Int32Array.of(0, 0, 1, 2),
    upper: [3, 1, 2],
  });
  assert.ok(Math.abs(values[0] + values[1] - 3) < 1e-5);
  assert.ok(values[1] <= 1 + 1e-9 && Math.abs(values[2] - 2) < 1e-5);
});

const SMALL = [{ altitude_km: 550, inclination_deg: 53, planes: 12, per_plane: 10 }];
const PLACES = [
  { name: "Paris", lat: 48.86, lon: 2.35 },
  { name: "Lagos", lat: 6.45, lon: 3.4 },
  { name: "Tokyo", lat: 35.69, lon: 139.69 },
  { name: "the Pole", lat: 89, lon: 0 },
];

Deno.test("publishedNet() and meshNet() link every node with four others, both ways and as far", () => {
  for (const make of [publishedNet, meshNet]) {
    const { neighbours, lengths } = make(SMALL, PLACES, 5);
    assert.equal(neighbours.length, 4 * 120);
    neighbours.forEach((to, i) => {
      const from = Math.floor(i / 4);
      const back = [0, 1, 2, 3].map((port) => 4 * to + port).find((b) => neighbours[b] === from);
      assert.ok(back !== undefined, `${make.name}: ${to} does not know ${from}`);
      assert.ok(Math.abs(lengths[back] - lengths[i]) < 1e-9 || lengths[i] === lengths[back]);
    });
  }
});

Deno.test("publishedNet() sees as far as altitude over the sine of the elevation", () => {
  const reach_km = 550 / Math.sin(25 * Math.PI / 180);
  const shells = [{ altitude_km: 550, inclination_deg: 53, planes: 72, per_plane: 22 }];
  const { access } = publishedNet(shells, PLACES, 25);
  assert.ok(access[0].length > 5 && access[3].length === 0);
  const ranges = access.flat().map(({ range_km }) => range_km);
  assert.ok(Math.max(...ranges) <= reach_km && Math.max(...ranges) > reach_km - 60);
  assert.ok(Math.min(...ranges) >= 530);
});

Deno.test("coverageOf() and stretchOf() are the published tool's sums and medians", () => {
  const line = (range_km: number) => [{ node: 0, range_km }, { node: 1, range_km: range_km + 100 }];
  const net: Net = {
    neighbours: Int32Array.of(1, 1, -1, -1, 0, 0, -1, -1),
    lengths: Float64Array.of(900, 900, Infinity, Infinity, 900, 900, Infinity, Infinity),
    access: [line(600), line(700), [{ node: 1, range_km: 550 }], []],
  };
  assert.deepEqual(coverageOf(net), { without: 1, log_sum: 2 * Math.log10(2) });
  const demand = new Float64Array(6).fill(1);
  const { flows } = flowsOver(net, demand, { k: 2 });
  const stretch = stretchOf(flows, PLACES);
  // Paris and Lagos: over node 0 alone, then over node 1 alone.
  assert.equal(stretch.NS.pairs, 1);
  assert.ok(Math.abs(stretch.NS.stretch - 1_300 / greatCircle(PLACES[0], PLACES[1])) < 1e-12);
  assert.equal(stretch.NS.hops, 3);
  assert.deepEqual([stretch.HG.pairs, stretch.LG.pairs, stretch.LG.stretch], [2, 0, NaN]);
});

Deno.test("categoryOf() tells far, near, and the slope between", () => {
  const at = (lat: number, lon: number) => ({ name: "", lat, lon });
  assert.equal(categoryOf(at(0, 0), at(0, 100)), "HG");
  assert.equal(categoryOf(at(0, 0), at(5, 5)), "LG");
  assert.equal(categoryOf(at(0, 0), at(40, 0)), "NS");
  assert.equal(categoryOf(at(0, 0), at(40, 9)), "NS");
  assert.equal(categoryOf(at(0, 0), at(9, 40)), "EW");
  assert.equal(categoryOf(at(0, 0), at(-30, 30)), "NESW");
});

Deno.test("gravityDemand() has each city send what its people want, and more of it nearby", () => {
  const cities = PLACES.map((place, n) => ({ ...place, population: 1_000_000 * (n + 1) }));
  const demand = gravityDemand(cities);
  const all = demand.reduce((sum, one) => sum + one, 0);
  assert.ok(Math.abs(all - 10e6 * 0.1 * 300e-6) < 1e-9, `${all}`);
  assert.ok(demand[pairOf(0, 1, 4)] > 0);
  const table = Object.fromEntries(
    [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => [`G-${a}_G-${b}`, 10 * a + b])),
  );
  assert.deepEqual([...demandOf(JSON.stringify(table), 3)], [11, 22, 33]);
  assert.throws(() => demandOf("{}", 2), /G-0_G-1 must be a number of Gbit\/s/);
});

Deno.test("groundGbit() is Shannon's, and less the farther and the more share it", () => {
  // 28.5 GHz over 550 km: 176.4 dB of loss, 3.6e8 of signal to noise, 28.4 bits a hertz of 500 MHz.
  assert.ok(Math.abs(groundGbit(550, 1) - 13.3) < 1, `${groundGbit(550, 1)}`);
  assert.ok(groundGbit(1_300, 1) < groundGbit(550, 1));
  assert.ok(Math.abs(groundGbit(550, 4) - groundGbit(550, 1) / 4) < 1e-6);
});

Deno.test("rowOf() and tableOf() print a row of ten cities beside the published one", async () => {
  const stations = await largestCities(10);
  assert.ok(stations[0].population >= stations[9].population && stations[9].population > 5e6);
  const demand = gravityDemand(stations);
  const row = await rowOf(() => meshNet(SMALL, stations, 10), {
    stations,
    demand,
    k: 3,
    tell: () => {},
  });
  assert.ok(row.throughput.gbit_s > 0 && row.carried > 0 && row.carried <= 1);
  const lines = tableOf([PUBLISHED, columnOf("here", row)]).trim().split("\n");
  assert.match(lines[0], /published \| +here/);
  assert.equal(new Set(lines.map(({ length }) => length)).size, 1);
  assert.ok(lines.some((line) => /stretch NS .*1\.357/.test(line)));
});

Deno.test("planOf() says which argument is wrong", async () => {
  const wrong: [string[], RegExp][] = [
    [["--ways", "0"], /--ways must be a whole number, 1 to 100/],
    [["--ways", "2.5"], /--ways must be a whole number/],
    [["--cities", "1"], /--cities must be a whole number, 2 to 1000/],
    [["--elevation", "x"], /--elevation must be a number, 1 to 89/],
    [["--stations", "a.csv"], /--stations and --demand go together/],
    [["--demand", "a.json"], /--stations and --demand go together/],
    [["--stations", "/no/a", "--demand", "/no/b"], /--stations: "\/no\/a" cannot be read/],
    [["--stations", "/no/a", "--demand", "/no/b", "--cities", "5"], /--cities does not go with/],
    [["--shells", "3"], /--shells/],
  ];
  for (const [args, says] of wrong) await assert.rejects(planOf(args), says, `${args}`);
  assert.throws(() => stationsOf("name,latitude_degree,longitude_degree\nX,95,0\n"), /row 1/);
  assert.throws(() => stationsOf("name,lat\nX,5\n"), /row 1 has no place/);
  assert.deepEqual(stationsOf("name,latitude_degree,longitude_degree\nX,5,-7\n"), [
    { name: "X", lat: 5, lon: -7 },
  ]);
});
