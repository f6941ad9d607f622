/**
 * What a sandbox can reach, by construction: another program is put into the very isolate that an uploaded
 * model gets, and tries everything that a program can try. A model can do less: it is data.
 * @module
 */
import assert from "node:assert/strict";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { parse } from "node:path";
import { SANDBOX_PARTS } from "../../inference/sandbox/sandbox-parts.ts";
import { workerCode } from "../../inference/sandbox/worker-code.ts";

const SECRET = "what only the mesh's own worker has";

/** Tells how each attempt ended: what it got, or the error's message. */
const PROBE = `
export const modelWorker = ({ platform, runtime, model }) =>
  class extends platform.WorkerEntrypoint {
    async tryAll(url) {
      const { host } = new URL(url);
      const attempts = {
        fetch: () => fetch(url),
        fetch_elsewhere: () => fetch("https://example.com/"),
        websocket: async () => {
          const { webSocket } = await fetch(url, { headers: { Upgrade: "websocket" } });
          return webSocket;
        },
        new_websocket: () => new Promise((resolve, reject) => {
          const socket = new WebSocket(url.replace("http", "ws"));
          socket.addEventListener("open", resolve);
          socket.addEventListener("error", () => reject(new Error("not opened")));
        }),
        event_source: () => new Promise((resolve, reject) => {
          const source = new EventSource(url);
          source.onopen = resolve;
          source.onerror = () => reject(new Error("not opened"));
        }),
        socket: async () => {
          const { connect } = await import("cloudflare:sockets");
          await connect(host).opened;
        },
        cache_put: () => caches.default.put(url, new Response("x", { headers: { "Cache-Control": "max-age=60" } })),
        cache_match: () => caches.default.match(url),
        cache_open: async () => (await caches.open("x")).match(url),
        eval: () => eval("1"),
        function: () => new Function("return 1")(),
        compile: () => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
        node_fs: () => import("node:fs"),
        node_net: async () => {
          const { connect } = await import("node:net");
          const [hostname, port] = host.split(":");
          await new Promise((resolve, reject) => connect(Number(port), hostname, resolve).on("error", reject));
        },
        node_http: async () => {
          const { get } = await import("node:http");
          await new Promise((resolve, reject) => get(url, resolve).on("error", reject));
        },
        parent_module: () => import("./parent.mjs"),
        storage: () => this.ctx.storage.get("x"),
      };
      const ends = {};
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          ends[name] = { got: Object.prototype.toString.call(await attempt()) };
        } catch (error) {
          ends[name] = { error: String(error?.message ?? error) };
        }
      }
      return ends;
    }

    async look() {
      const { env } = await import("node:process");
      return {
        env: Object.keys(this.env),
        imported_env: Object.keys(platform.env ?? {}),
        props: Object.keys(this.ctx.props ?? {}),
        secret: globalThis.SECRET ?? null,
        mark: globalThis.mark ?? null,
        process_env: Object.keys({ ...env, ...globalThis.process?.env }),
        is_module: runtime instanceof WebAssembly.Module,
        model_bytes: model.byteLength,
      };
    }

    leave(mark) {
      globalThis.mark = mark;
    }
  };
`;

/** Loads sandboxes as the engine does, and has what they must not get. */
const PARENT = `
import { WorkerEntrypoint } from "cloudflare:workers";
import code from "./code.txt";
import runtime from "./ort.wasm";
globalThis.SECRET = ${JSON.stringify(SECRET)};
const sandbox = (env, id) => env.LOADER.get(id, () => {
  const { modules, ...rest } = JSON.parse(code);
  return { ...rest, modules: {
    ...modules,
    "ort.wasm": { wasm: runtime },
    "model.onnx": { data: new TextEncoder().encode(id).buffer },
  } };
}).getEntrypoint();
export default class extends WorkerEntrypoint {
  async fetch(request) {
    const { id, method, args } = await request.json();
    return Response.json(await sandbox(this.env, id)[method](...args) ?? null);
  }
}
`;

