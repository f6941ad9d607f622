/**
 * Counts what runs ask of the platform, on a whole mesh of this machine: in turn, once at rest and once busy.
 * @module
 */
import { fileURLToPath } from "node:url";
import { readSettings } from "../../emulator/settings.ts";
import { type Emulator, startEmulator } from "../../emulator/start.ts";
import { workerdOf } from "../../emulator/workerd/guard.ts";
import { cpuSeconds } from "../process-cpu.ts";

const COUNTING = fileURLToPath(new URL("./counting-worker.mjs", import.meta.url));
const MODEL = fileURLToPath(new URL("../../models/onnx/drive-rss.onnx", import.meta.url));

/** The pace at which issue and tests hold what a run may cost: one ask each 2.6 s. */
const PACE_MS = 2_600;
const BUSY_CONNECTIONS = 16;
const NODE = "G2A-017-042";
// It stays in one region for 13 minutes from then on: what its move to another one costs is no run's.
const CLOCK = "2026-11-27T15:22:40Z";
const STATE = { name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] };

/** The case that is held to what is promised. */
export const AT_REST = "At rest: one ask each 2.6 s, of one node";

/** Sums by what is counted, and of what. */
type Counts = Record<string, Record<string, number>>;

/** What was counted of some runs. */
export interface Case {
  what: string;
  runs: number;
  /** Real time from the first run to the last, seconds. */
  seconds: number;
  /** A run. */
  per_run: Counts;
  /** CPU of workerd, a run: of objects too, and of the emulator's door. */
  cpu_ms: number;
}

interface Load {
  what: string;
  runs: number;
  /** How many are under way at once. */
  at_once: number;
  /** From the beginning of one to that of the next; 0: at once. */
  pace_ms: number;
  path: string;
  parameters: object;
  key: string;
}

/**
 * Runs every case on a mesh of its own.
 * @param small fewer runs: to see that it still counts
 */
export async function countRuns(
  { small, say }: { small: boolean; say: (text: string) => void },
): Promise<Case[]> {
  const data = await Deno.makeTempDir({ prefix: "perigee-costs-" });
  const env: Record<string, string> = { PORT: "0", PERIGEE_DATA: data, PERIGEE_CLOCK: CLOCK };
  const settings = readSettings((name) => env[name], Date.now());
  const contents = await Deno.readFile(COUNTING);
  const mesh = await startEmulator(settings, {
    around: (modules) => [{ type: "ESModule", path: "counting.js", contents }, ...modules],
  });
  try {
    const pid = await workerdOf(data);
    const cases: Case[] = [];
    for (const load of await loadsOf(mesh, small)) {
      say(load.what);
      cases.push(await countOne(mesh.url, pid, load));
    }
    return cases;
  } finally {
    await mesh.close();
    await Deno.remove(data, { recursive: true });
  }
}

async function loadsOf(mesh: Emulator, small: boolean): Promise<Load[]> {
  const { dev_key } = mesh.secrets;
  const budgeted = await budgetedKey(mesh);
  const file = await Deno.readFile(MODEL);
  await asked(mesh.url, "PUT", "/v1/models/own-drive", dev_key, file);
  const path = "/v2/models/drive-rss/infer";
  const paced = { runs: small ? 7 : 20, at_once: 1, pace_ms: PACE_MS };
  const parameters = { origin_node: NODE };
  const atRest = { ...paced, path, parameters, key: dev_key };
  const loads: Load[] = [
    { what: AT_REST, ...atRest },
    {
      what: "Busy: 16 at once, of one node",
      runs: small ? 64 : 2_000,
      at_once: BUSY_CONNECTIONS,
      pace_ms: 0,
      path,
      parameters,
      key: dev_key,
    },
    {
      what: "At rest, from a place on the ground",
      ...atRest,
      parameters: { origin_lat: 48.86, origin_lon: 2.35 },
    },
    { what: "At rest, of a tenant with a budget and a rate", ...atRest, key: budgeted },
    { what: "At rest, a tenant's own model", ...atRest, path: "/v2/models/own-drive/infer" },
  ];
  return small ? loads.slice(0, 2) : loads;
}

/** Counts after some runs have gone before, as they make objects and load models. */
async function countOne(url: string, pid: number, load: Load): Promise<Case> {
  await run(url, { ...load, runs: load.pace_ms > 0 ? 2 : load.at_once });
  const from = { counts: await countsOf(url), cpu_s: await cpuSeconds(pid), at: performance.now() };
  await run(url, load);
  const cpu_s = await cpuSeconds(pid) - from.cpu_s;
  const seconds = (performance.now() - from.at) / 1e3;
  return {
    what: load.what,
    runs: load.runs,
    seconds,
    per_run: perRun(from.counts, await countsOf(url), load.runs),
    cpu_ms: cpu_s * 1e3 / load.runs,
  };
}

async function run(url: string, { runs, at_once, pace_ms, path, parameters, key }: Load) {
  const body = JSON.stringify({ parameters, inputs: [STATE] });
  const began = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: at_once }, async () => {
    for (let i = next++; i < runs; i = next++) {
      await asked(url, "POST", path, key, body);
      // To the instant at which the next one begins, or the case ends.
      const left = began + (i + 1) * pace_ms - performance.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    }
  }));
}

async function asked(
  url: string,
  method: string,
  path: string,
  key: string,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Record<string, string>> {
  const type = typeof body === "string" ? "application/json" : "application/octet-stream";
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": type };
  const response = await fetch(`${url}${path}`, { method, headers, body });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return await response.json();
}

/** Of a tenant whose budget and rate the runs do not use up. */
async function budgetedKey({ url, secrets: { admin_token } }: Emulator): Promise<string> {
  const ask = (method: string, path: string, body: object) =>
    asked(url, method, path, admin_token, JSON.stringify(body));
  await ask("POST", "/v1/tenants", { id: "budgeted", name: "Budgeted" });
  await ask("PUT", "/v1/tenants/budgeted/limits", {
    budget_microcredits: 1_000_000_000,
    requests_per_minute: 10_000,
  });
  return (await ask("POST", "/v1/tenants/budgeted/keys", { name: "costs" })).key;
}

const countsOf = async (url: string): Promise<Counts> =>
  await (await fetch(`${url}/counts`)).json();

function perRun(before: Counts, after: Counts, runs: number): Counts {
  const per_run: Counts = {};
  for (const [what, sums] of Object.entries(after)) {
    for (const [of, sum] of Object.entries(sums)) {
      const grown = sum - (before[what]?.[of] ?? 0);
      if (grown > 0) (per_run[what] ??= {})[of] = grown / runs;
    }
  }
  return per_run;
}
