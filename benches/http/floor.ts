/**
 * Starts the bare worker of floor/ as the emulator starts the mesh: bundled by wrangler, behind a door of
 * one line, its objects on disk.
 * @module
 */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("./floor", import.meta.url));

// As the emulator's door: one worker that hands on to the other.
const DOOR = `
export default {
  fetch(request, { FLOOR }) {
    const { method, url, headers } = request;
    const body = method === "GET" || method === "HEAD" ? null : request.body;
    return FLOOR.fetch(url, { method, headers, body, redirect: "manual", cf: {} });
  },
};
`;

/** Of an inference, and of a route. */
export interface Answers {
  inferred: unknown;
  routed: unknown;
}

export interface Floor {
  url: string;
  close(): Promise<void>;
}

/**
 * Starts it in a process of its own: the emulator's guard watches every workerd of its process.
 * @param data the folder of its objects
 * @param answers what it answers beside what it was asked: answers of the mesh, as they came
 */
export async function startFloor(data: string, answers: Answers): Promise<Floor> {
  const env = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !/^(MINIFLARE|PERIGEE)_/.test(name)
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(import.meta.url), data, JSON.stringify(answers)],
    clearEnv: true,
    env: Object.fromEntries(env),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const url = /^http:\S+$/m.exec(text)?.[0];
    if (!url) continue;
    return {
      url,
      close: async () => {
        await child.stdin.close();
        await child.status;
      },
    };
  }
  throw new Error("The floor did not start");
}

async function serve(data: string, { inferred, routed }: Answers): Promise<void> {
  const built = await Deno.makeTempDir({ prefix: "perigee-floor-" });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "npm:wrangler", "deploy", "--dry-run", "--outdir", built],
    cwd: FOLDER,
    env: { WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`The floor did not bundle:\n${new TextDecoder().decode(stderr)}`);
  const script = await Deno.readTextFile(`${built}/worker.js`);
  await Deno.remove(built, { recursive: true });
  const compatibilityDate = "2026-10-01";
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    workers: [
      {
        name: "floor",
        modules: true as const,
        script,
        compatibilityDate,
        bindings: { ANSWER: inferred as never, ROUTED: routed as never },
        durableObjects: { BARE: { className: "Bare", useSQLite: true } },
      },
      {
        name: "door",
        modules: true as const,
        script: DOOR,
        compatibilityDate,
        serviceBindings: { FLOOR: "floor" },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      },
    ],
    host: "127.0.0.1",
    cf: {},
    logRequests: false,
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: `${data}/objects`,
    resourceTmpPath: `${data}/tmp`,
  }));
  const { port } = await miniflare.unsafeGetDirectURL("door");
  console.log(`http://127.0.0.1:${port}`);
  // Until whoever started it lets go of its input, or dies.
  for await (const _ of Deno.stdin.readable);
  await miniflare.dispose();
}

if (import.meta.main) await serve(Deno.args[0], JSON.parse(Deno.args[1]));
