/**
 * A bridge of one test over an empty file, and a plain Hrana client that hides nothing of the wire.
 * @module
 */

import { startBridge } from "../../emulator/bridge/server.ts";

// deno-lint-ignore no-explicit-any -- a test reads what came, whatever its shape
type Json = any;

export interface TemporaryBridge extends AsyncDisposable {
  url: string;
  token: string;
  post(body: unknown, headers?: HeadersInit): Promise<{ status: number; body: Json }>;
  /** The results of a pipeline that the bridge accepts. */
  pipeline(...requests: unknown[]): Promise<Json[]>;
  /** The result of one statement, or its error. */
  execute(sql: string, stmt?: Record<string, unknown>): Promise<Json>;
}

export async function temporaryBridge(): Promise<TemporaryBridge> {
  const folder = await Deno.makeTempDir({ prefix: "perigee-bridge-" });
  const token = crypto.randomUUID();
  const { url, close } = await startBridge({ file: `${folder}/new/ledger.db`, token });

  const post: TemporaryBridge["post"] = async (body, headers = {}) => {
    const response = await fetch(`${url}/v2/pipeline`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const pipeline: TemporaryBridge["pipeline"] = async (...requests) => {
    const { status, body } = await post({ baton: null, requests });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body.results;
  };
  return {
    url,
    token,
    post,
    pipeline,
    async execute(sql, stmt = {}) {
      const [result] = await pipeline({ type: "execute", stmt: { sql, ...stmt } });
      return result.type === "ok" ? result.response.result : result.error;
    },
    async [Symbol.asyncDispose]() {
      await close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
