/**
 * `deno task bench:http`: what a request costs, from outside, beside the least that it can cost on this
 * runtime with this web framework. Mesh and floor stand behind doors of one kind, on one machine, and are
 * asked in turn. CPU is of processes: workerd's, and this one's, which serves the ledger to the mesh.
 * @module
 */
import { fileURLToPath } from "node:url";
import { readSettings } from "../../emulator/settings.ts";
import { startEmulator } from "../../emulator/start.ts";
import { type Case, casesOf } from "./cases.ts";
import { cpuSeconds, workerds } from "../../tools/process-cpu.ts";
import { startFloor } from "./floor.ts";
import { hasWrk, PreparedLoad, type Request } from "./load.ts";
import { roomForFiles } from "./open-files.ts";

const USAGE = `Usage: deno task bench:http [--small] [--write] [--only <text>]
  --small         a second of each: to see that it still runs
  --write         put the run into docs/reference/http-performance.md
  --only <text>   the cases whose name holds this text`;

const CONNECTIONS = 16;
// Each is asked this often in turn with the floor; the median tells.
const ROUNDS = 3;
const WARM_REQUESTS = 5_000;
const WARM_ROUNDS_MAX = 4;
const PAGE = fileURLToPath(new URL("../../docs/reference/http-performance.md", import.meta.url));

interface Round {
  requests_per_s: number;
  p50_ms: number;
  p99_ms: number;
  failed: number;
  /** Of workerd, a request. */
  workerd_ms: number;
  /** Of this process, a request. */
  own_ms: number;
}

interface Side {
  url: string;
  pid: number;
}

async function measure(side: Side, load: PreparedLoad, seconds: number) {
  await roomForFiles(side.pid);
  const before = [await cpuSeconds(side.pid), await cpuSeconds(Deno.pid)];
  const told = await load.run(side.url, seconds);
  const [workerd, own] = [await cpuSeconds(side.pid), await cpuSeconds(Deno.pid)];
  const each_ms = (now: number, then: number) => (now - then) / told.requests * 1e3;
  return {
    ...told,
    workerd_ms: each_ms(workerd, before[0]),
    own_ms: each_ms(own, before[1]),
  } satisfies Round & { requests: number };
}

/** Until V8 has seen enough to compile for speed what runs; a busy machine takes several rounds. */
async function warm(side: Side, load: PreparedLoad, seconds: number) {
  let answered = 0;
  for (let round = 0; answered < WARM_REQUESTS && round < WARM_ROUNDS_MAX; round++) {
    answered += (await measure(side, load, Math.max(1, seconds / 2))).requests;
  }
}

const median = (rounds: readonly Round[], what: keyof Round): number =>
  rounds.map((round) => round[what]).sort((a, b) => a - b)[Math.floor(rounds.length / 2)];

/** Runs the cases on one kind of disk. @returns a table of Markdown */
async function section(
  { disk, folder, seconds, only }: { disk: string; folder: string; seconds: number; only: string },
): Promise<string> {
  const data = await Deno.makeTempDir({ dir: folder, prefix: "perigee-bench-" });
  const settings = readSettings(
    (name) => ({ PORT: "0", PERIGEE_DATA: `${data}/mesh` })[name],
    Date.now(),
  );
  const known = new Set(await workerds());
  const emulator = await startEmulator(settings);
  try {
    const mesh = { url: emulator.url, pid: (await workerds()).find((pid) => !known.has(pid))! };
    known.add(mesh.pid);
    const { dev_key, admin_token } = emulator.secrets;
    const cases = casesOf({ key: dev_key, budgeted: await budgetedKey(mesh.url, admin_token) });
    const bare = await startFloor(`${data}/floor`, {
      routed: await answerOf(mesh.url, cases[0].mesh[0]),
      inferred: await answerOf(mesh.url, cases[1].mesh[0]),
    });
    try {
      const floor = { url: bare.url, pid: (await workerds()).find((pid) => !known.has(pid))! };
      const rows: string[] = [];
      for (const one of cases.filter(({ what }) => what.includes(only))) {
        rows.push(await row(one, { mesh, floor }, Math.min(seconds, one.seconds_max ?? seconds)));
        console.log(rows.at(-1));
      }
      return [`## ${disk}`, "", ...HEAD, ...rows, ""].join("\n");
    } finally {
      await bare.close();
    }
  } finally {
    await emulator.close();
    await Deno.remove(data, { recursive: true });
  }
}

