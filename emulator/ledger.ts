/**
 * The ledger of a local mesh: a file of its own behind a bridge, or a libSQL server that is named.
 * @module
 */
import { ledgerAddress } from "../contract/ledger-url.ts";
import { openLedger } from "../ledger/client.ts";
import { type Bridge, startBridge } from "./bridge/server.ts";
import { failureOf } from "./failure.ts";
import type { LedgerServer } from "./ledger-server.ts";
import { migrateLedger } from "./migrate.ts";

export interface EmulatorLedger {
  url: string;
  token: string;
  /** Empty where it is a server's. */
  file: string;
  /** Takes it away, as an outage does; its own file only. @returns brings it back, where it was */
  takeAway(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Opens it and applies what migrations it lacks. @param server null: a file in the data folder */
export async function openEmulatorLedger(
  server: LedgerServer | null,
  data: string,
  say: (step: string) => void,
): Promise<EmulatorLedger> {
  const ledger = server ? remoteLedger(server) : await localLedger(`${data}/ledger.db`);
  try {
    const applied = await migrateLedger(openLedger({ url: ledger.url, authToken: ledger.token }));
    if (applied.length > 0) say(`Migrated the ledger: ${applied.join(", ")}`);
    return ledger;
  } catch (error) {
    await ledger.close();
    if (!server) throw error;
    throw new Error(`The server at PERIGEE_LEDGER_URL is no usable ledger: ${failureOf(error)}`);
  }
}

function remoteLedger(server: LedgerServer): EmulatorLedger {
  const { url, authToken = "" } = ledgerAddress(server.url, server.token);
  return {
    url,
    token: authToken,
    file: "",
    takeAway: () =>
      Promise.reject(new Error("A server's ledger is not the emulator's to take away")),
    close: async () => {},
  };
}

async function localLedger(file: string): Promise<EmulatorLedger> {
  const token = crypto.randomUUID() + crypto.randomUUID();
  let bridge: Bridge = await startBridge({ file, token });
  const { url } = bridge;
  return {
    url,
    token,
    file,
    async takeAway() {
      await bridge.close();
      return async () => {
        bridge = await startBridge({ file, token, port: Number(new URL(url).port) });
      };
    },
    close: () => bridge.close(),
  };
}
