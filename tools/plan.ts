/**
 * `npx deno task plan`: coverage, stretch and throughput of Starlink's first three shells over 100 stations, as
 * a published planning tool defines them, by that tool's rules and as this mesh flies and links the same shells.
 * docs/explanation/planning-row.md says what is and what is not the same.
 *
 *   npx deno task plan
 *   npx deno task plan --stations cities.csv --demand demand.json
 * @module
 */
import { parseArgs } from "node:util";
import { type Demand, demandOf, gravityDemand } from "./plan/demand.ts";
import { meshNet } from "./plan/mesh-net.ts";
import { STARLINK_ROW, type Station } from "./plan/net.ts";
import { publishedNet } from "./plan/published-net.ts";
import { rowOf } from "./plan/row.ts";
import { largestCities, stationsOf } from "./plan/stations.ts";
import { columnOf, PUBLISHED, tableOf } from "./plan/table.ts";

const USAGE = `Usage: npx deno task plan [--stations <file> --demand <file>] [--cities <n>]
                           [--ways <k>] [--elevation <degrees>]

Prints a table of coverage, stretch and throughput: Starlink's first three shells, laser links in a
+Grid, k shortest ways of each pair of stations, and the most that they carry together.

  --stations   CSV with name, latitude_degree and longitude_degree, as LEOCraft has it
  --demand     JSON of Gbit/s by pair of those stations: { "G-0_G-1": 7.3, ... }
  --cities     without files: the most populous cities of GeoNames; default 100
  --ways       of each pair; default 20
  --elevation  from which a station sees a node; default 25
  --help       show this`;

const OPTIONS = {
  stations: { type: "string" },
  demand: { type: "string" },
  cities: { type: "string" },
  ways: { type: "string", default: "20" },
  elevation: { type: "string", default: "25" },
  help: { type: "boolean", default: false },
} as const;

/** What a command asks for. */
export interface Plan {
  stations: Station[];
  demand: Demand;
  k: number;
  elevation_deg: number;
  /** Whether the stations and the demand came from files, such as those of the published row. */
  isFromFiles: boolean;
}

/**
 * Reads a command and its files.
 * @param args as on the command line
 * @throws Error that says which argument is wrong, and how
 */
export async function planOf(args: readonly string[]): Promise<Plan> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const k = numberOf("ways", values.ways, { least: 1, most: 100, isWhole: true });
  const elevation_deg = numberOf("elevation", values.elevation, { least: 1, most: 89 });
  if ((values.stations === undefined) !== (values.demand === undefined)) {
    throw new RangeError("--stations and --demand go together");
  }
  if (values.stations !== undefined && values.cities !== undefined) {
    throw new RangeError("--cities does not go with --stations");
  }
  if (values.stations === undefined) {
    const count = numberOf("cities", values.cities ?? "100", {
      least: 2,
      most: 1_000,
      isWhole: true,
    });
    const cities = await largestCities(count);
    const demand = gravityDemand(cities);
    return { stations: cities, demand, k, elevation_deg, isFromFiles: false };
  }
  const stations = stationsOf(await textOf("stations", values.stations));
  if (stations.length < 2) throw new RangeError("--stations: two at least");
  const demand = demandOf(await textOf("demand", values.demand!), stations.length);
  return { stations, demand, k, elevation_deg, isFromFiles: true };
}

async function textOf(name: string, path: string): Promise<string> {
  return await Deno.readTextFile(path).catch((error) => {
    throw new Error(`--${name}: "${path}" cannot be read: ${(error as Error).message}`);
  });
}

function numberOf(
  name: string,
  text: string,
  { least, most, isWhole = false }: { least: number; most: number; isWhole?: boolean },
): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  throw new RangeError(
    `--${name} must be ${isWhole ? "a whole number" : "a number"}, ${least} to ${most}`,
  );
}

// Who waits longer than this wants to know for what.
const TELL_EVERY_MS = 2_000;

function teller(): (progress: string) => void {
  let last = performance.now();
  return (progress) => {
    const now = performance.now();
    if (now < last + TELL_EVERY_MS) return;
    last = now;
    console.error(progress);
  };
}

if (import.meta.main) {
  if (Deno.args.includes("--help")) {
    console.log(USAGE);
    Deno.exit(0);
  }
  try {
    const { stations, elevation_deg, isFromFiles, ...plan } = await planOf(Deno.args);
    const columns = isFromFiles ? [PUBLISHED] : [];
    const tell = teller();
    for (
      const [title, net] of [["its rules, here", publishedNet], [
        "as this mesh flies",
        meshNet,
      ]] as const
    ) {
      const make = () => net(STARLINK_ROW, stations, elevation_deg);
      columns.push(columnOf(title, await rowOf(make, { ...plan, stations, tell })));
    }
    console.log(tableOf(columns));
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(error instanceof RangeError || error instanceof TypeError ? 2 : 1);
  }
}
