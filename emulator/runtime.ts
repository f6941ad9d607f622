/**
 * Starts workerd with the bundled worker, and a door of our own before it.
 * Bindings and classes come from wrangler.toml, as in a deployment; only the settings are local.
 * @module
 */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { ASSETS } from "./assets.ts";
import type { Bundle } from "./bundle.ts";
import type { Secrets } from "./secrets.ts";
import type { EmulatorSettings } from "./settings.ts";

// What objects' files on disk are named by: never changes.
const NAME = "perigee";
const DOOR = "door";
const NOTHING = "nothing";

// A class that was renamed (wrangler.toml, migration v4) keeps its objects on Cloudflare; workerd derives
// an object's id, and its file, from this key, so here it is told the first name.
const FIRST_NAMES: Readonly<Record<string, string>> = {
  IdempotencyStore: "AnswerKeeper",
  LedgerCache: "Gatekeeper",
};

// Miniflare's own door does what a caller's MF-* headers tell it: it takes cf and the URL from them, and
// shows stacks with paths of this machine. This one drops them, and says nothing of where the caller is, as
// nobody knows that on loopback: requests name their origin.
// A CONNECT is for a proxy: workerd has said 200 before it asks the worker, so the tunnel ends at once.
// Without a handler it would say 500, and log an uncaught exception.
const DOOR_SCRIPT = `
export default {
  fetch(request, { MESH }) {
    const { method, url } = request;
    // As the header Host can make it.
    if (!URL.canParse(url)) return new Response("Bad Request", { status: 400 });
    const told = [...request.headers.keys()].filter((name) => name.startsWith("mf-"));
    const headers = told.length === 0 ? request.headers : new Headers(request.headers);
    for (const name of told) headers.delete(name);
    // A caller may send a body with these, of which nothing here knows what to do with it.
    const body = method === "GET" || method === "HEAD" ? null : request.body;
    // Not made of the request itself: what it says of cf would be read, and may be no JSON.
    return MESH.fetch(url, { method, headers, body, redirect: "manual", cf: {} });
  },
  connect() {},
};
`;

// Miniflare needs its own door, on a port that nobody is told, to reach workerd itself. Who finds the port
// gets this worker, and so says nothing to the mesh of where a caller is. A header that Miniflare's door
// cannot parse is still a 500 of its own, without words: it answers before it asks any worker.
const NOTHING_SCRIPT = `
export default { fetch: () => new Response("Not Found", { status: 404 }) };
`;

export interface Runtime {
  url: string;
  miniflare: Miniflare;
}

export interface RuntimeOptions {
  root: string;
  settings: EmulatorSettings;
  /** The worker's PERIGEE_CONSTELLATION. */
  constellation: string;
  data: string;
  bundle: Bundle;
  ledger: { url: string; token: string };
  secrets: Secrets;
  /** Variables of workerd's process. */
  env: Record<string, string>;
  /** Whether workerd listens for an inspector (benches/profile.ts): runtime.getInspectorURL() is where. */
  inspector: boolean;
  /** Told when workerd, having died, serves again, or why it does not. */
  restarted(error: Error | null): void;
}

export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const miniflare = new Miniflare(miniflareOptions(options));
  try {
    const { port } = await miniflare.unsafeGetDirectURL(DOOR);
    return { url: `http://localhost:${port}`, miniflare };
  } catch (error) {
    await miniflare.dispose().catch(() => {});
    throw error;
  }
}

/** Hears of a restart that failed: Miniflare tells it to its log only, and leaves it at that. */
class RuntimeLog extends Log {
  readonly #failed: (error: Error) => void;

  constructor(failed: (error: Error) => void) {
    super(LogLevel.WARN);
    this.#failed = failed;
  }

  override error(error: Error): void {
    if ((error as { code?: string }).code === "ERR_RUNTIME_FAILURE") this.#failed(error);
    else super.error(error);
  }
}

function miniflareOptions(
  { root, settings, constellation, data, bundle, ledger, secrets, env, inspector, restarted }:
    RuntimeOptions,
) {
  // Miniflare takes them by no option. V8 drops what it has compiled of WebAssembly for isolates at rest, and in
  // workerd never frees it: each sandbox that comes and goes would leave some 8 MB.
  Deno.env.set("MINIFLARE_WORKERD_V8_FLAGS", "--no-flush-liftoff-code");
  // Of the assets, their folder alone is bound, below.
  const { bindings: vars, assets: _, ...worker } = bundle.options;
  // MF-Route-Override makes Miniflare's own door ask a worker by its name: nobody can guess this one.
  const name = `${NAME}-${crypto.randomUUID()}`;
  const mesh = {
    ...worker,
    name,
    durableObjects: withLastingKeys(worker.durableObjects as Record<string, { className: string }>),
    modules: bundle.modules,
    modulesRoot: root,
    // Miniflare would put two workers of its own before the mesh, for every request.
    serviceBindings: {
      ...worker.serviceBindings as object | undefined,
      ASSETS: { disk: { path: `${root}/${ASSETS}`, writable: false } },
    },
    unsafeInspectorProxy: inspector,
    bindings: {
      ...vars as Record<string, string>,
      PERIGEE_CONSTELLATION: constellation,
      PERIGEE_CLOCK: settings.clock,
      PERIGEE_PROFILE: settings.profile,
      PERIGEE_RADIO: settings.radio,
      PERIGEE_CORS_ORIGINS: settings.cors_origins,
      ...(settings.hedge_share !== undefined && { PERIGEE_HEDGE_SHARE: settings.hedge_share }),
      PERIGEE_ENGINES: settings.engines,
      ...settings.engine_keys,
      PERIGEE_LEDGER_URL: ledger.url,
      PERIGEE_LEDGER_TOKEN: ledger.token,
      PERIGEE_ADMIN_TOKEN: secrets.admin_token,
      PERIGEE_DEV_KEY: secrets.dev_key,
      ...settings.traces,
    },
  };
  const door = {
    name: DOOR,
    modules: true as const,
    script: DOOR_SCRIPT,
    compatibilityDate: worker.compatibilityDate as string,
    serviceBindings: { MESH: name },
    unsafeDirectSockets: [{ host: "127.0.0.1", port: settings.port }],
  };
  const nothing = {
    name: NOTHING,
    modules: true as const,
    script: NOTHING_SCRIPT,
    compatibilityDate: worker.compatibilityDate as string,
    // Of Miniflare's own door: the first worker, which the tests' look at objects needs to be the mesh,
    // gets only what no route takes.
    routes: ["*/*"],
  };
  return convertV4MiniflareOptions({
    workers: [mesh, door, nothing],
    host: "127.0.0.1",
    cf: {},
    logRequests: false,
    log: new RuntimeLog(restarted),
    unsafeHandleRuntimeRestart: () => restarted(null),
    unsafeRuntimeEnv: env,
    ...(inspector && { inspectorPort: 0 }),
    resourcePersistencePath: `${data}/objects`,
    resourceTmpPath: `${data}/tmp`,
  });
}

/** Keys by which workerd finds an object's file, whatever the worker is called in this run. */
function withLastingKeys(classes: Record<string, { className: string }>) {
  return Object.fromEntries(
    Object.entries(classes).map(([binding, designator]) => {
      const first = FIRST_NAMES[designator.className] ?? designator.className;
      return [binding, { ...designator, unsafeUniqueKey: `${NAME}-${first}` }];
    }),
  );
}