async function withSandboxes(
  run: (call: (id: string, method: string, ...args: string[]) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const code = workerCode({
    ...SANDBOX_PARTS,
    script: PROBE,
    // Not as JSON: the parent puts them in.
    runtime: null as unknown as WebAssembly.Module,
    model: null as unknown as ArrayBuffer,
  });
  const module = (
    type: "ESModule" | "Text" | "CompiledWasm",
    path: string,
    contents: string | Uint8Array,
  ) => ({
    type,
    path,
    contents: typeof contents === "string" ? new TextEncoder().encode(contents) : contents,
  });
  const wasm = import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
  const miniflare = new Miniflare(convertV4MiniflareOptions(
    {
      host: "127.0.0.1",
      cf: {},
      workers: [{
        name: "parent",
        compatibilityDate: code.compatibilityDate,
        modulesRoot: parse(Deno.cwd()).root,
        modules: [
          module("ESModule", "parent.mjs", PARENT),
          module("Text", "code.txt", JSON.stringify(code)),
          module("CompiledWasm", "ort.wasm", await Deno.readFile(new URL(wasm))),
        ],
        bindings: { SECRET },
        workerLoaders: { LOADER: {} },
      }],
    } as Parameters<typeof convertV4MiniflareOptions>[0],
  ));
  try {
    const url = await miniflare.ready;
    await run(async (id, method, ...args) => {
      const response = await fetch(url, {
        method: "POST",
        body: JSON.stringify({ id, method, args }),
      });
      const text = await response.text();
      assert.equal(response.status, 200, text);
      return JSON.parse(text);
    });
  } finally {
    await miniflare.dispose();
  }
}

Deno.test("A sandbox is made of these options, and of no others", () => {
  const runtime = { module: true } as unknown as WebAssembly.Module;
  const model = new ArrayBuffer(1);
  const { modules, ...options } = workerCode({ script: "a", ort: "b", runtime, model });
  assert.deepEqual(options, {
    compatibilityDate: "2026-10-01",
    compatibilityFlags: ["no_nodejs_compat"],
    mainModule: "main.mjs",
    env: {},
    globalOutbound: null,
    limits: { cpuMs: 10_000, subRequests: 0 },
  });
  const { "main.mjs": main, ...others } = modules;
  assert.deepEqual(others, {
    "model-worker.mjs": { js: "a" },
    "ort.mjs": { js: "b" },
    "ort.wasm": { wasm: runtime },
    "model.onnx": { data: model },
  });
  assert.ok("js" in main && main.js.includes("memory_pages_max: 1536"));
});

Deno.test("A sandbox has the date of the mesh's own worker", async () => {
  const wrangler = await Deno.readTextFile(new URL("../../wrangler.toml", import.meta.url));
  const { compatibilityDate } = workerCode({ ...SANDBOX_PARTS, model: new ArrayBuffer(0) });
  assert.ok(wrangler.includes(`compatibility_date = "${compatibilityDate}"`));
});

Deno.test("From a sandbox nothing is reached: no network, no cache, no code, no file, no binding, no neighbour", async () => {
  let connections = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listening = (async () => {
    for await (const connection of listener) {
      connections++;
      connection.close();
    }
  })();
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  try {
    await withSandboxes(async (call) => {
      const ends = await call("tenant-a/1", "tryAll", url) as Record<string, { error?: string }>;
      assert.equal(Object.keys(ends).length, 17);
      for (const [name, end] of Object.entries(ends)) {
        assert.ok(end.error !== undefined, `${name}: ${JSON.stringify(end)}`);
      }
      for (const name of ["fetch", "fetch_elsewhere", "websocket", "new_websocket", "socket"]) {
        assert.match(ends[name].error!, /not permitted to access the internet/, name);
      }
      const empty = {
        env: [],
        imported_env: [],
        props: [],
        secret: null,
        mark: null,
        process_env: [],
        is_module: true,
        model_bytes: "tenant-a/1".length,
      };
      assert.deepEqual(await call("tenant-a/1", "look"), empty);
      await call("tenant-a/1", "leave", "was here");
      assert.deepEqual(await call("tenant-a/1", "look"), { ...empty, mark: "was here" });
      assert.deepEqual(await call("tenant-b/1", "look"), empty);
    });
    assert.equal(connections, 0);
  } finally {
    listener.close();
    await listening;
  }
});
