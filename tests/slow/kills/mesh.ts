/**
 * A mesh in a process of its own whose ledger's bridge is gone: whoever has started it serves that
 * itself. Prints one line of JSON, and ends on SIGTERM.
 * @module
 */
import process from "node:process";
import { readSettings } from "../../../emulator/settings.ts";
import { startEmulator } from "../../../emulator/start.ts";

const settings = readSettings((name) => Deno.env.get(name), Date.now());
const { url, secrets, ledger, close } = await startEmulator(settings, { warm: false });
await ledger.takeAway();
console.log(
  JSON.stringify({ url, secrets, ledger: { url: ledger.url, token: ledger.token } }),
);
process.removeAllListeners("SIGTERM");
process.on("SIGTERM", async () => {
  await close();
  Deno.exit(0);
});
