import assert from "node:assert/strict";
import { parseScenario } from "../../../study/scenario.ts";

const LEAST = {
  title: "t",
  asks: 10,
  kinds: [{ name: "k", operations: 1e9 }],
  runs: [{ name: "r" }],
};

const parse = (changes: object) =>
  parseScenario(JSON.stringify({ ...LEAST, ...changes }), (path) => {
    throw new Error(`there is no file ${path}`);
  });

Deno.test("A scenario of the least that there can be has defaults for the rest", () => {
  const { file, runs, from, until } = parse({});
  assert.equal(until - from, 24 * 3_600_000);
  assert.equal(file.seed, 1);
  const [{ run }] = runs;
  assert.equal(run.constellation.count, 41_914);
  assert.equal(run.placement, "nearest_available");
  assert.equal(run.kinds[0].class, "interactive");
});

Deno.test("A kind of a model of the mesh has its operations and bytes", () => {
  const { runs } = parse({
    kinds: [{ name: "scene", model: "scene-indices", shape: [1, 6, 10, 10], bytes_up: 7 }],
  });
  const [{ run: { kinds: [kind] } }] = runs;
  assert.equal(kind.operations, 9_700);
  assert.equal(kind.bytes_up, 7);
  assert.equal(kind.bytes_down, 1_700);
});

Deno.test("What is wrong is named by its path, and how", () => {
  const cases: [object, RegExp][] = [
    [{ asks: 0 }, /^"asks": /],
    [{ kinds: [] }, /^"kinds": /],
    [{ kinds: [{ name: "k" }] }, /^"kinds\[0\]": must have a model or operations$/],
    [
      { kinds: [{ name: "k", model: "none" }] },
      /^"kinds\[0\].model": must be one of scene-indices/,
    ],
    [
      { kinds: [{ name: "k", model: "drive-rss", shape: [1, 5] }] },
      /^"kinds\[0\].shape": Input "state" has shape \[1,5\]/,
    ],
    [{ runs: [{ name: "r", placement: "best" }] }, /^"runs\[0\].placement": /],
    [{ runs: [{ name: "r", radio: "none" }] }, /^"runs\[0\].radio": /],
    [{ runs: [{ name: "r", profile: { battery_wh: -1 } }] }, /^"runs\[0\].profile/],
    [{ runs: [{ name: "r", constellation: "no.json" }] }, /"runs\[0\].constellation": there is no/],
    [{ runs: [{ name: "r" }, { name: "r" }] }, /^"runs": two of them have one name$/],
    [
      { runs: [{ name: "r", faults: [{ at_hours: 1, planes: ["XX-001"] }] }] },
      /^"runs\[0\].faults\[0\].planes\[0\]": there is no plane XX-001$/,
    ],
    [
      { runs: [{ name: "r", faults: [{ at_hours: 2, until_hours: 1, nodes: ["G2A-017-042"] }] }] },
      /^"runs\[0\].faults\[0\].until_hours": must be after at_hours$/,
    ],
    [{ by_local_hour: Array(24).fill(0) }, /^Nobody asks/],
  ];
  for (const [changes, message] of cases) {
    assert.throws(() => parse(changes), { name: "RangeError", message }, JSON.stringify(changes));
  }
  assert.throws(() => parseScenario("{", () => ""), { message: /^It is not JSON/ });
});

Deno.test("A plane that fails is all of its nodes", () => {
  const { runs } = parse({
    runs: [{ name: "r", faults: [{ at_hours: 1, planes: ["G2A-017"], nodes: ["G2A-017-042"] }] }],
  });
  const [{ run: { faults: [{ nodes, until }], constellation } }] = runs;
  assert.equal(nodes.length, constellation.shells![constellation.group(nodes[0])].per_plane);
  assert.ok(nodes.every((node) => constellation.id(node).startsWith("G2A-017-")));
  assert.equal(until, null);
});
