/**
 * `npx deno task walker`: makes a shell file of one Walker shell from a few numbers, and draws how many
 * of its nodes a place sees, by latitude.
 *
 *   npx deno task walker --planes 24 --per-plane 22 --altitude 550 --inclination 53 > mine.json
 *
 * The file goes to stdout, the drawing to stderr.
 * @module
 */
import { parseArgs } from "node:util";
import { parseShellFile } from "../contract/shell-file.ts";
import { siteOf } from "../mesh/geo/site.ts";
import { GENERATED_EPOCH } from "../mesh/orbit/constellation.ts";
import { ShellAlmanac } from "../mesh/orbit/shell-almanac.ts";
import { ShellFinder } from "../mesh/placement/shells/shell-finder.ts";
import { degrees, epochMs, km, MS_PER_MINUTE } from "../mesh/units.ts";
import { bestPhasing } from "./phasing.ts";

const USAGE = `Usage: npx deno task walker --planes <n> --per-plane <n> --altitude <km>
                             --inclination <degrees> [--star] [--phasing <n>]
                             [--span <degrees>] [--mask <degrees>] [--name <name>] [--code <code>]

Prints a shell file (docs/constellations.md) and draws its coverage by latitude.

  --star       planes over 180 degrees (or --span), rather than all the way round
  --phasing    Walker's F; default: the one that keeps nodes farthest apart, 0 for a star
  --mask       elevation from which a node counts in the drawing; default 25
  --name       of the constellation; default walker-<nodes>-<planes>-<phasing>
  --code       of the shell; default W`;

const OPTIONS = {
  planes: { type: "string" },
  "per-plane": { type: "string" },
  altitude: { type: "string" },
  inclination: { type: "string" },
  star: { type: "boolean", default: false },
  phasing: { type: "string" },
  span: { type: "string" },
  mask: { type: "string", default: "25" },
  name: { type: "string" },
  code: { type: "string", default: "W" },
  help: { type: "boolean", default: false },
} as const;

/** What a shell file and its drawing are made of. */
export interface WalkerFile {
  text: string;
  drawing: string;
}

/**
 * Makes the file and the drawing that arguments ask for.
 * @param args as on the command line
 * @throws RangeError or TypeError that says which argument is wrong
 */
export function walkerFile(args: readonly string[]): WalkerFile {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const number = (name: "planes" | "per-plane" | "altitude" | "inclination" | "mask"): number => {
    const value = Number(values[name] ?? NaN);
    if (!Number.isFinite(value)) throw new RangeError(`--${name} must be a number`);
    return value;
  };
  const [planes, per_plane] = [number("planes"), number("per-plane")];
  const isStar = values.star || values.span !== undefined;
  const raan_span_deg = isStar ? Number(values.span ?? 180) : 360;
  const shell = {
    code: values.code,
    altitude_km: number("altitude"),
    inclination_deg: number("inclination"),
    planes,
    per_plane,
  };
  const phasing = values.phasing !== undefined
    ? Number(values.phasing)
    : isStar
    ? 0
    : bestPhasing({ ...shell, phasing: 0 }).phasing;
  const name = values.name ?? `walker-${planes * per_plane}-${planes}-${phasing}`;
  const file = { name, shells: [{ ...shell, phasing, raan_span_deg }] };
  const text = JSON.stringify(file, null, 2) + "\n";
  return { text, drawing: drawCoverage(text, number("mask")) };
}

// A day of a shell, looked at now and then: planes come round, and the Earth turns below them.
const LOOKS = 96;
const MINUTES_PER_LOOK = 15.3;
const LATITUDE_STEP = 5;
const WIDTH = 60;

/** Nodes above the mask, by latitude: the least and the mean of a day. North and south are alike. */
function drawCoverage(text: string, mask_deg: number): string {
  const almanac = new ShellAlmanac(parseShellFile(text).constellation);
  const finder = new ShellFinder(almanac);
  const sin_mask = Math.sin(mask_deg * Math.PI / 180);
  const rows: { lat: number; least: number; mean: number }[] = [];
  for (let lat = 90; lat >= 0; lat -= LATITUDE_STEP) {
    const counts = Array.from({ length: LOOKS }, (_, k) => {
      const at = epochMs(GENERATED_EPOCH + k * MINUTES_PER_LOOK * MS_PER_MINUTE);
      const site = siteOf({ lat: degrees(lat), lon: degrees(137.5 * k % 360 - 180), alt: km(0) });
      let count = 0;
      finder.each({ at, site, sin_mask }, () => count++);
      return count;
    });
    const mean = counts.reduce((sum, n) => sum + n, 0) / LOOKS;
    rows.push({ lat, least: Math.min(...counts), mean });
  }
  const most = Math.max(1, ...rows.map(({ mean }) => mean));
  const lines = rows.map(({ lat, least, mean }) => {
    const [sure, usual] = [least, mean].map((n) => Math.round(n / most * WIDTH));
    const bar = "#".repeat(sure) + "-".repeat(Math.max(0, usual - sure));
    return `${String(lat).padStart(3)}  ${bar.padEnd(WIDTH)} ${mean.toFixed(1)} (${least})`;
  });
  return [
    `Nodes above ${mask_deg} degrees, by latitude north or south: the mean of a day, and (the least)`,
    ...lines,
    "",
  ].join("\n");
}

if (import.meta.main) {
  if (Deno.args.includes("--help") || Deno.args.length === 0) {
    console.log(USAGE);
    Deno.exit(Deno.args.length === 0 ? 2 : 0);
  }
  try {
    const { text, drawing } = walkerFile(Deno.args);
    await Deno.stderr.write(new TextEncoder().encode(drawing));
    await Deno.stdout.write(new TextEncoder().encode(text));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}
