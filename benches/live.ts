/**
 * `deno run -A benches/live.ts`: what pages cost the mesh. So many pages of one tenant hold their live sockets
 * open, while nothing runs and while a few asks a second do; workerd's CPU time is put beside the same
 * without pages, in turn. Then pages come until one is turned away.
 * @module
 */
import { BEARER_PROTOCOL, LIVE_PING_MS, LIVE_PROTOCOL } from "../contract/live.ts";
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import { workerdOf } from "../emulator/workerd/guard.ts";
import { cpuSeconds } from "../tools/process-cpu.ts";

const USAGE = `Usage: deno run -A benches/live.ts [--pages <number>] [--seconds <number>]
  --pages <number>     open at once (200)
  --seconds <number>   that each of the eight measurements takes (30)`;
const ASKS_PER_S = 4;
const TARGET = 0.05;
// More than a tenant may have.
const PAGES_TOO_MANY = 600;

interface Opened {
  sockets: WebSocket[];
  /** Messages that they have heard. */
  heard(): number;
  close(): Promise<void>;
}

/** Opens pages, as many as are let in. */
async function openPages(url: string, key: string, count: number): Promise<Opened> {
  let heard = 0;
  const sockets: WebSocket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/live`, [
      LIVE_PROTOCOL,
      BEARER_PROTOCOL + key,
    ]);
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
    if (!isOpen) break;
    socket.onmessage = ({ data }) => void (data !== "pong" && heard++);
    sockets.push(socket);
  }
  const pings = setInterval(() => {
    for (const socket of sockets) socket.send("ping");
  }, LIVE_PING_MS);
  return {
    sockets,
    heard: () => heard,
    async close() {
      clearInterval(pings);
      await Promise.all(sockets.map((socket) => {
        const closed = new Promise((resolve) => socket.onclose = resolve);
        socket.close();
        return closed;
      }));
    },
  };
}

const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Asks at a pace until the time is over. @returns how many were answered */
async function load(url: string, key: string, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1e3;
  let answered = 0;
  while (performance.now() < until) {
    const next = performance.now() + 1e3 / ASKS_PER_S;
    const response = await fetch(`${url}/v2/models/drive-rss/infer`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        parameters: { origin_lat: 48.86, origin_lon: 2.35 },
        inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
      }),
    });
    await response.body?.cancel();
    if (response.ok) answered++;
    await sleep(Math.max(0, next - performance.now()));
  }
  return answered;
}

async function main(pages: number, seconds: number): Promise<void> {
  const data = await Deno.makeTempDir({ prefix: "perigee-live-" });
  const env: Record<string, string> = { PORT: "0", PERIGEE_DATA: data };
  const emulator = await startEmulator(readSettings((name) => env[name], Date.now()));
  const { url, secrets: { dev_key: key } } = emulator;
  try {
    const pid = await workerdOf(data);
    /** The share of a core that workerd takes while something goes on. */
    const share = async (during: () => Promise<unknown>) => {
      const [before, began] = [await cpuSeconds(pid), performance.now()];
      await during();
      return (await cpuSeconds(pid) - before) / ((performance.now() - began) / 1e3);
    };
    const cases = {
      "nothing runs": () => sleep(seconds * 1e3),
      [`${ASKS_PER_S} asks a second`]: () => load(url, key, seconds),
    };
    await load(url, key, 5);
    const percent = (of: number) => `${(of * 100).toFixed(2)} %`;
    for (const [what, during] of Object.entries(cases)) {
      const costs: number[] = [];
      for (let round = 0; round < 2; round++) {
        const without = await share(during);
        const opened = await openPages(url, key, pages);
        if (opened.sockets.length < pages) throw new Error(`Only ${opened.sockets.length} pages`);
        // What opening them takes is not what having them open takes.
        await sleep(5_000);
        const before = opened.heard();
        const withPages = await share(during);
        const heard = (opened.heard() - before) / pages;
        await opened.close();
        costs.push(withPages - without);
        console.log(
          `${what}: ${percent(without)} of a core without pages, ${percent(withPages)} with ` +
            `${pages}, of which each heard ${heard.toFixed(1)} messages`,
        );
      }
      const cost = costs.reduce((a, b) => a + b, 0) / costs.length;
      const verdict = cost < TARGET ? "holds" : "DOES NOT HOLD";
      console.log(`${what}: the pages cost ${percent(cost)}, under ${percent(TARGET)}: ${verdict}`);
    }
    const most = await openPages(url, key, PAGES_TOO_MANY);
    console.log(`${most.sockets.length} pages are let in, the next is turned away`);
    await most.close();
  } finally {
    await emulator.close();
    await Deno.remove(data, { recursive: true });
  }
}

if (import.meta.main) {
  const numbers: Record<string, number> = { "--pages": 200, "--seconds": 30 };
  for (let i = 0; i < Deno.args.length; i += 2) {
    const value = Number(Deno.args[i + 1]);
    if (!(Deno.args[i] in numbers) || !(value > 0)) {
      console.error(USAGE);
      Deno.exit(2);
    }
    numbers[Deno.args[i]] = value;
  }
  await main(numbers["--pages"], numbers["--seconds"]);
}
