/**
 * `npx deno task battery-wear`: what batteries give for a day of inference, with every ask placed for the
 * quickest answer and for the least wear; and on a small case the least that any placement could take.
 * Modelled, all of it: physics and the hardware profile, no timing.
 * @module
 */
import { parseArgs } from "node:util";
import { DEFAULT_PROFILE } from "../mesh/node/profile.ts";
import { type Constellation, generatedConstellation } from "../mesh/orbit/constellation.ts";
import { STARLINK_FILED } from "../mesh/orbit/shells.ts";
import { degrees, epochMs } from "../mesh/units.ts";
import type { PlacementRule } from "../study/run.ts";
import { batteryDrawn, type Drawn } from "./battery-wear/battery-drawn.ts";
import { wearBound } from "./battery-wear/wear-bound.ts";
import { type WearCase, wearCase, type WearOptions } from "./battery-wear/wear-case.ts";
import { type WearDay, wearDay } from "./battery-wear/wear-day.ts";

const USAGE = `Usage: npx deno task battery-wear [--nodes <n>] [--asks <n>] [--seed <n>]

Prints what batteries give for a day of inference: nearest first against least wear, by how much time the
deadlines leave beside the run; and on a small case the bound of a linear programme.

  --nodes   1584, the default: the 550 km shell of Starlink as filed; 41914: all 17 shells
  --asks    in the day; default 50000
  --seed    of places and instants; default 1`;

const EQUINOX = epochMs(Date.UTC(2026, 2, 20));

/** Some tens of nodes that see most places, so that one programme holds all that they could do. */
const SMALL = generatedConstellation("battery-wear-small", [{
  code: "S",
  altitude_km: 1_200,
  inclination_deg: 55,
  planes: 6,
  per_plane: 10,
  phasing: 1,
}]);

/** The small case: runs of 20 s at 4 % of all NPU time, deadlines that let light go round a part of the Earth. */
export const SMALL_CASE: WearOptions = {
  constellation: SMALL,
  profile: DEFAULT_PROFILE,
  from: EQUINOX,
  hours: 2,
  asks: 800,
  run_s: 20,
  slacks_ms: [40, 60, 200],
  mask: degrees(10),
  latitude_max: 50,
  seed: 1,
};

/** What one rule of placement made of a case. */
export interface Outcome {
  day: WearDay;
  drawn: Drawn;
  /** Indices of the asks that ran. */
  served: number[];
  /** Of them, whose answers came by their deadlines. */
  met: number;
}

/** Places and runs a case by one rule. */
export function outcomeOf(asked: WearCase, rule: PlacementRule): Outcome {
  const day = wearDay(asked, rule);
  const served = day.ran.flatMap((ran, ask) => ran === null ? [] : [ask]);
  const met = served.filter((ask) => {
    const { deadline_ms } = asked.run.kinds[asked.asks[ask].kind];
    return deadline_ms === null || day.ran[ask]!.answered_ms <= deadline_ms;
  });
  return { day, drawn: batteryDrawn(asked, day), served, met: met.length };
}

const wh = (joules: number): string => (joules / 3_600).toFixed(2);
const share = (part: number, whole: number): string => `${(100 * part / whole).toFixed(1)} %`;

function medianOf({ day, served }: Outcome): number {
  const times = served.map((ask) => day.ran[ask]!.answered_ms).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)];
}

function dayRow(options: WearOptions, named: string): string {
  const asked = wearCase(options);
  const nearest = outcomeOf(asked, "nearest_available");
  const spared = outcomeOf(asked, "least_battery_wear");
  const linked = spared.served.filter((ask) => spared.day.ran[ask]!.hops > 0).length;
  return [
    named,
    `${nearest.met} / ${spared.met}`,
    wh(nearest.drawn.for_runs),
    wh(spared.drawn.for_runs),
    share(nearest.drawn.for_runs - spared.drawn.for_runs, nearest.drawn.for_runs),
    share(linked, spared.served.length),
    `${(medianOf(nearest) - 1e3 * options.run_s).toFixed(1)} / ${
      (medianOf(spared) - 1e3 * options.run_s).toFixed(1)
    }`,
    `1 in ${Math.round(nearest.drawn.in_all / nearest.drawn.for_runs).toLocaleString("en")}`,
  ].join(" | ");
}

function printDay(constellation: Constellation, asks: number, seed: number): void {
  const options: WearOptions = {
    constellation,
    profile: DEFAULT_PROFILE,
    from: EQUINOX,
    hours: 24,
    asks,
    run_s: 0.5,
    slacks_ms: [null],
    mask: degrees(25),
    latitude_max: 50,
    seed,
  };
  const npu_s = asks * options.run_s;
  const { npu_active, npu_idle } = options.profile;
  console.log(
    `\nA day of ${asks} asks of ${options.run_s} s over ${constellation.count} nodes, modelled: ` +
      `${wh(npu_s * (npu_active - npu_idle))} Wh beside idling, ` +
      `${(100 * npu_s / constellation.count / 86_400).toPrecision(2)} % of all NPU time.\n`,
  );
  const columns = [
    "beside the run",
    "in time",
    "nearest, Wh",
    "least wear, Wh",
    "less",
    "over links",
    "median beside the run, ms",
    "nearest, of all that batteries give",
  ];
  console.log(`| ${columns.join(" | ")} |\n|${" --- |".repeat(columns.length)}`);
  for (const slack_ms of [null, 15, 25, 50, 100, 300]) {
    const named = slack_ms === null ? "no deadline" : `${slack_ms} ms`;
    console.log(`| ${dayRow({ ...options, slacks_ms: [slack_ms] }, named)} |`);
  }
}

const SMALL_ROWS = [
  ["nearest first", "nearest_available"],
  ["sunlit first, above the place", "sunlit_first"],
  ["least wear", "least_battery_wear"],
] as const;

async function printSmall(seed: number): Promise<void> {
  const asked = wearCase({ ...SMALL_CASE, seed });
  const rows = SMALL_ROWS.map(([name, rule]) => ({ name, ...outcomeOf(asked, rule) }));
  const { served } = rows.at(-1)!;
  const bound = await wearBound(asked, served);
  const { asks, hours, run_s, constellation } = SMALL_CASE;
  console.log(
    `\nA small case: ${asks} asks of ${run_s} s in ${hours} h over ${constellation.count} nodes, ` +
      `beside a linear programme of ${bound.columns} columns and ${bound.rows} rows.\n`,
  );
  console.log("| placement | served | in time | batteries gave, J |\n| --- | --- | --- | --- |");
  for (const { name, served, met, drawn } of rows) {
    console.log(`| ${name} | ${served.length} | ${met} | ${drawn.for_runs.toFixed(1)} |`);
  }
  console.log(`| no placement takes less | ${served.length} | | ${bound.energy.toFixed(1)} |`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      nodes: { type: "string", default: "1584" },
      asks: { type: "string", default: "50000" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    Deno.exit(0);
  }
  const [asks, seed] = [Number(values.asks), Number(values.seed)];
  const shells = { 1584: STARLINK_FILED.slice(0, 1), 41914: STARLINK_FILED }[values.nodes];
  if (!shells || !Number.isSafeInteger(asks) || asks < 1 || !Number.isSafeInteger(seed)) {
    console.error(USAGE);
    Deno.exit(2);
  }
  await printSmall(seed);
  printDay(generatedConstellation(`battery-wear-${values.nodes}`, shells), asks, seed);
}
