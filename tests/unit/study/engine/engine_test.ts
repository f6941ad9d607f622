/**
 * The engine by itself: energy, one digest whatever the way, faults, rules, and what it does not take. That
 * it does as the running product: tests/http/study-agreement_test.ts.
 * @module
 */
import assert from "node:assert/strict";
import { lookAngles, siteOf } from "../../../../mesh/geo/site.ts";
import { isSunlit } from "../../../../mesh/orbit/eclipse.ts";
import { ShellAlmanac } from "../../../../mesh/orbit/shell-almanac.ts";
import { sunDirectionEcef } from "../../../../mesh/orbit/sun.ts";
import { type EpochMs, epochMs } from "../../../../mesh/units.ts";
import type { StudyAsk } from "../../../../study/ask.ts";
import { Engine } from "../../../../study/engine/engine.ts";
import type { Outcome } from "../../../../study/outcome.ts";
import { PLACEMENT_RULES } from "../../../../study/run.ts";
import { CONSTELLATION, FROM, KINDS, ran, smallAsks, smallRun, UNTIL } from "./small-run.ts";

const RESIDUE_MAX = 1e-9;
const ASKS = 600;

Deno.test("every ask has one outcome, energy is conserved at every node, and asks meet everything", () => {
  const asks = smallAsks(1, ASKS);
  const { end, outcomes, order } = ran(smallRun(), asks);
  assert.equal(end.asks, asks.length);
  assert.deepEqual([...order].sort((a, b) => a - b), asks.map((_, a) => a));
  assert.ok(end.residue_most <= RESIDUE_MAX, `${end.residue_most}`);
  let drawn = 0;
  for (const { node, flows, battery_first, battery_last, battery_least, residue } of end.nodes) {
    assert.ok(residue <= end.residue_most);
    const change = battery_last - battery_first;
    const moved = flows.solar + flows.drawn;
    assert.ok(
      Math.abs(change - (flows.stored - flows.given)) <= RESIDUE_MAX * moved,
      `node ${node}`,
    );
    assert.ok(battery_least <= Math.min(battery_first, battery_last), `node ${node}`);
    drawn += flows.drawn;
  }
  const runs = end.nodes.reduce((sum, node) => sum + node.runs, 0);
  const served = outcomes.filter(({ refusal }) => refusal === null);
  assert.equal(runs, served.length);
  const energy = served.reduce((sum, { energy_j }) => sum + energy_j, 0);
  assert.ok(energy > 0 && energy < drawn);
  const refusals = new Set(outcomes.map(({ refusal }) => refusal));
  for (const met of ["dark", null] as const) assert.ok(refusals.has(met), `${met}`);
  assert.ok(served.some(({ hops }) => hops > 0), "nobody went over links");
  assert.ok(served.some(({ attempts }) => attempts > 1), "nobody asked a second");
  assert.ok(order.some((ask, i) => i > 0 && ask < order[i - 1]), "nobody waited");
  const joined = served.filter(({ asked: { kind }, npu_s, timing }) =>
    kind === 2 && timing!.npu > 1.5 * npu_s
  );
  assert.ok(joined.length > 0, "nobody ran together");
});

Deno.test("the outcome's terms add up, and battery_j is all of the energy in shadow and none in light", () => {
  const { outcomes } = ran(smallRun(), smallAsks(2, ASKS));
  let dark = 0;
  for (const { ask, refusal, timing, latency_s, energy_j, battery_j, sunlit } of outcomes) {
    if (refusal !== null) continue;
    const { light, fibre, transfer, wait, npu } = timing!;
    assert.equal(latency_s, light + fibre + transfer + wait + npu);
    const share = battery_j / energy_j;
    assert.ok(share >= 0 && share <= 1 + 1e-12, `ask ${ask}: ${share}`);
    // An edge of light within the run gives a part.
    if (share === 0 || share >= 1 - 1e-12) assert.equal(share === 0, sunlit, `ask ${ask}`);
    if (!sunlit) dark++;
  }
  assert.ok(dark > 20, `${dark} in shadow`);
});

