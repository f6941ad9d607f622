/**
 * `deno task bench:native`: the 512 x 512 scene in the isolate of a node's object and on a board that is
 * attached to it, in one run, through the whole mesh. It stands apart from `deno task bench`, since it
 * installs native ONNX Runtime: 288 MB, once, into the board's cache folder.
 * @module
 */
import { fileURLToPath } from "node:url";
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import { mulberry32 } from "../mesh/mulberry32.ts";
import { percentile } from "./canary.ts";

const NODE = "G2A-017-042";
/** Without a board. */
const BARE = "G2A-017-041";
const BOARD = new URL("../hardware/main.ts", import.meta.url);
const SIZE = 512;
const BANDS = 6;
const WARM_UP = 3;
const ROUNDS = 30;
const FASTER_MIN = 3;

if (import.meta.main) {
  const ratio = await benchNative(console.log);
  Deno.exit(ratio >= FASTER_MIN ? 0 : 1);
}

/** @returns how many times faster the board's runs are than those of the isolate */
async function benchNative(print: (line: string) => void): Promise<number> {
  const data = await Deno.makeTempDir({ prefix: "perigee-bench-" });
  const settings = readSettings((name) => ({ PORT: "0", PERIGEE_DATA: data })[name], Date.now());
  const { url, secrets, close } = await startEmulator(settings);
  const ending = new AbortController();
  try {
    const post = async (path: string, key: string, body: string) => {
      const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
      const response = await fetch(`${url}${path}`, { method: "POST", headers, body });
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return await response.json();
    };
    const digits = sceneDigits();
    const ask = async (node: string) => {
      const { parameters } = await post(
        "/v2/models/scene-indices/infer",
        secrets.dev_key,
        sceneBody(node, digits),
      );
      return parameters as Record<string, number>;
    };
    const { key } = await post(
      `/v1/nodes/${NODE}/boards`,
      secrets.admin_token,
      JSON.stringify({ name: "bench" }),
    );
    const ended = board(url, key, ending.signal);
    await Promise.race([ended, isAttached(url, secrets.admin_token)]);
    const runs: { bare: Record<string, number>; board: Record<string, number> }[] = [];
    // In turn, so that whatever else the machine does befalls both alike.
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const one = { bare: await ask(BARE), board: await ask(NODE) };
      if (round >= 0) runs.push(one);
    }
    const quartile = (of: "bare" | "board", name: string) =>
      percentile(runs.map((run) => run[of][name]).sort((a, b) => a - b), 0.25);
    const isolate = quartile("bare", "measured_engine_ms");
    const native = quartile("board", "measured_board_wall_ms");
    const way = quartile("board", "measured_engine_ms");
    const ratio = isolate / native;
    const against = (ms: number) => `${ms.toFixed(1)} ms, ${(isolate / ms).toFixed(1)} x as fast`;
    print(
      `scene-indices, ${SIZE} x ${SIZE}, lower quartile of ${ROUNDS} runs of each, in turn, measured:
  in the isolate              ${isolate.toFixed(1)} ms
  on the board, the run       ${against(native)}
  on the board, with its way  ${against(way)}`,
    );
    return ratio;
  } finally {
    ending.abort();
    await close();
    await Deno.remove(data, { recursive: true });
  }
}

/** The program itself, as a process of its own. Resolves or rejects at its end. */
async function board(mesh: string, key: string, signal: AbortSignal): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(BOARD), "--mesh", mesh, "--node", NODE],
    env: { PERIGEE_BOARD_KEY: key },
    stdout: "null",
    stderr: "inherit",
    signal,
  }).output();
  if (!success && !signal.aborted) throw new Error("The board has ended");
}

/** Waits for the board as an operator sees it; to install it takes a minute. */
async function isAttached(mesh: string, token: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${mesh}/v1/nodes/${NODE}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if ((await response.json()).board) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Seeded, to three digits: what a request has in it matters as little as it does to the model. */
function sceneDigits(): string {
  const random = mulberry32(1);
  return Array.from({ length: BANDS * SIZE * SIZE }, () => random().toFixed(3)).join(",");
}

function sceneBody(node: string, digits: string): string {
  const parameters = JSON.stringify({ origin_node: node });
  return `{"inputs":[{"name":"reflectance","shape":[1,${BANDS},${SIZE},${SIZE}],"datatype":"FP32",` +
    `"data":[${digits}]}],"parameters":${parameters}}`;
}
