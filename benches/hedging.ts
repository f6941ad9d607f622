/**
 * `deno task bench:hedging`: one node of twenty is slow. How long realtime asks take with hedging and
 * without, in one run; and that of the asks none is charged twice, and none told what the ledger does not
 * hold. The slow node's delay is a fault of the operator's route, so it is real time.
 * @module
 */
import { createClient } from "@libsql/client/web";
import { readSettings } from "../emulator/settings.ts";
import { type Emulator, startEmulator } from "../emulator/start.ts";
import { realtimeAsk, TWENTY } from "./twenty.ts";

const USAGE = `Usage: deno task bench:hedging [--asks <number>]
  --asks <number>   with hedging (10,000); without it a fifth as many, as each late one is waited for`;

const DELAY_MS = 5_000;
const AT_ONCE = 8;
// A fault is in the memory of the object that has custody: it is set anew as the node may have crossed a
// border.
const RENEWED_EVERY = 200;
const LEDGER_PATIENCE_MS = 60_000;

interface Told {
  execution_id: string;
  node: string;
  region: string;
  charge_microcredits: number;
  attempts: number;
}

interface Side {
  p50_ms: number;
  p99_ms: number;
  told: Told[];
  /** Rows of the ledger, of any id. */
  rows: number;
  /** Answers whose row is missing, or says something else. */
  wrong: number;
}

async function side(share: string, asks: number): Promise<Side> {
  const data = await Deno.makeTempDir({ prefix: "perigee-hedging-" });
  const env: Record<string, string> = {
    PORT: "0",
    PERIGEE_DATA: data,
    PERIGEE_CONSTELLATION: JSON.stringify(TWENTY),
    PERIGEE_HEDGE_SHARE: share,
  };
  const emulator = await startEmulator(readSettings((name) => env[name], Date.now()));
  try {
    const nodes = (await get(emulator, "/v1/nodes?limit=100")).data.map(({ id }: { id: string }) =>
      id
    );
    const told: Told[] = [];
    const took: number[] = [];
    // Objects are made and compilers warm before anything is measured.
    for (let i = 0; i < 3 * nodes.length; i++) told.push(await infer(emulator, nodes[i % 20]));
    let next = 0;
    const caller = async () => {
      for (let i = next++; i < asks; i = next++) {
        if (i % RENEWED_EVERY === 0) await makeSlow(emulator, nodes[0]);
        const began = performance.now();
        told.push(await infer(emulator, nodes[i % nodes.length]));
        took.push(performance.now() - began);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, caller));
    took.sort((a, b) => a - b);
    const at = (share: number) => took[Math.floor(share * (took.length - 1))];
    return { p50_ms: at(0.5), p99_ms: at(0.99), told, ...await compare(emulator, told) };
  } finally {
    await emulator.close();
    await Deno.remove(data, { recursive: true });
  }
}

async function get({ url, secrets }: Emulator, path: string) {
  const response = await fetch(url + path, {
    headers: { Authorization: `Bearer ${secrets.dev_key}` },
  });
  return await response.json();
}

async function post(url: string, key: string, body: object) {
  const response = await fetch(url, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return await response.json();
}

const makeSlow = ({ url, secrets }: Emulator, node: string) =>
  post(`${url}/v1/nodes/${node}/slow`, secrets.admin_token, {
    delay_ms: DELAY_MS,
    lasts_ms: 600_000,
  });

async function infer({ url, secrets }: Emulator, node: string): Promise<Told> {
  const { parameters } = await post(
    `${url}/v2/models/drive-rss/infer`,
    secrets.dev_key,
    realtimeAsk(node),
  );
  return parameters;
}

/** Compares what was told with the ledger, once it has all of it. */
async function compare({ ledger }: Emulator, told: readonly Told[]) {
  const client = createClient({ url: ledger.url, authToken: ledger.token });
  try {
    const until = Date.now() + LEDGER_PATIENCE_MS;
    for (;;) {
      const { rows } = await client.execute(
        "SELECT id, node, region, charge_microcredits FROM receipts",
      );
      if (rows.length < told.length && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        continue;
      }
      const by_id = new Map(rows.map((row) => [row.id, row]));
      const wrong = told.filter(({ execution_id, node, region, charge_microcredits }) => {
        const row = by_id.get(execution_id);
        return row?.node !== node || row.region !== region ||
          row.charge_microcredits !== charge_microcredits;
      });
      return { rows: rows.length, wrong: wrong.length };
    }
  } finally {
    client.close();
  }
}

if (import.meta.main) {
  const [flag, number, ...more] = Deno.args;
  const asks = flag === undefined ? 10_000 : Number(number);
  if ((flag !== undefined && flag !== "--asks") || !(asks >= 100) || more.length > 0) {
    console.log(USAGE);
    Deno.exit(flag === "--help" ? 0 : 2);
  }
  const without = await side("0", Math.ceil(asks / 5));
  const with_hedging = await side("0.1", asks);
  const row = (what: string, { p50_ms, p99_ms, told, rows, wrong }: Side) =>
    `| ${what} | ${told.length} | ${p50_ms.toFixed(0)} ms | ${p99_ms.toFixed(0)} ms | ${
      told.filter(({ attempts }) => attempts > 1).length
    } | ${rows} | ${wrong} |`;
  console.log(
    [
      "| | asks | p50 | p99 | told of a second node | receipts | told otherwise |",
      "|---|---:|---:|---:|---:|---:|---:|",
      row("without hedging", without),
      row("with hedging", with_hedging),
    ].join("\n"),
  );
  const ratio = with_hedging.p99_ms / without.p99_ms;
  const once = [without, with_hedging].every(({ told, rows, wrong }) =>
    wrong === 0 && rows === told.length
  );
  console.log(`\np99 falls to ${ratio.toFixed(2)} of it. ${once ? "Each is charged once." : ""}`);
  Deno.exit(ratio <= 0.5 && once ? 0 : 1);
}
