/**
 * A bridge in a process of its own, to be killed: `bridge-process.ts <file> <token> [port]` prints its
 * URL.
 * @module
 */

import { startBridge } from "../../emulator/bridge/server.ts";

const [file, token, port = "0"] = Deno.args;
const { url } = await startBridge({ file, token, port: Number(port) });
console.log(url);
