/**
 * A ledger of one test: a real bridge over a file in a folder of its own, migrated, and gone afterwards.
 * @module
 */

import { startBridge } from "../../emulator/bridge/server.ts";
import { migrateLedger } from "../../emulator/migrate.ts";
import { type Ledger, openLedger } from "../../ledger/client.ts";

export interface TemporaryLedger extends AsyncDisposable {
  ledger: Ledger;
  url: string;
  token: string;
}

export async function temporaryLedger(): Promise<TemporaryLedger> {
  const folder = await Deno.makeTempDir({ prefix: "perigee-ledger-" });
  const token = crypto.randomUUID();
  const bridge = await startBridge({ file: `${folder}/ledger.db`, token });
  const ledger = openLedger({ url: bridge.url, authToken: token });
  await migrateLedger(ledger);
  return {
    ledger,
    url: bridge.url,
    token,
    async [Symbol.asyncDispose]() {
      await bridge.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
