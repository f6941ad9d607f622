/**
 * Serves a libSQL file over Hrana on loopback, in place of a libSQL server, on one machine.
 * Not its job: replication, several databases, streams that outlive a request.
 *
 * ```ts
 * const bridge = await startBridge({ file: "ledger.db", token: crypto.randomUUID() });
 * const ledger = openLedger({ url: bridge.url, authToken: token });
 * await bridge.close();
 * ```
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { dirname } from "node:path";
import { ProtocolError } from "./hrana.ts";
import { LedgerThread } from "./ledger-thread.ts";
import { BodyTooLarge, readBody } from "./read-body.ts";

// A runaway client must not fill the memory of the process that owns the file. 500 executions are 1 MB.
const BODY_BYTES_MAX = 16 * 1024 * 1024;

// A client that never finishes its request must not keep the emulator from ending.
const CLOSE_MS_MAX = 5_000;

export interface BridgeOptions {
  file: string;
  /** What clients show as `Authorization: Bearer <token>`: random, new at each start. */
  token: string;
  /** Any free port by default. */
  port?: number;
  hostname?: "127.0.0.1";
}

export interface Bridge {
  url: string;
  /** Answers what is under way, then empties the log into the file and closes it. */
  close(): Promise<void>;
}

export async function startBridge(
  { file, token, port = 0, hostname = "127.0.0.1" }: BridgeOptions,
): Promise<Bridge> {
  if (token.length < 16) throw new RangeError("The bridge's token must be 16 characters or more");
  await Deno.mkdir(dirname(file), { recursive: true });
  const ledger = await LedgerThread.open(file);
  const abort = new AbortController();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve(
      { hostname, port, signal: abort.signal, onListen: () => {} },
      bridgeHandler(ledger, token),
    );
  } catch (error) {
    await ledger.close();
    throw error;
  }
  const closed = Promise.withResolvers<void>();
  let closing = false;
  const close = async () => {
    const timer = setTimeout(() => abort.abort(), CLOSE_MS_MAX);
    await server.shutdown();
    await server.finished;
    clearTimeout(timer);
    await ledger.close();
  };
  return {
    url: `http://${hostname}:${server.addr.port}`,
    close() {
      if (!closing) close().then(closed.resolve, closed.reject);
      closing = true;
      return closed.promise;
    },
  };
}

function bridgeHandler(ledger: LedgerThread, token: string) {
  const isToken = tokenCheck(token);
  return async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    // A client asks for the version before it has said who it is.
    if (pathname === "/v2") return only("GET", request) ?? new Response(null, { status: 200 });
    if (pathname !== "/v2/pipeline") return failure(404, "NOT_FOUND", "Only /v2 is served here");
    const wrongMethod = only("POST", request);
    if (wrongMethod !== null) return wrongMethod;
    if (!isToken(request.headers.get("authorization"))) {
      return failure(401, "UNAUTHORIZED", "The token is missing or wrong", {
        "www-authenticate": "Bearer",
      });
    }
    let body;
    try {
      body = await readBody(request, BODY_BYTES_MAX);
    } catch (error) {
      if (error instanceof BodyTooLarge) return failure(413, "BODY_TOO_LARGE", error.message);
      // Whoever sent it has left, or was ended, in the middle of it.
      return failure(400, "BODY_CUT_OFF", "The body ended before it was whole");
    }
    try {
      const answer = await ledger.run(body);
      return new Response(answer, { headers: { "content-type": "application/json" } });
    } catch (error) {
      if (error instanceof ProtocolError) return failure(400, error.code, error.message);
      console.error("The ledger bridge failed", error);
      return failure(500, "INTERNAL", "The ledger bridge failed; its log says why");
    }
  };
}

function only(method: string, request: Request): Response | null {
  if (request.method === method) return null;
  return failure(405, "METHOD_NOT_ALLOWED", `Only ${method} is served here`, { allow: method });
}

function failure(status: number, code: string, message: string, headers?: HeadersInit): Response {
  return Response.json({ message, code }, { status, headers });
}

/** Compares digests, which are of one length, in constant time. */
function tokenCheck(token: string): (authorization: string | null) => boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ""), expected);
}
