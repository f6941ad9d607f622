/**
 * `deno task node`: this machine as the hardware of one node, until Ctrl-C.
 * @module
 */
import { fetchModel, keepAttached } from "./board.ts";
import { ModelStore } from "./model-store.ts";
import { NativeRunner } from "./native-runner.ts";
import { nativeRuntime } from "./native-runtime.ts";
import { findSensors } from "./sensors.ts";
import { HELP, readBoardSettings } from "./settings.ts";

const say = (text: string) => console.log(`${new Date().toISOString()}  ${text}`);

if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
  console.log(HELP);
  Deno.exit(0);
}

try {
  const settings = readBoardSettings(Deno.args, Deno.env.get, Deno.readTextFileSync);
  await run(settings);
} catch (error) {
  console.error(`The board is not attached: ${(error as Error).message}`);
  if (error instanceof RangeError) console.error(`\n${HELP}`);
  Deno.exit(error instanceof RangeError ? 2 : 1);
}

async function run({ cache, declared_w, ...settings }: ReturnType<typeof readBoardSettings>) {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => ending.abort());
  }
  const runtime = await nativeRuntime(cache, say);
  const store = new ModelStore(
    `${cache}/models`,
    (sha256, signal) => fetchModel(settings, sha256, signal),
  );
  const sensors = findSensors(declared_w);
  say(
    `Energy: ${sensors.energy_source ?? "not known"}; temperature: ${
      sensors.temperature() === null ? "not known" : "from thermal zones"
    }`,
  );
  const runner = new NativeRunner(runtime, store);
  await keepAttached({ ...settings, runner, sensors, say }, ending.signal);
  Deno.exit(0);
}
