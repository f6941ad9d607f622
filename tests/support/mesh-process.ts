/**
 * `deno task dev` as a process of its own, to be killed; and the files that it leaves, read by
 * nothing of ours.
 * @module
 */
import Database from "libsql";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readDescription } from "./described.ts";
import type { Json } from "./mesh.ts";
import { within } from "./within.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const READY = "Ctrl-C ends it.";
// The first start bundles the worker, beside whatever else the machine does.
const START_MS_MAX = 90_000;

export interface MeshProcess {
  pid: number;
  url: string;
  key: string;
  /** What it has printed so far, errors too. */
  printed(): string;
  status: Promise<Deno.CommandStatus>;
  /** The pid of workerd, once there is one. */
  workerd(): Promise<number | null>;
  /** Ctrl-C in a terminal, which every process of it hears. @returns its exit code */
  interrupt(): Promise<number>;
  /** Ends it and all it started with kill -9, in one stroke. */
  killAll(): Promise<void>;
}

/** Runs it to its end: for when it does not get as far as serving. */
export async function runMain(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await command(args, env).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Starts it and waits until it serves. */
export async function startProcess(env: Record<string, string>): Promise<MeshProcess> {
  const child = command([], { PORT: "0", ...env }).spawn();
  let printed = "";
  let ended = false;
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) printed += text;
  };
  const read = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const status = child.status.then(async (status) => {
    ended = true;
    await read;
    return status;
  });
  const ready = () => {
    assert.ok(!ended, `It does not serve:\n${printed}`);
    return printed.includes(READY) || null;
  };
  await within(START_MS_MAX, "a mesh that serves", ready, 20);
  const url = /^Perigee +(http\S+)$/m.exec(printed)![1];
  await readDescription(url);
  const workerd = async () => {
    const found = (await descendants(child.pid)).find(({ args }) => args.includes("workerd serve"));
    return found?.pid ?? null;
  };
  return {
    pid: child.pid,
    url,
    key: /^Development key +(\S+)$/m.exec(printed)![1],
    printed: () => printed,
    status,
    workerd,
    async interrupt() {
      const runtime = await workerd();
      for (const pid of [runtime, child.pid]) {
        try {
          if (pid) Deno.kill(pid, "SIGINT");
        } catch (error) {
          // It has ended meanwhile, as the other has.
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        }
      }
      return (await status).code;
    },
    async killAll() {
      const pids = [child.pid, ...(await descendants(child.pid)).map(({ pid }) => pid)];
      for (const pid of pids) kill9(pid);
      await status;
    },
  };
}

function command(args: string[], env: Record<string, string>): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "emulator/main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Whether a mesh answers at this address. */
export async function serves(url: string): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/v2/health/live`, { signal: AbortSignal.timeout(2_000) });
    await reply.body?.cancel();
    return reply.ok;
  } catch {
    return false;
  }
}

export function kill9(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

interface Process {
  pid: number;
  parent: number;
  args: string;
}

/** Every process there is; zombies are none. */
async function processes(): Promise<Process[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-A", "-o", "pid=,ppid=,stat=,args="],
  }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line): Process[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+([^\s]+)\s+(.*)$/.exec(line);
    return match && !match[3].startsWith("Z")
      ? [{ pid: Number(match[1]), parent: Number(match[2]), args: match[4] }]
      : [];
  });
}

/** Every process that this one started, and those that they started. */
export async function descendants(pid: number): Promise<Process[]> {
  const all = await processes();
  const found = new Set([pid]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const process of all) if (found.has(process.parent)) found.add(process.pid);
  }
  return all.filter((process) => process.pid !== pid && found.has(process.pid));
}

/** Those of them that still run. */
export async function stillRunning(known: Process[]): Promise<Process[]> {
  const now = new Map((await processes()).map((process) => [process.pid, process.args]));
  return known.filter(({ pid, args }) => now.get(pid) === args);
}

/** Rows of a SQLite file, whoever else has it open. */
export function readFile(path: string, sql: string): Json[] {
  const database = new Database(path, { readonly: true, timeout: 5_000 });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

/** How many executions the objects of a mesh still hold on their way to the ledger. */
export async function undelivered(data: string): Promise<number> {
  let rows = 0;
  for (
    const [name, table] of [["OrbitalNode", "outbox"], ["OrbitalNode", "undelivered"], [
      "Collector",
      "inbox",
    ]]
  ) {
    for (const path of await objectFiles(data, name)) {
      const made = readFile(path, `SELECT 1 FROM sqlite_master WHERE name = '${table}'`);
      if (made.length > 0) rows += readFile(path, `SELECT 1 FROM ${table}`).length;
    }
  }
  return rows;
}

/** For within(): whether nothing is on its way. A file that is being written may not be readable. */
export const allDelivered = async (data: string): Promise<true | null> =>
  await undelivered(data).catch(() => null) === 0 || null;

/**
 * Has workerd forget, for its next start, every alarm that a node has set, as a kill can.
 * @returns how many there were
 */
export function forgetAlarms(data: string): number {
  const database = new Database(`${data}/objects/do/perigee-OrbitalNode/metadata.sqlite`, {
    timeout: 5_000,
  });
  try {
    return database.prepare("DELETE FROM _cf_ALARM").run().changes;
  } finally {
    database.close();
  }
}

export async function objectFiles(data: string, objectClass: string): Promise<string[]> {
  const files: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) await visit(path);
      else if (path.includes(objectClass) && /[0-9a-f]{64}\.sqlite$/.test(name)) files.push(path);
    }
  };
  await visit(`${data}/objects`);
  return files;
}
