/**
 * A day of the planet: 10 million asks over 24 h of mesh time, through the placement and admission of
 * 41,914 nodes, one after the other on one core; twice, to see that the digest is one.
 *
 * ```sh
 * deno task bench:planet [--once] [--asks N] [--hours H] [--placement RULE] [--battery-wh WH]
 * ```
 * @module
 */
import { DEFAULT_PROFILE } from "../mesh/node/profile.ts";
import { ShellProfiles } from "../mesh/node/shell-profiles.ts";
import { DEFAULT_RATES } from "../mesh/placement/links.ts";
import { ELEVATION_MASK } from "../mesh/placement/place.ts";
import { epochMs, joules, MS_PER_HOUR } from "../mesh/units.ts";
import { MODELS } from "../models/catalogue.ts";
import type { StudyAsk } from "../study/ask.ts";
import { firstAbove } from "../study/demand/people.ts";
import { Engine } from "../study/engine/engine.ts";
import type { EngineEnd } from "../study/engine/engine-end.ts";
import { type AskKind, PLACEMENT_RULES, type PlacementRule, type Run } from "../study/run.ts";
import { mulberry32 } from "../mesh/mulberry32.ts";
import { cpuSeconds } from "../tools/process-cpu.ts";
import { FILED } from "./field.ts";
import { landPoints } from "./land-points.ts";

const FROM = epochMs(Date.UTC(2026, 2, 20));
const PLACES = 2_000;
const SEED = 18;

interface Options {
  asks: number;
  hours: number;
  placement: PlacementRule;
  battery_wh: number | null;
  once: boolean;
}

const kindOf = (
  name: string,
  shape: number[],
  rest: Pick<AskKind, "class" | "deadline_ms" | "bytes_up" | "bytes_down">,
): AskKind => {
  const spec = MODELS.get(name)!;
  return {
    name,
    model: name,
    operations: spec.operations([shape]),
    memory_bytes: spec.memory_bytes,
    load_bytes: spec.file_bytes,
    joins: spec.batch !== null,
    ...rest,
  };
};

const KINDS: readonly AskKind[] = [
  kindOf("drive-rss", [1, 6], {
    class: "realtime",
    deadline_ms: 50,
    bytes_up: 200,
    bytes_down: 100,
  }),
  kindOf("telemetry-anomaly", [1, 128], {
    class: "batch",
    deadline_ms: null,
    bytes_up: 4e3,
    bytes_down: 600,
  }),
  kindOf("scene-indices", [1, 6, 256, 256], {
    class: "interactive",
    deadline_ms: 2_000,
    bytes_up: 1.6e6,
    bytes_down: 1e6,
  }),
];

/** Seeded asks from places on land, as many by day as by night is quiet; in the order of time. */
function* asksOf({ asks, hours }: Options): Generator<StudyAsk> {
  const random = mulberry32(SEED);
  const places = landPoints(SEED, PLACES);
  // Few places ask for much: by rank, as the populations of cities are (Zipf).
  const weights = Float64Array.from(places, (_, rank) => 1 / (rank + 3));
  const sums = new Float64Array(PLACES);
  let sum = 0;
  for (let p = 0; p < PLACES; p++) sums[p] = sum += weights[p];
  const span_ms = hours * MS_PER_HOUR;
  for (let a = 0; a < asks; a++) {
    const at = epochMs(FROM + Math.floor((a + random()) / asks * span_ms));
    let place = -1;
    while (place < 0) {
      const drawn = firstAbove(sums, random() * sum);
      // Local solar time: half as many at the quietest hour, in the morning at four.
      const hour = (at % (24 * MS_PER_HOUR)) / MS_PER_HOUR + places[drawn].lon / 15;
      const busy = 0.75 - 0.25 * Math.cos((hour - 4) / 24 * 2 * Math.PI);
      if (random() < busy) place = drawn;
    }
    const kind = random();
    yield { at, origin: places[place], kind: kind < 0.4 ? 0 : kind < 0.6 ? 1 : 2 };
  }
}

