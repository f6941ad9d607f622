/**
 * Growth: time per placement over constellations of 1,584 to 100,000 nodes. It may follow the number
 * of nodes near the origin, not their total.
 * @module
 */
import { NearestSearch } from "../mesh/placement/nearest.ts";
import type { ScanView } from "../mesh/placement/scan.ts";
import { siteOf } from "../mesh/geo/site.ts";
import { AT, constellationOf, randomOrigins, skyOf } from "./field.ts";
import { type Report, timeEach, us } from "./timing.ts";

const COUNTS = [1_584, 4_408, 10_000, 41_914, 100_000];
const byRange = { at: (km: number) => km, of: (_index: number, km: number) => km };

export function benchGrowth({ small }: { small: boolean }): Report {
  const rows = COUNTS.filter((count) => !small || count <= 10_000).map((count) => {
    const sky = skyOf(constellationOf(count));
    const search = new NearestSearch(8);
    const sin_mask = Math.sin(25 * Math.PI / 180);
    const views = randomOrigins(5, small ? 200 : 10_000, 50).map((origin): ScanView => ({
      ...sky,
      at: AT,
      site: siteOf(origin),
      sin_mask,
    }));
    let looked = 0;
    for (const view of views) {
      search.run(view, byRange, 1_400);
      looked += search.looked;
    }
    const times = timeEach(views, (view) => search.run(view, byRange, 1_400));
    return { count, ...times, looked: looked / views.length };
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
      "| nodes | p50 | p99 | nodes looked at | |",
      "|---:|---:|---:|---:|---|",
      ...rows.map((row) =>
        `| ${row.count.toLocaleString("en")} | ${us(row.p50_us)} | ${us(row.p99_us)} | ` +
        `${row.looked.toFixed(0)} | ${"#".repeat(Math.max(1, Math.round(2 * row.p50_us)))} |`
      ),
    ].join("\n"),
  };
}
