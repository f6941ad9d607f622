/**
 * Builds the console into the folder of static assets: one script, one style, the page and the outlines of
 * land. What is there is kept until a source changes.
 * @module
 */
import { build, stop } from "esbuild";
import { createHash } from "node:crypto";
import { headersFile } from "../functions/docs/console-headers.ts";
import { newestOf } from "./bundle.ts";
import { leftOut } from "./console-left-out.ts";
import { landFile } from "./land.ts";

const SOURCES = [
  "console",
  "contract",
  "deno.lock",
  "docs/examples",
  "emulator/console.ts",
  "emulator/console-left-out.ts",
  "emulator/land.ts",
  "functions/docs/console-headers.ts",
  "mesh",
];

/** What a browser loads, by the path from the folder of assets. */
export type ConsoleFiles = Record<string, Uint8Array>;

/**
 * Builds all files.
 * @param root the project's folder
 * @throws Error with what esbuild says if the sources do not bundle
 */
export async function buildConsole(root: string): Promise<ConsoleFiles> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { main: `${root}/console/main.tsx`, style: `${root}/console/style.css` },
    outdir: `${root}/dist`,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
    plugins: leftOut(root),
    // Of satellite.js, what only other ways of propagating load.
    external: ["#wasm-single-thread", "#wasm-multi-thread"],
  });
  // Else its process outlives what asked for it.
  await stop();
  const made = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))!.contents;
  return {
    "index.html": await Deno.readFile(`${root}/console/index.html`),
    "_headers": new TextEncoder().encode(headersFile()),
    "console/icon.svg": await Deno.readFile(`${root}/console/icon.svg`),
    "console/examples.json": await examplesFile(root),
    "console/land.bin": landFile(),
    "console/places.json": await Deno.readFile(`${root}/console/places.json`),
    "console/main.css": made("/style.css"),
    "console/main.js": made("/main.js"),
  };
}

/** The requests of docs/examples by their model, for who tries one. */
async function examplesFile(root: string): Promise<Uint8Array> {
  const folder = `${root}/docs/examples`;
  const examples: Record<string, unknown> = {};
  for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const model = /^([\w-]+)\.json$/.exec(name)?.[1];
    if (model) examples[model] = JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
  }
  return new TextEncoder().encode(JSON.stringify(examples));
}

/**
 * Makes the files in the folder of assets, unless they are of these very sources. Several may do so at once.
 * @param root the project's folder
 * @param assets the folder
 */
export async function provideConsole(root: string, assets: string): Promise<void> {
  const stamp = createHash("sha256").update(await newestOf(root, SOURCES)).digest("hex");
  // Beside the folder, whose every file is served.
  const stamped = `${assets}-console-stamp`;
  if (await Deno.readTextFile(stamped).catch(() => "") === stamp) return;
  for (const [path, contents] of Object.entries(await buildConsole(root))) {
    const to = `${assets}/${path}`;
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    const fresh = await Deno.makeTempFile({ dir: `${root}/dist`, prefix: "made-" });
    await Deno.writeFile(fresh, contents);
    await Deno.chmod(fresh, 0o644);
    await Deno.rename(fresh, to);
  }
  await Deno.writeTextFile(stamped, stamp);
}
