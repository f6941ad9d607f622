/**
 * What `deno task node` can be told, checked before anything is installed or connected.
 * @module
 */
import { BOARD_KEY_PREFIX, isKey } from "../contract/api-key.ts";
import { readMeshUrl } from "../contract/mesh-url.ts";

/** What a board is started with. */
export interface BoardSettings {
  /** The mesh, without a path. */
  mesh: string;
  node: string;
  key: string;
  /** Folder of models and of ONNX Runtime. */
  cache: string;
  /** What the board draws while it runs a model; null: not told. */
  declared_w: number | null;
}

export const HELP = `Attach this machine to a node of a Perigee mesh, and run models on it.

Usage: npx deno task node --mesh <url> --node <id> [options]

  --mesh <url>       where the mesh is: https://, or http:// on this machine
  --node <id>        the node, such as G2A-017-042
  --key-file <path>  a file that holds the board's key; else PERIGEE_BOARD_KEY does
  --watts <number>   what the board draws while it runs a model, where nothing measures it
  --cache <folder>   models and ONNX Runtime (default: ~/.cache/perigee)

An admin makes the key: POST /v1/nodes/<id>/boards. See docs/how-to/attach-a-board.md.
Ctrl-C ends it.`;

const OPTIONS = ["mesh", "node", "key-file", "watts", "cache"] as const;
type Option = typeof OPTIONS[number];

/**
 * Reads the arguments.
 * @param env reads a variable of the environment
 * @param readFile reads a text file
 * @throws RangeError that says what is wrong, without the key
 */
export function readBoardSettings(
  args: readonly string[],
  env: (name: string) => string | undefined,
  readFile: (path: string) => string,
): BoardSettings {
  const given = readOptions(args);
  const node = given.get("node") ?? "";
  if (!/^[\x21-\x7e]{1,64}$/.test(node)) throw new RangeError("--node must name a node");
  return {
    mesh: readMeshUrl("--mesh", given.get("mesh") ?? ""),
    node,
    key: keyOf(given.get("key-file"), env, readFile),
    cache: given.get("cache") ?? readCacheFolder(env),
    declared_w: wattsOf(given.get("watts")),
  };
}

/**
 * Where models and ONNX Runtime are kept unless told otherwise.
 * @param env reads a variable of the environment
 * @returns a folder, as the XDG base directories have it
 */
export const readCacheFolder = (env: (name: string) => string | undefined): string =>
  `${env("XDG_CACHE_HOME") || `${env("HOME") ?? "."}/.cache`}/perigee`;

function readOptions(args: readonly string[]): Map<Option, string> {
  const given = new Map<Option, string>();
  for (let i = 0; i < args.length; i++) {
    const [, name, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(args[i]) ?? [];
    const option = OPTIONS.find((known) => known === name);
    if (!option) throw new RangeError(`Unknown argument ${args[i]}`);
    const text = value ?? args[++i];
    if (text === undefined) throw new RangeError(`--${option} needs a value`);
    given.set(option, text);
  }
  return given;
}

function keyOf(
  file: string | undefined,
  env: (name: string) => string | undefined,
  readFile: (path: string) => string,
): string {
  const key = (file === undefined ? env("PERIGEE_BOARD_KEY") : textOf(file, readFile))?.trim();
  if (!key) throw new RangeError("Give the board's key: --key-file, or PERIGEE_BOARD_KEY");
  if (!key.startsWith(BOARD_KEY_PREFIX) || !isKey(key)) {
    throw new RangeError(
      `The board's key is mistyped, or none: it begins with ${BOARD_KEY_PREFIX}`,
    );
  }
  return key;
}

function textOf(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new RangeError(`--key-file cannot be read: ${(error as Error).message}`);
  }
}

function wattsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const watts = Number(text.trim() || NaN);
  if (!(watts >= 0 && watts <= 10_000)) {
    throw new RangeError("--watts must be a number from 0 to 10000");
  }
  return watts;
}
