/**
 * Bundles the worker exactly as a deployment would, and keeps the bundle until a source changes, with what
 * wrangler.toml tells Miniflare: wrangler takes half a second to load, and is needed for nothing else.
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";

const SOURCES = [
  "contract",
  "deno.lock",
  "durable-objects",
  "emulator/bundle.ts",
  "functions",
  "inference",
  "ledger",
  "mesh",
  "models",
  "wrangler.toml",
];
const MAIN = "worker.js";
const OPTIONS = "worker-options";
// Bundles of before, 20 MB each, must not fill the disk; nobody reads one for an hour, or makes one.
const OLD_MS = 3_600_000;

export interface BundleModule {
  type: "ESModule" | "CompiledWasm" | "Data" | "Text";
  path: string;
  contents: Uint8Array<ArrayBuffer>;
}

export interface Bundle {
  /** The main one first. */
  modules: BundleModule[];
  /** What wrangler.toml says, as Miniflare takes it. */
  options: Record<string, unknown>;
}

/**
 * Bundles the worker, or reads the bundle of before if no source has changed since.
 * @param root the project's folder
 * @throws Error with what wrangler says if the sources do not bundle
 */
export async function bundle(root: string): Promise<Bundle> {
  const stamp = createHash("sha256").update(await newestOf(root, SOURCES)).digest("hex").slice(
    0,
    16,
  );
  const folder = `${root}/.perigee/bundles/${stamp}`;
  if (!await isThere(folder)) await build(root, folder);
  const modules: BundleModule[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const type = typeOf(name);
    if (type) {
      modules.push({ type, path: name, contents: await Deno.readFile(`${folder}/${name}`) });
    }
  }
  modules.sort((a, b) => Number(b.path === MAIN) - Number(a.path === MAIN));
  return { modules, options: JSON.parse(await Deno.readTextFile(`${folder}/${OPTIONS}`)) };
}

/** As the rules of wrangler.toml have it. */
const TYPES: Record<string, BundleModule["type"]> = {
  ".js": "ESModule",
  ".wasm": "CompiledWasm",
  ".onnx": "Data",
  ".json": "Text",
  ".mjs": "Text",
};

function typeOf(name: string): BundleModule["type"] | null {
  return TYPES[name.slice(name.lastIndexOf("."))] ?? null;
}

const isThere = (folder: string) => Deno.stat(folder).then(() => true, () => false);

/**
 * Made aside and put there in one stroke: several meshes that start at once may all bundle, and each
 * finds a whole one or none. One that failed or was cut off is made again.
 */
async function build(root: string, folder: string): Promise<void> {
  const bundles = dirname(folder);
  await Deno.mkdir(bundles, { recursive: true });
  const fresh = await Deno.makeTempDir({ dir: bundles, prefix: "made-" });
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "npm:wrangler", "deploy", "--dry-run", "--outdir", fresh],
    cwd: root,
    env: { WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
  }).output();
  if (!success) {
    const text = new TextDecoder();
    throw new Error(`The worker did not bundle:\n${text.decode(stdout)}${text.decode(stderr)}`);
  }
  await Deno.writeTextFile(`${fresh}/${OPTIONS}`, JSON.stringify(await readOptions(root)));
  await Deno.rename(fresh, folder).catch(async (error) => {
    await Deno.remove(fresh, { recursive: true });
    // Somebody else was first.
    if (!await isThere(folder)) throw error;
  });
  await removeOld(bundles, folder);
}

async function readOptions(root: string): Promise<unknown> {
  // It would warn that the deployment's secrets are not set: the emulator makes its own.
  Deno.env.set("WRANGLER_LOG", "error");
  const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
  // Rules are for who finds the modules; here they are found.
  const { modulesRules: _, ...options } =
    unstable_getMiniflareWorkerOptions(`${root}/wrangler.toml`).workerOptions;
  return options;
}

/** Of sources that have changed since: who still bundles is let be, for as long as that may take. */
async function removeOld(bundles: string, folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(bundles)) {
    const path = `${bundles}/${name}`;
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (path === folder || !mtime || Date.now() - mtime.getTime() < OLD_MS) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

/**
 * Path and time of the source changed last, and how many there are: it differs after any change.
 * @param root the project's folder
 * @param sources files and folders in it
 */
export async function newestOf(root: string, sources: readonly string[]): Promise<string> {
  let latest = { path: "", at: 0 };
  let files = 0;
  const visit = async (path: string): Promise<void> => {
    const info = await Deno.stat(path);
    if (info.isDirectory) {
      for await (const { name } of Deno.readDir(path)) await visit(`${path}/${name}`);
      return;
    }
    files++;
    const at = info.mtime?.getTime() ?? 0;
    if (at > latest.at) latest = { path, at };
  };
  for (const source of sources) await visit(`${root}/${source}`);
  return `${files} files, ${latest.path} at ${latest.at}`;
}
