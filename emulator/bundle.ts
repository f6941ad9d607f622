/**
 * Bundles the worker exactly as a deployment would, and keeps the bundle until a source changes.
 * @module
 */

const SOURCES = [
  "contract",
  "deno.lock",
  "durable-objects",
  "functions",
  "inference",
  "ledger",
  "mesh",
  "models",
  "wrangler.toml",
];
const MAIN = "worker.js";

export interface BundleModule {
  type: "ESModule" | "CompiledWasm" | "Data" | "Text";
  path: string;
  contents: Uint8Array<ArrayBuffer>;
}

/**
 * Bundles the worker, or reads the bundle of before if no source has changed since.
 * @param root the project's folder
 * @returns the modules, the main one first
 * @throws Error with what wrangler says if the sources do not bundle
 */
export async function bundle(root: string): Promise<BundleModule[]> {
  const folder = `${root}/.perigee/bundle`;
  const stamp = await newest(root);
  const made = await Deno.readTextFile(`${folder}/stamp`).catch(() => "");
  if (made !== stamp) await build(root, folder, stamp);
  const modules: BundleModule[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const type = typeOf(name);
    if (type) {
      modules.push({ type, path: name, contents: await Deno.readFile(`${folder}/${name}`) });
    }
  }
  return modules.sort((a, b) => Number(b.path === MAIN) - Number(a.path === MAIN));
}

/** As the rules of wrangler.toml have it. */
const TYPES: Record<string, BundleModule["type"]> = {
  ".js": "ESModule",
  ".wasm": "CompiledWasm",
  ".onnx": "Data",
  ".json": "Text",
};

function typeOf(name: string): BundleModule["type"] | null {
  return TYPES[name.slice(name.lastIndexOf("."))] ?? null;
}

async function build(root: string, folder: string, stamp: string): Promise<void> {
  const fresh = await Deno.makeTempDir({ prefix: "perigee-bundle-" });
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "npm:wrangler", "deploy", "--dry-run", "--outdir", fresh],
    cwd: root,
    env: { WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
  }).output();
  if (!success) {
    const text = new TextDecoder();
    throw new Error(`The worker did not bundle:\n${text.decode(stdout)}${text.decode(stderr)}`);
  }
  // Made aside: one that failed or was cut off leaves no stamp, and is made again.
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(fresh)) {
    await Deno.copyFile(`${fresh}/${name}`, `${folder}/${name}`);
  }
  await Deno.writeTextFile(`${folder}/stamp`, stamp);
  await Deno.remove(fresh, { recursive: true });
}

/** Path and time of the source changed last, and how many there are: it differs after any change. */
async function newest(root: string): Promise<string> {
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
  for (const source of SOURCES) await visit(`${root}/${source}`);
  return `${files} files, ${latest.path} at ${latest.at}`;
}
