/**
 * `npx deno task export`: writes ephemerides of nodes over a span, or placements as arcs, for other tools.
 *
 *   npx deno task export --format czml --nodes 'G1A-000-*' --out plane.czml
 *   npx deno task export --placements placements.json --out arcs.czml
 *
 * What it writes goes to stdout or to --out, what it says to stderr. docs/how-to/exports.md tells more.
 * @module
 */
import { parseArgs } from "node:util";
import { EPHEMERIS_FORMATS, EPHEMERIS_SPAN_MS, EPHEMERIS_STEP_S } from "../contract/ephemeris.ts";
import { ephemerisCsv } from "../mesh/export/ephemeris-csv.ts";
import { ephemerisCzml } from "../mesh/export/ephemeris-czml.ts";
import { type Flight, type Frame, FRAMES, grounded } from "../mesh/export/flown.ts";
import { oemText } from "../mesh/export/oem.ts";
import { placementArcs } from "../mesh/export/placement-arcs.ts";
import { instantCount, type Span } from "../mesh/export/span.ts";
import { type EpochMs, epochMs, seconds } from "../mesh/units.ts";
import { chosenNodes } from "./export/chosen-nodes.ts";
import { writeFiles } from "./export/file-writer.ts";
import { namedConstellation } from "./export/flown-constellation.ts";
import { recordedPlacements } from "./export/recorded-placements.ts";

const USAGE = `Usage: npx deno task export --format czml|oem|csv --nodes <ids> [--from <instant>]
                             [--until <instant>] [--step <seconds>] [--frame eme2000|teme|tdr]
                             [--constellation <name or file>] [--out <file>]
       npx deno task export --placements <file> [--shown <seconds>]
                             [--constellation <name or file>] [--out <file>]

Writes where nodes are over a span, or placements as arcs, as files that other tools read.

  --format         czml opens in Cesium; oem is CCSDS 502.0-B, KVN; csv is RFC 4180
  --nodes          ids with commas between them; * stands for any letters: 'G1A-000-*', '*'
  --from, --until  ISO 8601, with a zone; default: now, and two hours after --from
  --step           seconds from one state to the next; default 60
  --frame          of oem and csv; eme2000 (default), teme as SGP4 gives it, or tdr, which turns with
                   the Earth; czml is Earth-fixed
  --placements     what GET /v1/placements answered: a page, an array of rows, or a row a line
  --shown          for how many seconds from its own instant each arc shows; default 60
  --constellation  starlink-filed (default), orbital-data-centre-filed, or a file: shells, OMM, TLE
  --out            the file to write; default: stdout. A message is of one object: oem of several
                   nodes goes to a folder, which is made, as <id>.oem
  --help           show this`;

const OPTIONS = {
  format: { type: "string" },
  nodes: { type: "string" },
  from: { type: "string" },
  until: { type: "string" },
  step: { type: "string" },
  frame: { type: "string" },
  placements: { type: "string" },
  shown: { type: "string" },
  constellation: { type: "string", default: "starlink-filed" },
  out: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** One file that a command writes. */
export interface ExportedFile {
  /** Where to; undefined: stdout. */
  path: string | undefined;
  pieces: Generator<string, void>;
}

/** What a command writes. */
export interface Export {
  /** To be written in turn: nothing of one is made before it is. */
  files: ExportedFile[];
  /** How far it is, in words. */
  progress: () => string;
  /** Said once all is written. */
  done: string;
}

type Values = ReturnType<typeof valuesOf>;
const valuesOf = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: OPTIONS }).values;

/**
 * Reads a command and what it names; nothing is written yet.
 * @param args as on the command line
 * @param now real clock
 * @throws Error that says which argument is wrong, and how
 */
export async function exportOf(args: readonly string[], now: EpochMs): Promise<Export> {
  const values = valuesOf(args);
  if (values.placements !== undefined) return await exportOfPlacements(values, now);
  if (values.shown !== undefined) throw new RangeError("--shown goes with --placements");
  const format = oneOf("format", values.format, EPHEMERIS_FORMATS);
  if (values.frame !== undefined && format === "czml") {
    throw new RangeError("--frame is of oem and csv: CZML is Earth-fixed");
  }
  const frame = values.frame === undefined ? "eme2000" : oneOf("frame", values.frame, FRAMES);
  if (values.nodes === undefined) throw new RangeError("--nodes is missing: ids, or '*' for all");
  const span = spanOf(values, now);
  const constellation = await namedConstellation(values.constellation, span.from);
  const nodes = chosenNodes(values.nodes, constellation);
  const unflown = new Set(grounded({ constellation, nodes, span }));
  if (unflown.size === nodes.length) {
    throw new RangeError(`--nodes: none of ${nodes.length} has an orbit in the span`);
  }
  let begun = 0;
  const flight = {
    constellation,
    nodes: nodes.filter((node) => !unflown.has(node)),
    span,
    taken: () => void begun++,
  };
  const left = unflown.size > 0 ? `; ${unflown.size} have no orbit in the span` : "";
  const what = `${flight.nodes.length} nodes at ${instantCount(span)} instants`;
  return {
    files: filesOf(format, flight, { frame, out: values.out }),
    progress: () => `${begun} of ${flight.nodes.length} nodes`,
    done: `${what}${left}`,
  };
}

