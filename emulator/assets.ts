/**
 * The files that a browser loads and the worker does not hold: `dist/assets`, which wrangler.toml deploys as
 * static assets. The console is built here. Of Scalar, which draws /docs, the one file is taken that a page
 * loads: its package would bring 200 MB of others into every clone, so it is none of the project's own.
 *
 * ```sh
 * deno run -A emulator/assets.ts
 * ```
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { provideConsole } from "./console.ts";

/** Where the files are, from the project's folder. */
export const ASSETS = "dist/assets";

const SCALAR = {
  package: "@scalar/api-reference@1.76.0",
  file: "package/dist/browser/standalone.js",
  /** Under ASSETS, as its URL is. */
  to: "docs/scalar.js",
  sha256: "dcb027152bf20bf2f6dcd66e8f9fb073c1a9e274cf0b94b939a7d99ab8947060",
};

/**
 * Makes the folder, and gets what is not in it yet or is of another version. Several may do so at once.
 * @param root the project's folder
 * @throws Error if it cannot be got, with what npm says; the folder is there all the same
 */
export async function provideAssets(root: string): Promise<void> {
  const path = `${root}/${ASSETS}/${SCALAR.to}`;
  Deno.mkdirSync(dirname(path), { recursive: true });
  await provideConsole(root, `${root}/${ASSETS}`);
  const there = await Deno.readFile(path).catch(() => null);
  if (there && sha256(there) === SCALAR.sha256) return;
  const folder = await Deno.makeTempDir({ dir: `${root}/dist`, prefix: "made-" });
  try {
    await run("npm", ["pack", SCALAR.package, "--silent", "--pack-destination", folder], folder);
    const [archive] = [...Deno.readDirSync(folder)];
    await run("tar", ["-xzf", archive.name, SCALAR.file], folder);
    const got = `${folder}/${SCALAR.file}`;
    const found = sha256(await Deno.readFile(got));
    if (found !== SCALAR.sha256) throw new Error(`${SCALAR.package} has another ${SCALAR.file}`);
    await Deno.rename(got, path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function run(command: string, args: string[], cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, cwd, stdin: "null" })
    .output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
}

if (import.meta.main) await provideAssets(fileURLToPath(new URL("..", import.meta.url)));