Deno.test("a run that was saved and loaded again, wherever, comes to the digest of one that was not", () => {
  const nodes = Array.from({ length: 40 }, (_, i) => 10 * i);
  const at = epochMs(FROM + 3_000_000);
  const faults = [{ at, until: epochMs(at + 1_000_000), nodes }];
  for (const placement of ["nearest_available", "sunlit_first"] as const) {
    const run = smallRun({ placement, faults });
    const asks = smallAsks(3, ASKS);
    const whole = ran(run, asks);
    for (const stops of [[1, 2, 300, 555]]) {
      const outcomes: Outcome[] = [];
      const sink = (outcome: Outcome) => outcomes[outcome.ask] = outcome;
      let engine = new Engine(run, sink);
      asks.forEach((ask, a) => {
        engine.ask(ask);
        if (!stops.includes(a)) return;
        engine = Engine.load(run, sink, JSON.parse(JSON.stringify(engine.save())));
      });
      assert.deepEqual(engine.finish(), whole.end, `${placement}, stopped after ${stops}`);
      assert.deepEqual(outcomes, whole.outcomes);
    }
  }
});

Deno.test("the digest tells apart two runs of which one outcome differs in its last bit", () => {
  const asks = smallAsks(4, 200);
  const { end } = ran(smallRun(), asks);
  assert.match(end.digest, /^[0-9a-f]{64}$/);
  assert.equal(ran(smallRun(), asks).end.digest, end.digest);
  const later = asks.with(-1, { ...asks.at(-1)!, at: epochMs(asks.at(-1)!.at + 2 ** -11) });
  assert.notEqual(ran(smallRun(), later).end.digest, end.digest);
});

Deno.test("nodes that fail serve nobody meanwhile; who waited there is answered by others, if any would", () => {
  const asks = smallAsks(5, ASKS);
  const before = ran(smallRun(), asks);
  // In the middle of a wait: whoever waits longest.
  const [longest] = before.outcomes.filter(({ timing }) => timing !== null)
    .sort((a, b) => b.timing!.wait - a.timing!.wait);
  const at = epochMs(longest.asked.at + longest.timing!.wait * 500);
  const until = epochMs(at + 600_000);
  const faults = [{ at, until, nodes: [longest.node] }];
  const { outcomes, end } = ran(smallRun({ faults }), asks);
  const moved = outcomes[longest.ask];
  assert.notEqual(moved.node, longest.node);
  assert.ok(moved.node < 0 ? moved.refusal !== null : moved.attempts > longest.attempts);
  for (const { node, starts } of outcomes) {
    assert.ok(node !== longest.node || starts <= at || starts >= until, `${starts}`);
  }
  assert.ok(end.residue_most <= RESIDUE_MAX);
  assert.equal(outcomes.filter(Boolean).length, asks.length);
});

Deno.test("where all nodes fail for good nobody serves, and each says gone", () => {
  const nodes = Array.from({ length: CONSTELLATION.count }, (_, index) => index);
  for (const placement of ["nearest", "nearest_available"] as const) {
    const run = smallRun({ placement, faults: [{ at: FROM, until: null, nodes }] });
    const { outcomes } = ran(run, smallAsks(6, 200));
    for (const { refusal, node } of outcomes) {
      assert.equal(node, -1);
      assert.ok(refusal === "gone" || refusal === "no_node", `${refusal}`);
    }
  }
});

interface Seen {
  index: number;
  range: number;
  sunlit: boolean;
}

/** All nodes above the mask of a place, by a look at each. */
function seenFrom({ at, origin }: StudyAsk, mask: number): Seen[] {
  assert.ok("lat" in origin);
  const positions = new ShellAlmanac(CONSTELLATION).at(at);
  const sun = sunDirectionEcef(at);
  const site = siteOf(origin);
  const xyz = new Float64Array(3);
  const seen: Seen[] = [];
  for (let index = 0; index < CONSTELLATION.count; index++) {
    positions.position(index, xyz);
    const node = { x: xyz[0], y: xyz[1], z: xyz[2] };
    const { elevation, slant_range } = lookAngles(site, node);
    if (elevation < mask) continue;
    seen.push({ index, range: slant_range, sunlit: isSunlit(node, sun) });
  }
  return seen.sort((a, b) => a.range - b.range);
}

