/**
 * What the console's script leaves out of its sources, so that a browser need not load it: esbuild alone
 * does not know that nobody misses it.
 * @module
 */
import type { Plugin } from "esbuild";
import { resolve } from "node:path";

/**
 * All that leave something out.
 * @param root the project's folder
 * @returns plugins of esbuild
 */
export const leftOut = (root: string): Plugin[] => [shortShaders, pureMesh(root), fewerPlots];

/** Of shaders, which are texts and so not minified, comments and spaces. */
const shortShaders: Plugin = {
  name: "short-shaders",
  setup({ onLoad }) {
    onLoad({ filter: /\/globe\/shaders\.ts$/ }, async ({ path }) => ({
      contents: shortened(await Deno.readTextFile(path)),
      loader: "ts",
    }));
  },
};

const shortened = (source: string): string =>
  source.replaceAll(/\/\*\*[^]*?\*\/|^ *\/\/.*$/gm, "")
    .replaceAll(/\s*\n\s*/g, "\n")
    // A line of the preprocessor is a line.
    .replaceAll(/^(?![#`]).*$/gm, (line) => line.replaceAll(/ ?([-+*/=<>?:,;(){}|&]+) ?/g, "$1"));

/** Of a module of mesh/, which does nothing by being loaded, what nobody calls. */
const pureMesh = (root: string): Plugin => ({
  name: "pure-mesh",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      return file.startsWith(`${root}/mesh/`) ? { path: file, sideEffects: false } : undefined;
    });
  },
});

// As the version of uPlot that deno.json pins has them.
const UNUSED = [
  "uPlot.join = join;",
  "(paths.stepped = stepped);",
  "(paths.spline  = monotoneCubic);",
];

/** Of uPlot, whose exports are one object, kinds of lines that no plot here has. */
const fewerPlots: Plugin = {
  name: "fewer-plots",
  setup({ onLoad }) {
    onLoad({ filter: /\/uPlot\.esm\.js$/ }, async ({ path }) => {
      let contents = await Deno.readTextFile(path);
      for (const unused of UNUSED) {
        if (!contents.includes(unused)) throw new Error(`uPlot has no "${unused}" to leave out`);
        contents = contents.replace(unused, "");
      }
      return { contents };
    });
  },
};
