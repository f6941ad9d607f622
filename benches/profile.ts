/**
 * `deno run -A benches/profile.ts <text>`: where the mesh's isolate spends its time under the load of
 * the cases of `bench:http` whose name holds the text. Prints shares by room and by function.
 * The inspector samples this isolate alone: what workerd does outside of it, and the door's isolate, are
 * in `bench:http`'s CPU only.
 * @module
 */
import { fileURLToPath } from "node:url";
import { casesOf } from "./http/cases.ts";
import { cpuSeconds, workerds } from "../tools/process-cpu.ts";
import { PreparedLoad } from "./http/load.ts";
import { bundle } from "../emulator/bundle.ts";
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const CONNECTIONS = 16;
const SAMPLE_US = 200;
const FUNCTIONS_MAX = 60;

/** What the inspector gives (Chrome DevTools Protocol, Profiler.Profile). */
interface Profile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
    children?: number[];
  }[];
  samples: number[];
  timeDeltas: number[];
}

/** A connection to an inspector, one question at a time. */
async function inspect(url: URL) {
  // Miniflare's proxy closes the connection of who names no origin.
  const socket = new WebSocket(url, { headers: { Origin: "http://localhost" } });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = reject;
  });
  let id = 0;
  return {
    ask<T>(method: string, params: object = {}): Promise<T> {
      const mine = ++id;
      socket.send(JSON.stringify({ id: mine, method, params }));
      return new Promise((resolve, reject) => {
        socket.addEventListener("message", function heard({ data }) {
          const said = JSON.parse(data);
          if (said.id !== mine) return;
          socket.removeEventListener("message", heard);
          if (said.error) reject(new Error(said.error.message));
          else resolve(said.result);
        });
      });
    },
    close: () => socket.close(),
  };
}

/** Which source file a line of the bundle came from, by the comments that the bundler leaves. */
function sourcesOf(script: string): (line: number) => string {
  let source = "?";
  const sources = script.split("\n").map((line) => {
    const named = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(line)?.[1];
    return source = named?.replace(/^.*node_modules\/(?:\.deno\/)?/, "npm:") ?? source;
  });
  return (line) => sources[line] ?? "?";
}

function shares({ nodes, samples, timeDeltas }: Profile, sourceOf: (line: number) => string) {
  const own = new Map<number, number>();
  samples.forEach((id, i) => own.set(id, (own.get(id) ?? 0) + timeDeltas[i]));
  const functions = new Map<string, number>();
  const rooms = new Map<string, number>();
  let busy = 0;
  for (const { id, callFrame: { functionName, url, lineNumber } } of nodes) {
    const us = own.get(id) ?? 0;
    if (us === 0 || functionName === "(idle)") continue;
    busy += us;
    const source = url.endsWith("worker.js") ? sourceOf(lineNumber) : url || "runtime";
    const room = source.replace(/^(npm:[^@]*).*/, "$1").replace(/\/[^/]*$/, "");
    add(rooms, room, us);
    add(functions, `${functionName || "(anonymous)"} ${source}:${lineNumber + 1}`, us);
  }
  return { functions, rooms, busy };
}

const add = (sums: Map<string, number>, key: string, us: number) =>
  sums.set(key, (sums.get(key) ?? 0) + us);

function print(sums: Map<string, number>, busy: number, count: number, lines_max: number): void {
  for (const [what, us] of [...sums].sort(([, a], [, b]) => b - a).slice(0, lines_max)) {
    const share = (us / busy * 100).toFixed(1).padStart(5);
    console.log(`${share} % ${(us / count).toFixed(1).padStart(7)} us  ${what}`);
  }
}

if (import.meta.main) {
  const [text, seconds = "6", warm = "4"] = Deno.args;
  if (text === undefined) {
    console.log(
      "Usage: deno run -A benches/profile.ts <parts of cases' names> [seconds] [seconds to warm up]",
    );
    Deno.exit(2);
  }
  const data = await Deno.makeTempDir({ dir: "/dev/shm", prefix: "perigee-profile-" });
  const settings = readSettings(
    (name) => ({ PORT: "0", PERIGEE_DATA: data })[name],
    Date.now(),
  );
  const emulator = await startEmulator(settings, { inspector: true });
  try {
    const { modules: [main] } = await bundle(ROOT);
    const sourceOf = sourcesOf(new TextDecoder().decode(main.contents));
    const [pid] = await workerds();
    const at = await emulator.runtime.getInspectorURL();
    const [target] = await (await fetch(new URL("/json", `http://${at.host}`))).json();
    const { dev_key } = emulator.secrets;
    const cases = casesOf({ key: dev_key, budgeted: dev_key })
      .filter(({ what }) => text.split(",").some((part) => what.includes(part)));
    for (const { what, mesh, once } of cases) {
      await using load = await PreparedLoad.of(mesh, CONNECTIONS);
      if (!once) await load.run(emulator.url, Number(warm));
      const quiet = await cpuSeconds(pid);
      const plain = await load.run(emulator.url, Number(seconds));
      const cpu_ms = (await cpuSeconds(pid) - quiet) / plain.requests * 1e3;
      const inspector = await inspect(new URL(target.webSocketDebuggerUrl));
      await inspector.ask("Profiler.enable");
      await inspector.ask("Profiler.setSamplingInterval", { interval: SAMPLE_US });
      await inspector.ask("Profiler.start");
      const { requests } = await load.run(emulator.url, Number(seconds));
      const { profile } = await inspector.ask<{ profile: Profile }>("Profiler.stop");
      inspector.close();
      if (once && load.unsent === 0) throw new Error("Not every node was a new one: fewer seconds");
      const { functions, rooms, busy } = shares(profile, sourceOf);
      console.log(
        `\n## ${what}: ${plain.requests} requests at ${cpu_ms.toFixed(3)} ms of workerd's CPU`,
      );
      console.log(
        `${(busy / requests).toFixed(0)} us of the isolate a request, of ${requests} profiled\n`,
      );
      print(rooms, busy, requests, 40);
      console.log();
      print(functions, busy, requests, FUNCTIONS_MAX);
    }
  } finally {
    await emulator.close();
    await Deno.remove(data, { recursive: true });
  }
}
