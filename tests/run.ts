/**
 * Runs every test: `npx deno task test`; `--unit`: the unit tests alone. One file:
 * `npx deno test -A --no-check <file>`.
 *
 * What starts a mesh takes three seconds of a core to load, a mesh itself less than one; and what a unit test
 * imports often takes longer to load than the test to run. So they run in a few isolates, one file after the
 * other in each. The longest files run first, each by itself, so that none of them is left over at the end.
 * @module
 */
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const LONGEST = [
  "fuzz/requests_test.ts",
  "slow/outage_test.ts",
  "slow/custody-processes_test.ts",
  "simulation/delivery/simulation_test.ts",
  "slow/hostile-models_test.ts",
  "slow/onnx-node-tests_test.ts",
  "slow/one-mesh_test.ts",
  "slow/upload-kill_test.ts",
  "http/elsewhen_test.ts",
  "http/hostile-bodies_test.ts",
  "slow/mesh/placement/mixed-heights_test.ts",
  "simulation/custody/custody_test.ts",
];
// Twice as many as run at once, so that the last ones end together.
const GROUPS = 8;
const JOBS = 4;
// Unit tests wait for nothing, so more than one a core would only be in each other's way.
const UNIT_JOBS = navigator.hardwareConcurrency;

async function* filesOf(folder: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(HERE + folder));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory && !name.startsWith(".")) yield* filesOf(path);
    else if (name.endsWith("_test.ts")) yield path;
  }
}

/** Writes files that import what is to run in one isolate. @returns their paths */
async function grouped(name: string, files: readonly string[]): Promise<string[]> {
  return await Promise.all(
    Array.from({ length: GROUPS }, async (_, g) => {
      const imports = files.filter((_, i) => i % GROUPS === g).map((file) =>
        `import "../${file}";\n`
      );
      const path = `.groups/${name}-${g + 1}_test.ts`;
      await Deno.writeTextFile(HERE + path, imports.join(""));
      return path;
    }),
  );
}

const files = await Array.fromAsync(filesOf(""));
const missing = LONGEST.filter((file) => !files.includes(file));
if (missing.length > 0) throw new Error(`tests/run.ts names files that are not there: ${missing}`);
await Deno.remove(`${HERE}.groups`, { recursive: true }).catch(() => {});
await Deno.mkdir(`${HERE}.groups`);
const unit = await grouped("unit", files.filter((file) => file.startsWith("unit/")));
const others = files.filter((file) => !LONGEST.includes(file) && !file.startsWith("unit/"));
const withMesh = (file: string) => file.startsWith("http/") || file.startsWith("slow/");
const isUnitAlone = Deno.args.includes("--unit");
const run = isUnitAlone ? unit : [
  ...LONGEST,
  ...await grouped("mesh", others.filter(withMesh)),
  ...others.filter((file) => !withMesh(file)),
  ...unit,
];
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--no-check", "--parallel", ...run.map((file) => HERE + file)],
  env: { DENO_JOBS: String(isUnitAlone ? UNIT_JOBS : JOBS) },
}).spawn().status;
Deno.exit(code);
