/**
 * A checkout as the checks see it, and how they end.
 * @module
 */
import type { Offence } from "./source-file.ts";

/** Path from the root to text. */
export type Tree = ReadonlyMap<string, string>;

// Generated, and not ours to order.
export const GENERATED = "worker-configuration.d.ts";

/** Every source file that git knows or would take, and the settings that name scripts. */
export async function readTree(root: string): Promise<Tree> {
  const { success, stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  }).output();
  if (!success) throw new Error(`${root} is not a git checkout`);
  const tree = new Map<string, string>();
  for (const path of new TextDecoder().decode(stdout).split("\0")) {
    if (!/\.tsx?$|^wrangler\.toml$|^deno\.json$/.test(path)) continue;
    if (path.split("/").includes("node_modules")) continue;
    const text = await Deno.readTextFile(`${root}/${path}`).catch(() => null);
    // git still lists a file that was deleted and not yet committed.
    if (text !== null) tree.set(path, text);
  }
  return tree;
}

/** Prints each offence and ends the process with 1; says that all holds where there is none. */
export function report(offences: readonly Offence[], holds: string): void {
  for (const { path, line, says } of offences) {
    console.error(line > 0 ? `${path}:${line}: ${says}` : `${path}: ${says}`);
  }
  if (offences.length > 0) Deno.exit(1);
  console.log(holds);
}
