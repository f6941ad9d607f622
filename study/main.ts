/**
 * `npx deno task study FILE`: runs a scenario, and writes its report and figures.
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sha256, toHex } from "../mesh/sha256.ts";
import type { Order, Word } from "./crew.ts";
import { reportPage } from "./report/page.ts";
import type { RunSummary } from "./run-summary.ts";
import { parseScenario, type Scenario } from "./scenario.ts";
import { rowsOf, toCsv, toParquet } from "./tables.ts";

const USAGE = `Usage: npx deno task study <scenario.json> [--out <folder>] [--jobs <n>] [--resume]

Runs a day, or whatever the scenario says, of demand through the mesh's own placement and admission, once for
each of its runs, and writes report.html, study.json, parts.csv and parts.parquet. All figures are modelled.
The same scenario comes to the same figures and digests, whatever --jobs is.

  --out <folder>   where the files go; default: the scenario's name, beside it
  --jobs <n>       runs at once; default: one for each core
  --resume         go on where runs were cut off: each hour of a run is kept in the folder

Scenarios: docs/reference/scenarios.md; ready ones: docs/studies/`;

const SAY_EVERY_MS = 2_000;

interface Job {
  scenario: Scenario;
  text: string;
  /** Of the scenario's file. */
  folder: string;
  out: string;
  jobs: number;
  resume: boolean;
}

/** Runs all on as many workers as there are to be. @returns in the order of the scenario */
async function runAll({ scenario, text, folder, out, jobs, resume }: Job): Promise<RunSummary[]> {
  const of = toHex(sha256(new TextEncoder().encode(text)));
  const summaries: RunSummary[] = [];
  const asks = scenario.runs.map(() => 0);
  let next = 0;
  const began = performance.now();
  const saying = setInterval(() => say(scenario, asks, began), SAY_EVERY_MS);
  const crew = async () => {
    const worker = new Worker(new URL("./crew.ts", import.meta.url), { type: "module" });
    try {
      while (next < scenario.runs.length) {
        const run = next++;
        const order: Order = { text, folder, run, of, resume, checkpoint: checkpointOf(out, run) };
        summaries[run] = await new Promise<RunSummary>((resolve, reject) => {
          worker.onerror = (event) => reject(new Error(event.message));
          worker.onmessage = ({ data }: MessageEvent<Word>) => {
            if ("asks" in data) asks[run] = data.asks;
            else if ("summary" in data) resolve(data.summary);
            else reject(new Error(data.failure));
          };
          worker.postMessage(order);
        });
      }
    } finally {
      worker.terminate();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, scenario.runs.length) }, crew));
  } finally {
    clearInterval(saying);
  }
  return summaries;
}

const checkpointOf = (out: string, run: number): string => `${out}/.run-${run}.json`;

function say({ file, runs }: Scenario, asks: readonly number[], began: number): void {
  const done = asks.reduce((a, b) => a + b, 0);
  const all = file.asks * runs.length;
  const seconds = (performance.now() - began) / 1e3;
  const left = done > 0 ? Math.round((all - done) / (done / seconds)) : null;
  console.error(
    `${done.toLocaleString("en")} of ${all.toLocaleString("en")} asks, ` +
      `${Math.round(done / seconds).toLocaleString("en")} a second` +
      (left === null ? "" : `, ${left} s left`),
  );
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      out: { type: "string" },
      jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
      resume: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || positionals.length !== 1) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 256) {
    throw new RangeError("--jobs must be 1 to 256");
  }
  const [path] = positionals;
  const folder = dirname(resolve(path));
  const text = await Deno.readTextFile(path);
  const scenario = parseScenario(text, (path) => Deno.readTextFileSync(`${folder}/${path}`));
  const out = values.out ?? `${folder}/${basename(path).replace(/\.json$/, "")}`;
  await Deno.mkdir(out, { recursive: true });
  const runs = await runAll({ scenario, text, folder, out, jobs, resume: values.resume });
  const rows = rowsOf(runs);
  await Deno.writeTextFile(`${out}/report.html`, reportPage(scenario.file, runs));
  await Deno.writeTextFile(`${out}/study.json`, JSON.stringify({ scenario: scenario.file, runs }));
  await Deno.writeTextFile(`${out}/parts.csv`, toCsv(rows));
  await Deno.writeFile(`${out}/parts.parquet`, new Uint8Array(toParquet(rows)));
  for (const run of runs.keys()) await Deno.remove(checkpointOf(out, run)).catch(() => {});
  for (const { name, served, asks, digest } of runs) {
    console.log(`${name}: ${served} of ${asks} served, ${digest}`);
  }
  console.log(`${out}/report.html`);
  return 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    const isTold = error instanceof RangeError || error instanceof TypeError ||
      error instanceof Deno.errors.NotFound;
    console.error(isTold ? error.message : error);
    Deno.exit(isTold ? 2 : 1);
  }
}