const HEAD = [
  "| | requests/s, mesh | of the floor's | p50, p99 | CPU of workerd, of the emulator | CPU of the floor | floor's share of workerd's CPU | target | holds |",
  "|---|---:|---:|---:|---:|---:|---:|---:|---|",
];

async function row(
  { what, mesh, floor, target, once, connections = CONNECTIONS }: Case,
  sides: { mesh: Side; floor: Side },
  seconds: number,
): Promise<string> {
  await using asked = await PreparedLoad.of(mesh, connections);
  await using bare = await PreparedLoad.of(floor, connections);
  // Isolates, objects and compilers get warm.
  await warm(sides.mesh, asked, seconds);
  await warm(sides.floor, bare, seconds);
  const ours: Round[] = [];
  const theirs: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await measure(sides.floor, bare, seconds));
    ours.push(await measure(sides.mesh, asked, seconds));
  }
  if (once && Math.min(asked.unsent, bare.unsent) === 0) {
    throw new Error(`${what}: the load has no more requests that were not sent before`);
  }
  const [failed, floorFailed] = [ours, theirs].map((rounds) =>
    rounds.reduce((sum, round) => sum + round.failed, 0)
  );
  if (floorFailed > 0) throw new Error(`${what}: the floor failed ${floorFailed} times`);
  const rate = median(ours, "requests_per_s");
  const share = rate / median(theirs, "requests_per_s");
  const cpu_share = median(theirs, "workerd_ms") / median(ours, "workerd_ms");
  const best = Math.max(share, cpu_share);
  return `| ${what}${failed > 0 ? `, ${failed} failed` : ""} | ${rate.toFixed(0)} | ${
    share.toFixed(2)
  } | ${median(ours, "p50_ms").toFixed(1)}, ${median(ours, "p99_ms").toFixed(1)} ms | ${
    median(ours, "workerd_ms").toFixed(2)
  }, ${median(ours, "own_ms").toFixed(2)} ms | ${median(theirs, "workerd_ms").toFixed(2)} ms | ${
    cpu_share.toFixed(2)
  } | ${target ?? ""} | ${target === null ? "" : best >= target ? "yes" : "**no**"} |`;
}

async function answerOf(url: string, { path, headers, body }: Request): Promise<unknown> {
  const response = await fetch(url + path, { method: "POST", headers, body: body as string });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return await response.json();
}

/** A tenant whose budget and rate no load of the bench uses up. @returns its key */
async function budgetedKey(url: string, admin_token: string): Promise<string> {
  const ask = async (method: string, path: string, body: unknown) => {
    const response = await fetch(url + path, {
      method,
      headers: { Authorization: `Bearer ${admin_token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  await ask("POST", "/v1/tenants", { id: "budgeted", name: "Budgeted" });
  await ask("PUT", "/v1/tenants/budgeted/limits", {
    budget_microcredits: 1_000_000_000_000,
    requests_per_minute: 1_000_000,
  });
  return (await ask("POST", "/v1/tenants/budgeted/keys", { name: "bench" })).key;
}

if (import.meta.main) {
  const only = Deno.args.includes("--only") ? Deno.args[Deno.args.indexOf("--only") + 1] : "";
  const flags = Deno.args.filter((arg) => arg !== "--only" && arg !== only);
  if (only === undefined || flags.some((arg) => arg !== "--small" && arg !== "--write")) {
    console.log(USAGE);
    Deno.exit(flags.includes("--help") ? 0 : 2);
  }
  if (!await hasWrk()) {
    console.error("wrk is missing: apt-get install wrk");
    Deno.exit(1);
  }
  const seconds = Deno.args.includes("--small") ? 1 : 8;
  const sections = [
    await section({ disk: "Data in memory (tmpfs)", folder: "/dev/shm", seconds, only }),
    await section({ disk: "Data on disk", folder: "/tmp", seconds, only }),
  ];
  if (Deno.args.includes("--write")) {
    const page = `# What a request costs

Written by \`npx deno task bench:http --write\`: every figure is *measured*, in one run on a shared machine
of 2 cores, with ${CONNECTIONS} connections (3 for scenes), mesh and floor in turn, the median of ${ROUNDS}
rounds. Ratios hold
from machine to machine, absolute times do not. The floor is a bare Hono handler that parses the same body
and answers as much, with one object call and one SQLite insert where the mesh infers, on the same build of
workerd behind the same kind of door. A target holds in requests/s or in CPU a request.

${sections.join("\n")}`;
    await Deno.writeTextFile(PAGE, page);
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE] }).output();
    console.log("Wrote docs/reference/http-performance.md");
  }
}
