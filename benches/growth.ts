/**
 * Growth: time per placement, memory and start over constellations of 1,584 to 1,000,000 nodes. Time may
 * follow the number of nodes near the origin, memory and start the number of shells, and none of them
 * the number of nodes.
 * @module
 */
import { Placer } from "../mesh/placement/place.ts";
import { askOf, constellationOf, randomOrigins, skyOf } from "./field.ts";
import { heldBytes } from "./million.ts";
import { timeInTurn } from "./nearest.ts";
import { type Report, us } from "./timing.ts";

const COUNTS = [1_584, 4_408, 10_000, 41_914, 100_000, 300_000, 998_400, 1_000_000];

export function benchGrowth({ small }: { small: boolean }): Report {
  const origins = randomOrigins(5, small ? 200 : 10_000, 50);
  const rows = COUNTS.map((count) => {
    const constellation = constellationOf(count);
    const from = performance.now();
    const sky = skyOf(constellation);
    new Placer().rank(askOf(origins[0]), sky);
    const start_us = (performance.now() - from) * 1e3;
    const [times] = timeInTurn([sky.finder], origins);
    return { count, ...times, start_us, bytes: heldBytes(sky) };
  });
  const [first, last] = [rows[0], rows[rows.length - 1]];
  const grown = last.p50_us / first.p50_us;
  const larger = last.count / first.count;
  return {
    title: "Growth: the 8 best, by the size of the constellation",
    lines: [{
      what: `${larger.toFixed(0)} times the nodes, time per placement (p50)`,
      measured: `${grown.toFixed(1)} x`,
      target: "far below the growth in nodes",
      holds: grown < larger / 4,
    }],
    more: [
      "| nodes | p50 | p99 | the sky of an isolate | its first placement | |",
      "|---:|---:|---:|---:|---:|---|",
      ...rows.map((row) =>
        `| ${row.count.toLocaleString("en")} | ${us(row.p50_us)} | ${us(row.p99_us)} | ` +
        `${(row.bytes / 1e6).toFixed(2)} MB | ${us(row.start_us)} | ` +
        `${"#".repeat(Math.max(1, Math.round(2 * row.p50_us)))} |`
      ),
    ].join("\n"),
  };
}
