/**
 * `deno task dev`: the whole mesh on this machine, until Ctrl-C.
 * @module
 */
import process from "node:process";
import { startBoard } from "./board.ts";
import { failureOf } from "./failure.ts";
import { HELP, readSettings } from "./settings.ts";

// A dependency of Miniflare uses a deprecated module; nothing that who runs this could mend.
process.noDeprecation = true;

if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
  console.log(HELP);
  Deno.exit(0);
}
const { ledger, hardware, node, unknown } = readArguments(Deno.args);
if (unknown !== null) {
  console.error(`Unknown argument ${unknown}\n\n${HELP}`);
  Deno.exit(2);
}

const started = performance.now();
const say = (step: string) =>
  console.log(`${((performance.now() - started) / 1e3).toFixed(1).padStart(5)} s  ${step}`);

try {
  const env = (name: string) =>
    name === "PERIGEE_LEDGER_URL" && ledger !== null ? ledger : Deno.env.get(name);
  const settings = readSettings(env, Date.now());
  say("Loading");
  // Wrangler and Miniflare are large: whoever asked for help has not waited for them.
  const { startEmulator } = await import("./start.ts");
  const emulator = await startEmulator(settings, { say });
  const board = hardware
    ? await startBoard(emulator, node).catch(async (error) => {
      await emulator.close();
      throw error;
    })
    : null;
  say("Serving");
  console.log(`
Perigee           ${emulator.url}
API               ${emulator.url}/docs
Development key   ${emulator.secrets.dev_key}
Admin token       in ${settings.data}/secrets.json
Data              ${settings.data} (delete it to begin anew)
Ledger            ${
    settings.ledger ? new URL(emulator.ledger.url).host : `${settings.data}/ledger.db`
  }
Mesh clock        ${settings.clock}${
    board ? `\nHardware          this machine, as ${board.node}` : ""
  }

Try it:
${curlLine(emulator.url, emulator.secrets.dev_key)}

Ctrl-C ends it.`);
  let ending = false;
  const stop = async (code: number) => {
    // One Ctrl-C may come twice: from the terminal, and passed on by `deno task`.
    if (ending) return;
    ending = true;
    say("Ending: what was answered is kept");
    await Promise.all([board?.end(), emulator.close()]);
    Deno.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Miniflare's listeners would end the process at once, the ledger still open.
    process.removeAllListeners(signal);
    process.on(signal, () => stop(0));
  }
  emulator.failed.then((error) => {
    console.error(`workerd died and cannot be started again: ${error.message}`);
    return stop(1);
  });
} catch (error) {
  console.error(`Perigee did not start: ${failureOf(error)}`);
  Deno.exit(1);
}

interface Arguments {
  /** What `--ledger` names. */
  ledger: string | null;
  hardware: boolean;
  /** What `--node` names. */
  node: string | null;
  /** The first argument that is not known. */
  unknown: string | null;
}

function readArguments(args: string[]): Arguments {
  const read: Arguments = { ledger: null, hardware: false, node: null, unknown: null };
  for (let i = 0; i < args.length; i++) {
    const [, name, value] = /^--(ledger|node|hardware)(?:=(.*))?$/s.exec(args[i]) ?? [];
    if (name === "hardware") read.hardware = true;
    else if (name === "ledger") read.ledger = value ?? args[++i] ?? "none";
    else if (name === "node") read.node = value ?? args[++i] ?? "none";
    else return { ...read, unknown: args[i] };
  }
  if (read.node !== null && !read.hardware) {
    return { ...read, unknown: "--node without --hardware" };
  }
  return read;
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
