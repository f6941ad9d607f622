import assert from "node:assert/strict";
import { groupsOf } from "../../../console/sky/groups.ts";
import { FILED } from "../../../mesh/orbit/filed.ts";
import { numberedNodes } from "../../../mesh/orbit/imported-constellation.ts";
import type { Constellation } from "../../../mesh/orbit/constellation.ts";

/** Every node is in one group, the one that the constellation says. */
function assertWhole(constellation: Constellation) {
  const groups = groupsOf(constellation);
  const seen = new Set<number>();
  groups.forEach(({ name, count, node }, g) => {
    assert.equal(name, constellation.groups[g]);
    for (let i = 0; i < count; i++) {
      assert.equal(constellation.group(node(i)), g);
      seen.add(node(i));
    }
  });
  assert.equal(seen.size, constellation.count);
}

Deno.test("groupsOf() has every node of generated shells and of a catalogue in its group", () => {
  assertWhole(FILED);
  assertWhole(CATALOGUE);
});

Deno.test("groupsOf() reads a catalogue's labels, and gives hues to where the nodes are", () => {
  const [low, high, middle] = groupsOf(CATALOGUE);
  assert.deepEqual([low.altitude_km, low.inclination_deg], [550, 53]);
  assert.deepEqual([high.altitude_km, high.inclination_deg], [35_790, 0]);
  assert.deepEqual([low.share, middle.share, high.share], [0.3, 0.7, 0.9]);
});

const CATALOGUE: Constellation = {
  ...numberedNodes({
    name: "some-0123",
    numbers: [5, 11, 12, 99, 44_713],
    groups: ["53deg-550km", "0deg-35790km", "98deg-600km"],
    group: [1, 0, 2, 0, 0],
  }),
  elements: () => {
    throw new Error("Nobody asks for elements");
  },
};
