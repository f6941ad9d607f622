/**
 * Whole placements for the least wear of batteries beside those for the quickest answer, from the same
 * places: without a deadline, when nodes above alone compete, and with one that lets links be followed.
 * @module
 */
import { DATA_CENTRE } from "../mesh/orbit/filed.ts";
import type { Ask } from "../mesh/placement/ask.ts";
import { Placer } from "../mesh/placement/place.ts";
import { askOf, FILED, randomOrigins, skyOf } from "./field.ts";
import { type Line, type Report, timeEach, us } from "./timing.ts";

const WAYS: readonly [string, Partial<Ask>][] = [
  ["latency", {}],
  ["energy, no deadline", { objective: "energy" }],
  ["energy, within 100 ms", { objective: "energy", deadline_ms: 100 }],
];
// By day the search stops as early as the other; what it costs more is the look at batteries.
const RATIO_MAX = 3;

export function benchObjective({ small }: { small: boolean }): Report {
  const lines: Line[] = [];
  const placer = new Placer();
  for (const constellation of [FILED, DATA_CENTRE]) {
    const sky = skyOf(constellation);
    const asks = randomOrigins(4, small ? 100 : 3_000).map(askOf);
    const nodes = constellation.count.toLocaleString("en");
    let latency_us = 0;
    for (const [name, more] of WAYS) {
      const times = timeEach(asks, (ask) => placer.rank({ ...ask, ...more }, sky));
      latency_us ||= times.p50_us;
      const ratio = times.p50_us / latency_us;
      lines.push({
        what: `${nodes} nodes, ${name}: p50, p99, and p50 over latency's`,
        measured: `${us(times.p50_us)}, ${us(times.p99_us)}, ${ratio.toFixed(2)} x`,
        target: more.objective ? `${RATIO_MAX} x` : "",
        holds: more.objective ? ratio <= RATIO_MAX : null,
      });
    }
  }
  return { title: "Placed for the least wear of batteries", lines };
}
