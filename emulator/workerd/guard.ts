/**
 * Ends workerd with the emulator, whatever ends that: the system tells a small process of our own, which
 * reads a pipe that only the emulator holds open. Without it a workerd whose emulator was killed serves
 * on, and holds the files of the next one.
 * Not its job: ending workerd in good order, which Miniflare does.
 * @module
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const GUARD = fileURLToPath(new URL("./guard.sh", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("./launch.sh", import.meta.url));
const NOTE = /^workerd-[0-9a-f-]{36}$/;

export interface Guard {
  /** What workerd's launcher must be told by its environment. */
  env: Record<string, string>;
  /** Ends the guard; for when workerd has ended. */
  end(): Promise<void>;
}

/**
 * Call it once the folder is locked: ends whatever workerd an earlier emulator has left there, then guards
 * the next. Miniflare must be started with its `env`.
 * @param objects the folder in which Miniflare keeps what lasts
 */
export async function startGuard(data: string, objects: string): Promise<Guard> {
  // No sh there: workerd is left to Miniflare.
  if (Deno.build.os === "windows") return { env: {}, end: async () => {} };
  for await (const { name } of Deno.readDir(data)) {
    if (NOTE.test(name)) await spawnGuard([`${data}/${name}`, "now"], "null").status;
  }
  const env = {
    PERIGEE_WORKERD: workerdPath(),
    PERIGEE_WORKERD_NOTE: noteIn(data),
    PERIGEE_DENO: Deno.execPath(),
    PERIGEE_OBJECTS: objects,
  };
  // For other Miniflares of this process, too, which nobody guards.
  Deno.env.set("PERIGEE_WORKERD", env.PERIGEE_WORKERD);
  Deno.env.set("MINIFLARE_WORKERD_PATH", LAUNCHER);
  const guard = spawnGuard([env.PERIGEE_WORKERD_NOTE], "piped");
  guard.unref();
  return {
    env,
    async end() {
      guard.ref();
      endIfRunning(guard);
      await guard.status;
      await guard.stdin.close().catch(() => {});
      await Deno.remove(env.PERIGEE_WORKERD_NOTE).catch(() => {});
    },
  };
}

/**
 * The process that serves a mesh, in whose data folder its launcher has noted it; after a crash, the next one.
 * @param data the folder
 * @returns its id
 * @throws Error if none was ever started there, and on Windows
 */
export async function workerdOf(data: string): Promise<number> {
  for await (const { name } of Deno.readDir(data)) {
    if (NOTE.test(name)) return parseInt(await Deno.readTextFile(`${data}/${name}`));
  }
  throw new Error(`No workerd serves ${data}`);
}

const noteIn = (data: string): string => `${data}/workerd-${crypto.randomUUID()}`;

function spawnGuard(args: string[], stdin: "piped" | "null"): Deno.ChildProcess {
  return new Deno.Command("sh", { args: [GUARD, ...args], stdin, stdout: "null", stderr: "null" })
    .spawn();
}

function endIfRunning(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // So says Deno where it has ended already.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** The workerd that Miniflare would start: its own, or what its variable names. */
function workerdPath(): string {
  const named = Deno.env.get("MINIFLARE_WORKERD_PATH");
  if (named && named !== LAUNCHER) return named;
  const fromMiniflare = createRequire(import.meta.resolve("miniflare"));
  return (fromMiniflare("workerd") as { default: string }).default;
}
