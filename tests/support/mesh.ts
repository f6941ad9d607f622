/**
 * A whole mesh for the tests of one file, or of several that run as one: started before the first,
 * ended after the last, over a data folder of its own. Reads the ledger with a plain libSQL client and
 * SQL written here, so that nothing of ours stands between a test and the rows.
 *
 * ```ts
 * const test = meshTest();
 * test("GET /v2 says who answers", async (mesh) => {
 *   const { status } = await mesh.call("/v2");
 * });
 * ```
 * @module
 */
import { type Client, createClient, type InArgs } from "@libsql/client/web";
import assert from "node:assert/strict";
import { readSettings } from "../../emulator/settings.ts";
import { checkAnswer } from "./described.ts";
import { type Emulator, startEmulator, type StartOptions } from "../../emulator/start.ts";

// Who has a mesh has things to wait for.
export { sleep, within } from "./within.ts";

// deno-lint-ignore no-explicit-any -- a test reads what came, whatever its shape
export type Json = any;

export interface Call {
  method?: string;
  /** An object is sent as JSON; anything else as it is. */
  body?: object | BodyInit;
  headers?: Record<string, string>;
  /** Who calls: the development key unless given; null shows none. */
  key?: string | null;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The body read as JSON; undefined if it is none. */
  body: Json;
}

export interface Mesh extends AsyncDisposable {
  url: string;
  emulator: Emulator;
  call(path: string, options?: Call): Promise<Reply>;
  /** The same with the admin token. */
  admin(path: string, options?: Call): Promise<Reply>;
  /** Rows of the ledger. */
  rows(sql: string, args?: InArgs): Promise<Json[]>;
  /** A new tenant with one key. @returns the key */
  tenant(id: string, key?: { scopes?: string[]; expires_at?: string }): Promise<string>;
  /**
   * The objects of nodes that exist beside those of the start, which may have warmed one: each was touched
   * once at least.
   */
  nodeObjects(): Promise<string[]>;
}

/**
 * @param env as for `deno task dev`
 * @param how a mesh that is not warm starts a second sooner, and the first who asks waits for it
 */
export async function startMesh(
  env: Record<string, string> = {},
  how: StartOptions = { warm: false },
): Promise<Mesh> {
  const data = await Deno.makeTempDir({ prefix: "perigee-mesh-" });
  const settings = readSettings(
    (name) => ({ PORT: "0", PERIGEE_DATA: data, ...env })[name],
    Date.now(),
  );
  const emulator = await startEmulator(settings, how);
  const { ledger, secrets, runtime } = emulator;
  const client: Client = createClient({ url: ledger.url, authToken: ledger.token });
  const warmed = new Set(await runtime.listDurableObjectIds("NODES"));
  const mesh: Mesh = {
    url: emulator.url,
    emulator,
    call: (path, { key = secrets.dev_key, ...options } = {}) =>
      send(`${emulator.url}${path}`, { key, ...options }),
    admin: (path, options) =>
      send(`${emulator.url}${path}`, { key: secrets.admin_token, ...options }),
    async rows(sql, args = []) {
      const { rows } = await client.execute({ sql, args });
      return rows;
    },
    async tenant(id, key = {}) {
      const made = await mesh.admin("/v1/tenants", { body: { id, name: id } });
      assert.ok(made.status === 201 || made.status === 409, made.text);
      const answer = await mesh.admin(`/v1/tenants/${id}/keys`, { body: { name: "test", ...key } });
      assert.equal(answer.status, 201, answer.text);
      return answer.body.key;
    },
    nodeObjects: async () => {
      const ids = await runtime.listDurableObjectIds("NODES");
      return ids.filter((id) => !warmed.has(id));
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await emulator.close();
      await Deno.remove(data, { recursive: true });
    },
  };
  return mesh;
}

type MeshTest = (name: string, run: (mesh: Mesh) => Promise<void>) => void;

/**
 * Returns what registers a test of one mesh, which starts with the first of them and ends with the last.
 * @param env a function is called as the mesh starts: what follows this machine's pace is of that moment
 */
export function meshTest(
  env: Record<string, string> | (() => Record<string, string>) = {},
  how?: StartOptions,
): MeshTest {
  let mesh: Mesh | undefined;
  let left = 0;
  const end = async () => {
    const ended = mesh;
    mesh = undefined;
    await ended?.[Symbol.asyncDispose]();
  };
  // Where only some of them run, the last one may not.
  Deno.test.afterAll(end);
  return (name: string, run: (mesh: Mesh) => Promise<void>) => {
    left++;
    Deno.test({
      name,
      // The mesh outlives a test: its sockets and timers are not the test's leaks.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        left--;
        mesh ??= await startMesh(typeof env === "function" ? env() : env, how);
        try {
          await run(mesh);
        } finally {
          if (left === 0) await end();
        }
      },
    });
  };
}

let shared: MeshTest | undefined;

/** As meshTest(), of the one mesh that the files of http/shared_test.ts share. */
export function sharedMeshTest(): MeshTest {
  return shared ??= meshTest();
}

// workerd closes idle connections, after 15 s when this was written. A request that goes out on one in that very
// moment is lost, which a machine whose cores are busy makes likely: here none is used again that was idle for so
// long.
const client = Deno.createHttpClient({ poolIdleTimeout: 5_000 });

/** Sends one request; POST if there is a body, JSON unless a header says otherwise. */
export async function send(
  url: string,
  { method, body, headers, key }: Call,
): Promise<Reply> {
  const raw = body === undefined || typeof body === "string" || body instanceof Uint8Array ||
    body instanceof ReadableStream;
  const sent = {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(key && { Authorization: `Bearer ${key}` }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    body: raw ? body as BodyInit : JSON.stringify(body),
    redirect: "manual" as const,
  };
  const response = await fetch(url, { ...sent, client });
  const text = await response.text();
  const { status, headers: got } = response;
  await checkAnswer({ method: sent.method, url, status, headers: got, text });
  return { status, headers: got, text, body: parsed(text) };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
