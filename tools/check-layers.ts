/**
 * Holds the order of the house: who imports whom, no cycles, no dead files, a pure mesh/, lines that
 * fit, no secrets in wrangler.toml. Prints one line per offence and exits with 1 if there is any.
 *
 * ```sh
 * deno run -A tools/check-layers.ts [folder]
 * ```
 * Looks at every .ts and .tsx file that git knows or would take.
 * @module
 */
import { fileURLToPath } from "node:url";
import { contextOffences } from "./layers/context.ts";
import { cycleOffences, deadOffences } from "./layers/graph.ts";
import { layerOffences, looseOffences } from "./layers/rooms.ts";
import { type Offence, readSource } from "./layers/source-file.ts";
import { GENERATED, readTree, report, type Tree } from "./layers/tree.ts";
import {
  endingOffences,
  lengthOffences,
  purityOffences,
  secretOffences,
} from "./layers/one-file.ts";

export function offencesOf(tree: Tree): Offence[] {
  const files = [...tree]
    .filter(([path]) => /\.tsx?$/.test(path) && path !== GENERATED)
    .map(([path, text]) => readSource(path, text));
  const wrangler = tree.get("wrangler.toml") ?? "";
  const scripts = scriptsOf({ deno: tree.get("deno.json") ?? "{}", wrangler });
  return [
    ...files.flatMap(layerOffences),
    ...looseOffences(files),
    ...contextOffences(files),
    ...cycleOffences(files),
    ...deadOffences(files, scripts),
    ...files.flatMap(purityOffences),
    ...files.flatMap(endingOffences),
    ...files.flatMap(lengthOffences),
    ...secretOffences("wrangler.toml", wrangler),
  ];
}

/** Every script that a task of deno.json or wrangler's `main` starts. */
function scriptsOf({ deno, wrangler }: { deno: string; wrangler: string }): string[] {
  const { tasks = {} }: { tasks?: Record<string, string | { command?: string }> } = JSON.parse(
    deno,
  );
  const commands = Object.values(tasks).map((task) =>
    typeof task === "string" ? task : task.command ?? ""
  );
  const main = /^main\s*=\s*["']([^"']+)/m.exec(wrangler)?.[1] ?? "";
  return [...commands.flatMap((command) => command.match(/[\w./-]+\.tsx?\b/g) ?? []), main]
    .map((path) => path.replace(/^\.\//, ""));
}

if (import.meta.main) {
  const root = Deno.args[0] ?? fileURLToPath(new URL("..", import.meta.url));
  const tree = await readTree(root);
  report(offencesOf(tree), `Layers hold: ${tree.size} files, no cycle, nothing dead`);
}
