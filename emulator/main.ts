/**
 * `deno task dev`: the whole mesh on this machine, until Ctrl-C.
 * @module
 */
import process from "node:process";
import { HELP, readSettings } from "./settings.ts";

// A dependency of Miniflare uses a deprecated module; nothing that who runs this could mend.
process.noDeprecation = true;

if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
  console.log(HELP);
  Deno.exit(0);
}
if (Deno.args.length > 0) {
  console.error(`Unknown argument ${Deno.args[0]}\n\n${HELP}`);
  Deno.exit(2);
}

const started = performance.now();
const say = (step: string) =>
  console.log(`${((performance.now() - started) / 1e3).toFixed(1).padStart(5)} s  ${step}`);

try {
  const settings = readSettings((name) => Deno.env.get(name), Date.now());
  say("Loading");
  // Wrangler and Miniflare are large: whoever asked for help has not waited for them.
  const { startEmulator } = await import("./start.ts");
  const emulator = await startEmulator(settings, say);
  say("Serving");
  console.log(`
Perigee           ${emulator.url}
API               ${emulator.url}/docs
Development key   ${emulator.secrets.dev_key}
Admin token       in ${settings.data}/secrets.json
Data              ${settings.data} (delete it to begin anew)
Mesh clock        ${settings.clock}

Try it:
${curlLine(emulator.url, emulator.secrets.dev_key)}

Ctrl-C ends it.`);
  let ending = false;
  const stop = async () => {
    // One Ctrl-C may come twice: from the terminal, and passed on by `deno task`.
    if (ending) return;
    ending = true;
    say("Ending: what was answered is kept");
    await emulator.close();
    Deno.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Miniflare's listeners would end the process at once, the ledger still open.
    process.removeAllListeners(signal);
    process.on(signal, stop);
  }
} catch (error) {
  console.error(`Perigee did not start: ${(error as Error).message}`);
  Deno.exit(1);
}

/** A first request, to be pasted into a shell in the project's folder. */
function curlLine(url: string, key: string): string {
  return [
    `curl -s ${url}/v2/models/scene-indices/infer`,
    `-H 'Authorization: Bearer ${key}'`,
    "-H 'Content-Type: application/json'",
    "-d @docs/examples/scene-indices.json",
  ].join(" ");
}
