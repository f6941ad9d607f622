/**
 * A bridge in a process of its own, to be killed: `bridge-process.ts <file> <token>` prints its URL.
 * @module
 */

import { startBridge } from "../../emulator/bridge/server.ts";

const [file, token] = Deno.args;
const { url } = await startBridge({ file, token });
console.log(url);
