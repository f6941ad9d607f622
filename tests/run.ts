/**
 * Runs every test: `npx deno task test`; `--unit`: the unit tests alone; `--stalls`: on a machine that stands
 * still now and then (stalls.ts). One file: `npx deno test -A --no-check <file>`.
 *
 * What starts a mesh takes three seconds of a core to load, a mesh itself less than one; and what a unit test
 * imports often takes longer to load than the test to run. So files share a few isolates, in each of which they
 * run one after the other.
 *
 * Tests of meshes wait for half of their time, for timers and processes; others never do. So all groups of the
 * former run at once, and the latter beside them, one after the other.
 * @module
 */
import { fileURLToPath } from "node:url";
import { standStill } from "./stalls.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const MESH_GROUPS = 4;
const COMPUTING_GROUPS = 3;
const UNIT_GROUPS = 3;
const JOBS = MESH_GROUPS + 1;
// Now and then a unit test waits for a timer.
const UNIT_JOBS = navigator.hardwareConcurrency + 1;

/** What takes longer than USUAL_S, seconds on a quiet machine of two cores: groups are made to end together. */
const LONG_S: Readonly<Record<string, number>> = {
  "slow/one-mesh_test.ts": 98,
  "slow/outage_test.ts": 98,
  "simulation/delivery/simulation_test.ts": 90,
  "slow/onnx-node-tests_test.ts": 84,
  "http/hostile-bodies_test.ts": 82,
  "slow/hostile-models_test.ts": 66,
  "fuzz/requests_test.ts": 50,
  "slow/console-pages_test.ts": 60,
  "http/budget_test.ts": 65,
  "slow/benches_test.ts": 55,
  "slow/custody-processes_test.ts": 51,
  "slow/kills/kills_test.ts": 47,
  "slow/console_test.ts": 45,
  "http/elsewhen_test.ts": 45,
  "slow/study_test.ts": 45,
  "http/study-agreement_test.ts": 70,
  "http/shared_test.ts": 110,
  "slow/kill_test.ts": 60,
  "slow/upload-kill_test.ts": 38,
  "slow/load_test.ts": 35,
  "http/rolled-back_test.ts": 32,
  "http/previous-release_test.ts": 30,
  "slow/costs_test.ts": 29,
  "slow/emulator/dev_test.ts": 25,
  "slow/mesh/placement/ranking_test.ts": 23,
  "fuzz/mesh_test.ts": 23,
};
const USUAL_S = 12;

const secondsOf = (file: string): number => LONG_S[file] ?? USUAL_S;

async function* filesOf(folder: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(HERE + folder));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory && !name.startsWith(".")) yield* filesOf(path);
    else if (name.endsWith("_test.ts")) yield path;
  }
}

/** Writes files that import what is to run in one isolate, the longest first. @returns their paths */
async function grouped(name: string, files: readonly string[], groups: number): Promise<string[]> {
  const made = Array.from({ length: groups }, () => ({ seconds: 0, imports: "" }));
  for (const file of files.toSorted((a, b) => secondsOf(b) - secondsOf(a))) {
    const [shortest] = made.toSorted((a, b) => a.seconds - b.seconds);
    shortest.seconds += secondsOf(file);
    shortest.imports += `import "../${file}";\n`;
  }
  return await Promise.all(made.map(async ({ imports }, g) => {
    const path = `.groups/${name}-${g + 1}_test.ts`;
    await Deno.writeTextFile(HERE + path, imports);
    return path;
  }));
}

const files = await Array.fromAsync(filesOf(""));
const missing = Object.keys(LONG_S).filter((file) => !files.includes(file));
if (missing.length > 0) throw new Error(`tests/run.ts names files that are not there: ${missing}`);
await Deno.remove(`${HERE}.groups`, { recursive: true }).catch(() => {});
await Deno.mkdir(`${HERE}.groups`);
const isUnit = (file: string) => file.startsWith("unit/");
// Of the slow ones those that mirror mesh/ and models/ compute, and start nothing.
const withMesh = (file: string) =>
  /^(http|slow)\//.test(file) && !/^slow\/(mesh|models)\//.test(file);
// It takes the engine's memory as it is loaded, so it shares its isolate with nobody.
const ALONE = "slow/models/memory_test.ts";
const computing = files.filter((file) => !withMesh(file) && !isUnit(file) && file !== ALONE);
const unit = await grouped("unit", files.filter(isUnit), UNIT_GROUPS);
const isUnitAlone = Deno.args.includes("--unit");
const run = isUnitAlone ? unit : [
  ...await grouped("mesh", files.filter(withMesh), MESH_GROUPS),
  ...await grouped("computing", computing, COMPUTING_GROUPS),
  ALONE,
  ...unit,
];
// Miniflare writes each certificate that this names behind 18 MB of workers, and copies all of it for each 4 KB:
// most of a second for every mesh. Tests stay on loopback.
Deno.env.delete("NODE_EXTRA_CA_CERTS");
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--no-check", "--parallel", ...run.map((file) => HERE + file)],
  env: { DENO_JOBS: String(isUnitAlone ? UNIT_JOBS : JOBS) },
}).spawn();
if (Deno.args.includes("--stalls")) {
  const end = standStill(child.pid);
  // Who stands still hears no Ctrl-C: they go on, end by it as all do, and this ends with them.
  Deno.addSignalListener("SIGINT", end);
}
const { code } = await child.status;
Deno.exit(code);
