/**
 * Whole meshes on loopback, of 41,914 nodes and of 998,400, one after the other: how soon each serves,
 * what workerd holds, and how fast it answers. Ratios of one run.
 * @module
 */
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import { DATA_CENTRE, FILED } from "../mesh/orbit/filed.ts";
import { percentiles, type Report, us } from "./timing.ts";

const START_S_MAX = 10;
const MEMORY_RATIO_MAX = 1.3;
const PAGE_MS_MAX = 100;

interface Served {
  start_ms: number;
  memory_mb: number;
  /** Medians, us. */
  infer: number;
  route: number;
  passes: number;
  page: number;
  objects: number;
}

export async function benchServed({ small }: { small: boolean }): Promise<Report> {
  const rounds = small ? 3 : 200;
  const few = await serve(FILED.name, rounds);
  const many = await serve(DATA_CENTRE.name, rounds);
  const memory = many.memory_mb / few.memory_mb;
  const ratio = (what: "infer" | "route" | "passes") => ({
    what: `${what}, p50, over that of ${FILED.count.toLocaleString("en")} nodes`,
    measured: `${us(many[what])}, ${(many[what] / few[what]).toFixed(2)} x`,
    target: "as fast",
    // What a busy machine does between two runs of the same code.
    holds: many[what] <= 1.25 * few[what],
  });
  return {
    title: `A mesh of ${DATA_CENTRE.count.toLocaleString("en")} nodes, over HTTP`,
    lines: [
      {
        what: "from the start of the emulator until it serves, warm",
        measured: `${(many.start_ms / 1e3).toFixed(1)} s (${(few.start_ms / 1e3).toFixed(1)} s)`,
        target: `${START_S_MAX} s`,
        holds: many.start_ms <= START_S_MAX * 1e3,
      },
      {
        what: "resident memory of workerd, over that of few nodes",
        measured: `${many.memory_mb.toFixed(0)} MB, ${memory.toFixed(2)} x`,
        target: `${MEMORY_RATIO_MAX} x`,
        holds: memory <= MEMORY_RATIO_MAX,
      },
      ratio("infer"),
      ratio("route"),
      ratio("passes"),
      {
        what: "GET /v1/nodes, a page of 1,000, p50",
        measured: us(many.page),
        target: `${PAGE_MS_MAX} ms`,
        holds: many.page <= PAGE_MS_MAX * 1e3,
      },
      {
        what: "node objects made by routes, passes and pages",
        measured: String(many.objects),
        target: "0",
        holds: many.objects === 0,
      },
    ],
  };
}

async function serve(constellation: string, rounds: number): Promise<Served> {
  const data = await Deno.makeTempDir({ prefix: "perigee-bench-" });
  const from = performance.now();
  const { url, secrets, runtime, close } = await startEmulator(
    readSettings(
      (name) => ({ PORT: "0", PERIGEE_DATA: data, PERIGEE_CONSTELLATION: constellation })[name],
      Date.now(),
    ),
  );
  const start_ms = performance.now() - from;
  try {
    const headers = {
      Authorization: `Bearer ${secrets.dev_key}`,
      "Content-Type": "application/json",
    };
    const ask = async (path: string, body?: unknown): Promise<void> => {
      const method = body ? "POST" : "GET";
      const reply = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
      const text = await reply.text();
      if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${text}`);
    };
    const median = async (run: (k: number) => Promise<void>): Promise<number> => {
      for (let k = 0; k < Math.ceil(rounds / 10); k++) await run(k);
      const times = new Float64Array(rounds);
      for (let k = 0; k < rounds; k++) {
        const at = performance.now();
        await run(k);
        times[k] = (performance.now() - at) * 1e3;
      }
      return percentiles(times).p50_us;
    };
    const lat = (k: number) => 60 * Math.sin(k);
    const lon = (k: number) => (137.5 * k) % 360 - 180;
    const before = (await runtime.listDurableObjectIds("NODES")).length;
    const route = await median((k) =>
      ask("/v1/route", { model: "drive-rss", origin: { lat: lat(k), lon: lon(k) } })
    );
    const passes = await median((k) =>
      ask(`/v1/passes?minutes=2&lat=${lat(k).toFixed(3)}&lon=${lon(k).toFixed(3)}`)
    );
    const page = await median(() => ask("/v1/nodes?limit=1000"));
    const objects = (await runtime.listDurableObjectIds("NODES")).length - before;
    // From one place: most asks then meet a node that is awake, in either constellation.
    const infer = await median(() =>
      ask("/v2/models/drive-rss/infer", {
        parameters: { origin_lat: 48.86, origin_lon: 2.35 },
        inputs: [{
          name: "state",
          datatype: "FP32",
          shape: [1, 6],
          data: [30, 25, 40, 0.5, 3, 8],
        }],
      })
    );
    return { start_ms, memory_mb: await memoryOf(data), infer, route, passes, page, objects };
  } finally {
    await close();
    await Deno.remove(data, { recursive: true });
  }
}

/** Resident, of the workerd that serves this folder: its launcher has noted its process there. */
export async function memoryOf(data: string): Promise<number> {
  for await (const { name } of Deno.readDir(data)) {
    if (!name.startsWith("workerd-")) continue;
    const [pid] = (await Deno.readTextFile(`${data}/${name}`)).split(/\s/);
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1e3;
  }
  throw new Error("workerd has left no note of its process");
}