interface Day {
  end: EngineEnd;
  wall_s: number;
  cpu_s: number;
  served: number;
  refused: Map<string, number>;
}

async function runDay(options: Options): Promise<Day> {
  const { battery_wh, hours, placement } = options;
  const profile = battery_wh === null ? DEFAULT_PROFILE : {
    ...DEFAULT_PROFILE,
    battery: joules(battery_wh * 3_600),
    battery_floor: joules(0.2 * battery_wh * 3_600),
  };
  const run: Run = {
    constellation: FILED,
    profiles: new ShellProfiles(profile),
    rates: DEFAULT_RATES,
    kinds: KINDS,
    placement,
    faults: [],
    from: FROM,
    until: epochMs(FROM + hours * MS_PER_HOUR),
    elevation_mask: ELEVATION_MASK,
  };
  const refused = new Map<string, number>();
  let served = 0;
  const [began, cpu] = [performance.now(), await cpuSeconds(Deno.pid)];
  const engine = new Engine(run, ({ refusal }) => {
    if (refusal === null) served++;
    else refused.set(refusal, (refused.get(refusal) ?? 0) + 1);
  });
  for (const ask of asksOf(options)) engine.ask(ask);
  const end = engine.finish();
  const wall_s = (performance.now() - began) / 1e3;
  return { end, wall_s, cpu_s: await cpuSeconds(Deno.pid) - cpu, served, refused };
}

function optionsOf(args: readonly string[]): Options {
  const options: Options = {
    asks: 10_000_000,
    hours: 24,
    placement: "nearest_available",
    battery_wh: null,
    once: false,
  };
  for (let a = 0; a < args.length; a++) {
    const value = () => args[++a];
    if (args[a] === "--once") options.once = true;
    else if (args[a] === "--asks") options.asks = Number(value());
    else if (args[a] === "--hours") options.hours = Number(value());
    else if (args[a] === "--battery-wh") options.battery_wh = Number(value());
    else if (args[a] === "--placement") options.placement = ruleNamed(value());
    else throw new RangeError(`Unknown option ${args[a]}`);
  }
  return options;
}

function ruleNamed(name: string): PlacementRule {
  const rule = PLACEMENT_RULES.find((one) => one === name);
  if (!rule) throw new RangeError(`--placement must be one of ${PLACEMENT_RULES.join(", ")}`);
  return rule;
}

/** Runs the days that the arguments ask for, and prints each. @returns whether all holds */
export async function main(args: readonly string[]): Promise<boolean> {
  const options = optionsOf(args);
  let holds = true;
  const digests = new Set<string>();
  for (let turn = 0; turn < (options.once ? 1 : 2); turn++) {
    const { end, wall_s, cpu_s, served, refused } = await runDay(options);
    digests.add(end.digest);
    const handovers = end.nodes.reduce((sum, node) => sum + node.handovers, 0);
    console.log([
      `${end.asks.toLocaleString("en")} asks over ${options.hours} h of mesh time,`,
      `${FILED.count.toLocaleString("en")} nodes, ${options.placement}`,
    ].join(" "));
    console.log(
      `  ${wall_s.toFixed(1)} s (${cpu_s.toFixed(1)} s of processors): ` +
        `${Math.round(end.asks / wall_s).toLocaleString("en")} asks/s, ` +
        `${(wall_s / end.asks * 1e6).toFixed(1)} us each`,
    );
    console.log(`  served ${served}; refused ${JSON.stringify(Object.fromEntries(refused))}`);
    console.log(`  ${end.nodes.length} nodes asked, ${handovers} handovers`);
    console.log(
      `  worst energy residue of a node ${end.residue_most.toExponential(2)}, bound 1e-9`,
    );
    console.log(`  digest ${end.digest}`);
    holds &&= end.residue_most <= 1e-9;
  }
  if (digests.size > 1) console.error("The two days differ");
  return holds && digests.size === 1;
}

if (import.meta.main && !await main(Deno.args)) Deno.exit(1);
