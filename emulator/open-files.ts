/**
 * How many nodes the files that a process may open are enough for. Deno has raised that number to what the
 * system allows, and workerd inherits it.
 * @module
 */

// Of an object of workerd's: its database and two files beside it, until ten seconds after its last request.
const FILES_EACH = 3;
const FILES_OF_OTHERS = 250;
// More than are at work at once while a laptop is asked from everywhere.
const NODES_MIN = 1_000;

/** @returns what to tell whoever starts a mesh where files are too few for many nodes; null elsewhere */
export async function openFilesWarning(): Promise<string | null> {
  // No limit of this kind there, and no sh.
  if (Deno.build.os === "windows") return null;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", "ulimit -n"] }).output();
  // "unlimited" is no number, and less than nothing.
  const files = parseInt(new TextDecoder().decode(stdout));
  const nodes = Math.floor((files - FILES_OF_OTHERS) / FILES_EACH);
  if (!(nodes < NODES_MIN)) return null;
  return `Only ${files} files may be open here (ulimit -n): where more than some ${
    Math.max(0, nodes)
  } nodes are asked within ten seconds, the others are refused as gone`;
}
