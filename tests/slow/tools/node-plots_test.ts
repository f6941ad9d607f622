import assert from "node:assert/strict";
import { DEFAULT_PROFILE, topsPerWatt } from "../../../mesh/node/profile.ts";
import { figures, tables } from "../../../tools/node-plots.ts";
import {
  leastTopsPerWatt,
  live,
  ORBITS,
  withTopsPerWatt,
} from "../../../tools/node-plots/full-load.ts";

const docs = (name: string) => Deno.readTextFile(new URL(`../../../docs/${name}`, import.meta.url));
const AGAIN = "run `deno run -A tools/node-plots.ts --write` and put its tables there";

Deno.test("docs/node.md states what tools/node-plots.ts computes today", async () => {
  const page = await docs("node.md");
  const stated = page.split("\n").filter((line) => line.startsWith("|")).map(cellsOf);
  const computed = tables().flatMap((table) => table.split("\n")).map(cellsOf);
  assert.deepEqual(stated, computed, AGAIN);
});

Deno.test("the figures of docs/node.md are those that tools/node-plots.ts draws today", async () => {
  const page = await docs("node.md");
  for (const [name, svg] of Object.entries(figures())) {
    assert.ok(page.includes(`](${name})`), `the page does not show ${name}`);
    assert.equal(await docs(name), svg, `${name}: ${AGAIN}`);
  }
});

Deno.test("at 10 TOPS/W and full load a default node settles under its limit, at 4 it throttles", () => {
  assert.equal(topsPerWatt(DEFAULT_PROFILE), 10);
  for (const sunlight of Object.values(ORBITS)) {
    const cool = live({ profile: DEFAULT_PROFILE, sunlight, hours: 12 });
    for (const { hours, npu_k, speed, refused } of cool) {
      assert.ok(npu_k < DEFAULT_PROFILE.temperature_throttle, `${npu_k} K after ${hours} h`);
      assert.deepEqual([speed, refused], [1, null], `after ${hours} h`);
    }
    const warm = live({ profile: withTopsPerWatt(4), sunlight, hours: 12 });
    const settled = warm.filter(({ hours }) => hours > 1);
    assert.ok(settled.length > 500);
    for (const { hours, speed } of settled) {
      assert.ok(speed > 0.4 && speed < 0.5, `${speed} of its speed after ${hours} h`);
    }
  }
});

Deno.test("the least efficiency that never throttles lies between 9 and 10 TOPS/W in the hottest orbit", () => {
  const lit = leastTopsPerWatt(ORBITS.lit);
  assert.ok(lit > 9 && lit < 10, `${lit} TOPS/W`);
  assert.ok(leastTopsPerWatt(ORBITS.ordinary) < lit, "a shadow cools");
});

/** `deno fmt` pads the columns of the page. */
const cellsOf = (row: string): string =>
  row.split("|").map((cell) => cell.trim().replace(/^-+(:?)$/, "---$1")).join("|");
