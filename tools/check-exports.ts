/**
 * Holds the contracts between rooms: what a file of another room takes has a docstring, with all that
 * the types do not say (tools/exports/rules.ts). Prints one line per lack and exits with 1 if there
 * is any.
 *
 * ```sh
 * deno run -A tools/check-exports.ts [folder]
 * ```
 * Takings by tests/, tools/ and benches/ do not count.
 * @module
 */
import { fileURLToPath } from "node:url";
import { crossings } from "./exports/crossing.ts";
import { readModule } from "./exports/module.ts";
import { lacksOf } from "./exports/rules.ts";
import type { Offence } from "./layers/source-file.ts";
import { GENERATED, readTree, report, type Tree } from "./layers/tree.ts";

export function lacksIn(tree: Tree): Offence[] {
  const modules = [...tree]
    .filter(([path]) => /\.tsx?$/.test(path) && path !== GENERATED)
    .map(([path, text]) => readModule(path, text));
  return crossings(modules).flatMap(({ module: { path, source }, name, declarations }) =>
    lacksOf(name, declarations).map(({ at, says }) => ({
      path,
      line: source.getLineAndCharacterOfPosition(at.getStart(source)).line + 1,
      says,
    }))
  );
}

if (import.meta.main) {
  const root = Deno.args[0] ?? fileURLToPath(new URL("..", import.meta.url));
  const tree = await readTree(root);
  report(lacksIn(tree), "Every export that crosses rooms says what its types do not");
}