const fromGround = (seed: number, count: number) =>
  smallAsks(seed, count).filter(({ origin }) => "lat" in origin);

Deno.test("nearest asks the nearest node that the place sees, and nobody else", () => {
  const run = smallRun({ placement: "nearest" });
  const asks = fromGround(7, 600);
  const { outcomes } = ran(run, asks);
  let refused = 0;
  outcomes.forEach(({ node, attempts, refusal }, a) => {
    const [nearest] = seenFrom(asks[a], run.elevation_mask);
    assert.equal(attempts, nearest ? 1 : 0);
    if (refusal === null) assert.equal(node, nearest.index, `ask ${a}`);
    else refused++;
    if (!nearest) assert.equal(refusal, "no_node");
  });
  assert.ok(refused > 20 && refused < asks.length - 20, `${refused} refused`);
});

Deno.test("sunlit_first asks no node in shadow where one in sunlight would serve", () => {
  const run = smallRun({ placement: "sunlit_first" });
  // One at a time, so that nobody is busy or warm: then sunlit nodes refuse nothing but for the dark ahead.
  const asks = fromGround(8, 2_000).filter((_, a) => a % 20 === 0);
  const { outcomes } = ran(run, asks);
  let inLight = 0;
  outcomes.forEach(({ node, hops }, a) => {
    if (node < 0 || hops > 0) return;
    const seen = seenFrom(asks[a], run.elevation_mask);
    const chosen = seen.find(({ index }) => index === node)!;
    if (chosen.sunlit) return void inLight++;
    // Whoever is in light refuses: asked alone, each says so.
    for (const { index, sunlit } of seen) {
      if (!sunlit) continue;
      const own = ran(smallRun({ placement: "nearest" }), [{
        ...asks[a],
        origin: { node: index },
      }]);
      assert.notEqual(own.outcomes[0].refusal, null, `ask ${a}: node ${index} would serve`);
    }
  });
  assert.ok(inLight > 10, `${inLight}`);
});

Deno.test("least_battery_wear draws less from batteries than the mesh's own order", () => {
  const drawn = (["nearest_available", "least_battery_wear"] as const).map((placement) =>
    ran(smallRun({ placement }), smallAsks(9, ASKS)).outcomes
      .reduce((sum, { battery_j }) => sum + battery_j, 0)
  );
  assert.ok(drawn[1] < drawn[0], `${drawn}`);
});

Deno.test("an ask of the past, of no kind or beyond the end, and a fault of no node, are not taken", () => {
  const engine = new Engine(smallRun(), () => {});
  const [ask] = smallAsks(10, 20);
  const later = { ...ask, at: epochMs(FROM + 10_000) };
  engine.ask(later);
  const saved = JSON.stringify(engine.save());
  const wrong: StudyAsk[] = [
    { ...later, at: epochMs(later.at - 1) },
    { ...later, at: UNTIL },
    { ...later, at: NaN as EpochMs },
    { ...later, kind: KINDS.length },
  ];
  for (const one of wrong) assert.throws(() => engine.ask(one), /^RangeError: Cannot ask/);
  assert.equal(JSON.stringify(engine.save()), saved);
  const faults = [{ at: FROM, until: null, nodes: [400] }];
  assert.throws(() => new Engine(smallRun({ faults }), () => {}), /No node has index 400/);
  const ends = [{ at: FROM, until: FROM, nodes: [1] }];
  assert.throws(() => new Engine(smallRun({ faults: ends }), () => {}), /must be later/);
  assert.throws(
    () => Engine.load(smallRun(), () => {}, { ...engine.save(), v: 99 }),
    /version 99/,
  );
});

Deno.test("every placement rule runs, and the same asks come to the same digest again", () => {
  const asks = smallAsks(11, 300);
  const digests = PLACEMENT_RULES.map((placement) => {
    const run = smallRun({ placement });
    const { digest } = ran(run, asks).end;
    assert.equal(ran(run, asks).end.digest, digest, placement);
    return digest;
  });
  assert.equal(new Set(digests).size, PLACEMENT_RULES.length);
});