function filesOf(
  format: (typeof EPHEMERIS_FORMATS)[number],
  flight: Flight,
  { frame, out }: { frame: Frame; out: string | undefined },
): ExportedFile[] {
  if (format === "czml") return [{ path: out, pieces: ephemerisCzml(flight) }];
  if (format === "csv") return [{ path: out, pieces: ephemerisCsv({ ...flight, frame }) }];
  const { constellation, nodes } = flight;
  const one = nodes.length === 1;
  if (!one && out === undefined) {
    throw new RangeError("--out is missing: the folder for a message of each node");
  }
  return nodes.map((node) => ({
    path: one ? out : `${out}/${constellation.id(node)}.oem`,
    pieces: oemText({ ...flight, node, frame, created: epochMs(Date.now()) }),
  }));
}

const OF_EPHEMERIDES = ["nodes", "from", "until", "step", "frame"] as const;

async function exportOfPlacements(values: Values, now: EpochMs): Promise<Export> {
  const wrong = OF_EPHEMERIDES.find((name) => values[name] !== undefined);
  if (wrong) throw new RangeError(`--${wrong} does not go with --placements`);
  if (values.format !== undefined && values.format !== "czml") {
    throw new RangeError("--format: placements are written as czml alone");
  }
  const shown = seconds(positive("shown", values.shown ?? "60"));
  const path = values.placements!;
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new Error(`--placements: "${path}" cannot be read: ${(error as Error).message}`);
  });
  const placements = recordedPlacements(text);
  const constellation = await namedConstellation(values.constellation, now);
  const unknown =
    placements.filter(({ path, origin }) =>
      [...path, ...(origin && "node" in origin ? [origin.node] : [])]
        .some((id) => constellation.indexOf(id) < 0)
    ).length;
  const left = unknown > 0 ? `; ${unknown} are on nodes that ${constellation.name} has not` : "";
  return {
    files: [{ path: values.out, pieces: placementArcs({ constellation, placements, shown }) }],
    progress: () => `${placements.length} placements`,
    done: `${placements.length - unknown} placements${left}`,
  };
}

function spanOf({ from, until, step }: Values, now: EpochMs): Span {
  const start = from === undefined ? now : instant("from", from);
  const end = until === undefined ? epochMs(start + EPHEMERIS_SPAN_MS) : instant("until", until);
  if (end < start) throw new RangeError("--until must not be earlier than --from");
  return {
    from: start,
    until: end,
    step: seconds(positive("step", step ?? String(EPHEMERIS_STEP_S))),
  };
}

/** Without a zone it would be this machine's own time. */
function instant(name: string, text: string): EpochMs {
  const at = /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(at)) return epochMs(at);
  throw new RangeError(`--${name} must be ISO 8601 with a zone, as 2026-03-20T12:00:00Z is`);
}

// Instants are written to the millisecond.
const LEAST_S = 1e-3;

function positive(name: string, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(value) && value >= LEAST_S) return value;
  throw new RangeError(`--${name} must be a number of seconds, ${LEAST_S} or more`);
}

function oneOf<T extends string>(name: string, value: string | undefined, all: readonly T[]): T {
  const found = all.find((one) => one === value);
  if (found !== undefined) return found;
  throw new RangeError(`--${name} must be ${all.join(", ").replace(/, (\w+)$/, " or $1")}`);
}

if (import.meta.main) {
  if (Deno.args.includes("--help") || Deno.args.length === 0) {
    console.log(USAGE);
    Deno.exit(Deno.args.length === 0 ? 2 : 0);
  }
  try {
    const { files, progress, done } = await exportOf(Deno.args, epochMs(Date.now()));
    const bytes = await writeFiles(files, { progress, say: console.error });
    // Null: who reads stdout has left.
    if (bytes !== null) console.error(`${done}: ${bytes} bytes`);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(error instanceof RangeError || error instanceof TypeError ? 2 : 1);
  }
}
