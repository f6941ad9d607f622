/**
 * Whole placements of this checkout against those of another one, ask by ask in turn in one process: so
 * a change is told from the machine's mood.
 *
 * ```sh
 * git worktree add /tmp/before <commit>
 * npx deno task bench:against /tmp/before
 * ```
 *
 * The other one must have `skyOf` and `FILED` in benches/field.ts, and a `Placer` in
 * mesh/placement/place.ts that ranks such asks.
 * @module
 */
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import type { Candidate } from "../mesh/placement/candidate.ts";
import { Placer } from "../mesh/placement/place.ts";
import { askOf, FILED, randomOrigins, skyOf } from "./field.ts";
import { percentiles, us } from "./timing.ts";

const ASKS = 8_000;
const [folder] = Deno.args;
if (!folder || folder.startsWith("-")) {
  console.log("usage: npx deno task bench:against <folder of another checkout>");
  Deno.exit(folder === "--help" ? 0 : 2);
}
const other = pathToFileURL(resolve(folder)).href;
const theirField = await import(`${other}/benches/field.ts`);
const theirs = new (await import(`${other}/mesh/placement/place.ts`)).Placer();
const ours = new Placer();
const sky = skyOf(FILED);
const theirSky = theirField.skyOf(theirField.FILED);
const asks = randomOrigins(1, ASKS).map(askOf);

const nodes = (ranked: Candidate[]) => ranked.map(({ node }) => node).join();
const differ =
  asks.filter((ask) => nodes(ours.rank(ask, sky)) !== nodes(theirs.rank(ask, theirSky))).length;
const [mine, other_us] = [new Float64Array(ASKS), new Float64Array(ASKS)];
asks.forEach((ask, a) => {
  const from = performance.now();
  theirs.rank(ask, theirSky);
  const between = performance.now();
  ours.rank(ask, sky);
  mine[a] = (performance.now() - between) * 1e3;
  other_us[a] = (between - from) * 1e3;
});
const [m, o] = [percentiles(mine), percentiles(other_us)];
console.log(
  `${ASKS} placements at ${FILED.count} nodes, theirs and ours in turn:\n` +
    `p50 ${us(o.p50_us)}, ours ${us(m.p50_us)}: ${(m.p50_us / o.p50_us).toFixed(2)} x\n` +
    `p99 ${us(o.p99_us)}, ours ${us(m.p99_us)}: ${(m.p99_us / o.p99_us).toFixed(2)} x\n` +
    `choices of 8 that differ: ${differ}`,
);
