/**
 * A ledger in memory behind the client that the mesh has, for tests of many thousand requests: what a
 * client sends is answered in this thread, by the bridge's own pipeline, and passes no socket.
 * Not its job: the bridge's server and thread (temporary-ledger.ts has them).
 * @module
 */
import { decodePipeline } from "../../emulator/bridge/decode.ts";
import { LedgerFile } from "../../emulator/bridge/ledger-file.ts";
import { runPipeline } from "../../emulator/bridge/pipeline.ts";
import { migrateLedger } from "../../emulator/migrate.ts";
import { openLedger } from "../../ledger/client.ts";
import type { TemporaryLedger } from "./temporary-ledger.ts";

// Nobody listens there: a request that passes by this module fails.
const URL_OF_IT = "http://127.0.0.1:1";

/** Opens it, migrated. While it is open, this process's fetch() reaches nothing else at its address. */
export async function ledgerInProcess(): Promise<TemporaryLedger> {
  const file = new LedgerFile(":memory:");
  const token = crypto.randomUUID();
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    if (!(input instanceof Request) || !input.url.startsWith(URL_OF_IT)) return fetch(input, init);
    if (input.method === "GET") return new Response();
    if (input.headers.get("Authorization") !== `Bearer ${token}`) {
      return new Response("The token is missing or wrong", { status: 401 });
    }
    return Response.json(runPipeline(file, decodePipeline(await input.json())));
  };
  const ledger = openLedger({ url: URL_OF_IT, authToken: token });
  await migrateLedger(ledger);
  return {
    ledger,
    url: URL_OF_IT,
    token,
    [Symbol.asyncDispose]() {
      globalThis.fetch = fetch;
      file.close();
      return Promise.resolve();
    },
  };
}
