/**
 * `deno task bench`: everything that is timed, each beside its rivals, in one run. `--write` puts the
 * run into docs/performance.md; `--small` runs a fraction of it, to see that it still runs.
 * @module
 */
import { fileURLToPath } from "node:url";
import { benchAlmanac } from "./almanac.ts";
import { benchBinary } from "./binary.ts";
import { benchCatalogues } from "./catalogues.ts";
import { benchDrain } from "./drain.ts";
import { benchEngineTime } from "./engine-time.ts";
import { benchFleet } from "./fleet.ts";
import { benchGrowth } from "./growth.ts";
import { benchImports } from "./imports.ts";
import { benchMillion } from "./million.ts";
import { benchNearest } from "./nearest.ts";
import { benchObjective } from "./objective.ts";
import { benchOracle } from "./oracle.ts";
import { benchPasses } from "./passes.ts";
import { benchPaths } from "./paths.ts";
import { benchPromise } from "./promise.ts";
import { benchScenes } from "./scenes.ts";
import { benchServed } from "./served.ts";
import { benchStall } from "./stall.ts";
import type { Report } from "./timing.ts";

export const BENCHES = [
  benchMillion,
  benchNearest,
  benchObjective,
  benchOracle,
  benchAlmanac,
  benchPaths,
  benchPasses,
  benchPromise,
  benchCatalogues,
  benchImports,
  benchFleet,
  benchServed,
  benchDrain,
  benchStall,
  benchBinary,
  benchScenes,
  benchGrowth,
  benchEngineTime,
];

const USAGE = `Usage: deno task bench [--small] [--write]
  --small   a fraction of each: seconds instead of minutes, and figures that say nothing
  --write   put the run into docs/performance.md`;

export function render({ title, lines, more }: Report): string {
  const rows = lines.map(({ what, measured, target = "", holds }) =>
    `| ${what} | ${measured} | ${target} | ${holds === null ? "" : holds ? "yes" : "**no**"} |`
  );
  return [`## ${title}`, "", "| | measured | target | holds |", "|---|---:|---:|---|", ...rows]
    .concat(more ? ["", more] : []).join("\n");
}

if (import.meta.main) {
  const unknown = Deno.args.find((arg) => arg !== "--small" && arg !== "--write");
  if (unknown !== undefined) {
    console.log(USAGE);
    Deno.exit(unknown === "--help" ? 0 : 2);
  }
  const small = Deno.args.includes("--small");
  const sections: string[] = [];
  for (const bench of BENCHES) {
    const section = render(await bench({ small }));
    console.log(`${section}\n`);
    sections.push(section);
  }
  if (Deno.args.includes("--write")) {
    const page = [
      "# Performance",
      "",
      "Written by `npx deno task bench --write`: every figure below is of one run, on a shared machine",
      "of 2 cores. Ratios hold from machine to machine, absolute times do not. Light times are",
      "*modelled* (without radio frames, grants, beams and reallocation slots, for which real round trips",
      "over such a network are 16 to 110 ms today: [placement.md](placement.md)); everything else here is",
      "*measured*.",
      "",
      "What a request costs over HTTP, beside the least that it can:",
      "[reference/http-performance.md](reference/http-performance.md), and why:",
      "[explanation/request-cost.md](explanation/request-cost.md).",
      "",
      ...sections.flatMap((section) => [section, ""]),
    ].join("\n");
    const path = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
    await Deno.writeTextFile(path, page);
    const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] })
      .output();
    console.log(success ? "Wrote docs/performance.md" : "docs/performance.md was not formatted");
  }
}
