/**
 * `npx deno task prove`: reckons exported executions anew, from files alone.
 * @module
 */
import { parseArgs } from "node:util";
import { type Exported, nothingExported, readExported } from "./exported-rows.ts";
import { proveExport } from "./prove-export.ts";
import { faultText, totalText } from "./report.ts";

const USAGE = `Usage: npx deno task prove <file or folder>... [--each] [--faults <n>]

Reckons every execution anew, from exported files alone: where its node was, how the ground saw it, how
long light and bytes took, what the run took of time and energy, and what it cost. It asks no mesh, no
network and no clock. npx deno task receipts --out <folder> fetches the files.

  <file>        receipts, placements, prices, sky, hardware, models, elements: told by their content, as
                answers, pages, arrays, or a row a line; of a folder all its .json and .jsonl
  --each        also say of each execution what was proved of it
  --faults <n>  how many faults to show; default 20
  --help        show this

Exit code: 0 if all hold; 1 if any does not; 2 if files are missing or are none of these.
docs/how-to/prove.md tells more.`;

const OPTIONS = {
  each: { type: "boolean", default: false },
  faults: { type: "string", default: "20" },
  help: { type: "boolean", default: false },
} as const;

/**
 * Does what the arguments say.
 * @param print writes a line
 * @returns the exit code
 */
export async function prove(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
    });
    const shown = Number(values.faults);
    if (!Number.isInteger(shown) || shown < 1) throw new RangeError("--faults must be 1 or more");
    if (values.help) {
      print(USAGE);
      return 0;
    }
    if (positionals.length === 0) throw new RangeError("Name the files: --help tells which");
    const exported = await readAll(positionals);
    const result = proveExport(exported, (id, verdicts, holds) => {
      if (!values.each) return;
      const of = (is: string) => [...verdicts.values()].filter((one) => one === is).length;
      const named = [...verdicts].filter(([, is]) => is === "bounded" || is === "open")
        .map(([path, is]) => `${path.replaceAll("/", ".")} ${is}`);
      print(
        `${id} ${holds ? "holds" : "DOES NOT HOLD"}: ${of("exact")} to the bit, ` +
          `${of("near")} rounded; ${named.join(", ")}`,
      );
    });
    for (const faults of result.faults.slice(0, shown)) print(`${faultText(faults)}\n`);
    if (result.faults.length > shown) print(`... and ${result.faults.length - shown} more\n`);
    print(totalText(result));
    return result.faults.length === 0 && result.executions > 0 ? 0 : 1;
  } catch (error) {
    const told = error instanceof RangeError ||
      (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
    if (!told) throw error;
    print((error as Error).message);
    return 2;
  }
}

async function readAll(paths: readonly string[]): Promise<Exported> {
  const exported = nothingExported();
  for (const path of paths) {
    for (const file of await filesOf(path)) {
      readExported(exported, file, await Deno.readTextFile(file));
    }
  }
  if (exported.receipts.length === 0) throw new RangeError("The files have no receipts");
  return exported;
}

/** What the fetching task keeps there for itself. */
const NOT_ROWS = "export.json";

async function filesOf(path: string): Promise<string[]> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    throw new RangeError(`${path}: ${(error as Error).message}`);
  }
  if (!info.isDirectory) return [path];
  const files: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    if (/\.jsonl?$/.test(name) && name !== NOT_ROWS) files.push(`${path}/${name}`);
  }
  return files.sort();
}

if (import.meta.main) Deno.exit(await prove(Deno.args, console.log));
