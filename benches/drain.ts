/**
 * From a collector to the ledger: receipts a second of one Collector in workerd, beside what the ledger's
 * bridge takes at most, given the same batches ready-made by a client that does nothing else.
 * @module
 */
import { openLedger } from "../ledger/client.ts";
import type { Execution } from "../ledger/execution.ts";
import { EXECUTIONS_MAX } from "../ledger/record-executions.ts";
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import type { Line, Report } from "./timing.ts";

const RATE_MIN = 20_000;
const RATIO_MIN = 0.5;
// One message to the collector: far below the 32 MB of an RPC.
const MESSAGE = 200;
const ROUNDS = 3;
// A collector asks a ledger that was away again within half a minute.
const ARRIVE_MS_MAX = 120_000;

export async function benchDrain({ small }: { small: boolean }): Promise<Report> {
  const count = small ? 6_000 : 40_000;
  const data = await Deno.makeTempDir({ prefix: "perigee-bench-" });
  const settings = readSettings((name) => ({ PORT: "0", PERIGEE_DATA: data })[name], Date.now());
  const { runtime, ledger, close } = await startEmulator(settings);
  const reader = openLedger({ url: ledger.url, authToken: ledger.token });
  const writer = new Writer(ledger);
  try {
    // Miniflare's proxy of a namespace, whose types know nothing of our objects.
    const collectors = await runtime.getDurableObjectNamespace("COLLECTORS") as unknown as {
      getByName(name: string): { collect(executions: Execution[]): Promise<void> };
    };
    const collector = collectors.getByName("collector-0@weur");
    const rates = { collector: [] as number[], bridge: [] as number[] };
    for (let round = 0; round < (small ? 1 : ROUNDS); round++) {
      await empty(reader);
      const drained = executionsOf(count, `c${round}`);
      const bringBack = await ledger.takeAway();
      for (let at = 0; at < count; at += MESSAGE) {
        await collector.collect(drained.slice(at, at + MESSAGE));
      }
      await bringBack();
      rates.collector.push(await rateOf(reader, count));
      await empty(reader);
      await writer.prepare(executionsOf(count, `b${round}`));
      const [rate] = await Promise.all([rateOf(reader, count), writer.write()]);
      rates.bridge.push(rate);
    }
    const [rate, limit] = [median(rates.collector), median(rates.bridge)];
    return { title: "Draining a backlog into the ledger", lines: linesOf(rate, limit) };
  } finally {
    writer.end();
    await close();
    await Deno.remove(data, { recursive: true });
  }
}

const linesOf = (rate: number, limit: number): Line[] => [
  {
    what: "one Collector, receipts a second, each with its placement",
    measured: perSecond(rate),
    target: perSecond(RATE_MIN),
    holds: rate >= RATE_MIN,
  },
  {
    what: `the bridge's own limit: the same batches of ${EXECUTIONS_MAX}, ready-made`,
    measured: perSecond(limit),
    holds: null,
  },
  {
    what: "the Collector over that limit",
    measured: `${(rate / limit).toFixed(2)} x`,
    target: `${RATIO_MIN} x`,
    holds: rate / limit >= RATIO_MIN,
  },
];

const empty = (reader: ReturnType<typeof openLedger>) =>
  reader.$client.batch(["DELETE FROM receipts", "DELETE FROM placements"], "write");

/** Rows that arrive a second, from the first tenth of them to the last. */
async function rateOf(reader: ReturnType<typeof openLedger>, count: number): Promise<number> {
  let began: { at: number; rows: number } | undefined;
  const until = performance.now() + ARRIVE_MS_MAX;
  for (;;) {
    // By rowid: counting would read all of them each time.
    const { rows: [{ last }] } = await reader.$client.execute(
      "SELECT max(rowid) AS last FROM receipts",
    );
    const [rows, at] = [Number(last ?? 0), performance.now()];
    if (rows >= count / 10) began ??= { at, rows };
    if (rows >= count && began) return (rows - began.rows) / (at - began.at) * 1e3;
    if (at > until) throw new Error(`${rows} of ${count} rows have arrived`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The client that does nothing else, in a thread of its own. */
class Writer {
  readonly #worker = new Worker(new URL("./drain-writer.ts", import.meta.url), { type: "module" });

  constructor(ledger: { url: string; token: string }) {
    const { url, token } = ledger;
    this.#worker.postMessage({ ledger: { url, token } });
  }

  prepare(executions: Execution[]): Promise<void> {
    return this.#ask({ prepare: executions, batch: EXECUTIONS_MAX });
  }

  write(): Promise<void> {
    return this.#ask({ write: true });
  }

  end(): void {
    this.#worker.terminate();
  }

  #ask(message: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => data === "done" ? resolve() : reject(new Error(data));
      this.#worker.postMessage(message);
    });
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString("en")}/s`;

/** As a node writes them, of many nodes and models. */
function executionsOf(count: number, series: string): Execution[] {
  // Any numbers do, as long as they have the digits that real ones have.
  let state = count;
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const between = (from: number, to: number) => from + next() * (to - from);
  const integer = (from: number, to: number) => Math.floor(between(from, to + 1));
  const pick = (items: readonly string[]) => items[integer(0, items.length - 1)];
  return Array.from({ length: count }, (_, i) => {
    const shared = {
      id: `01a2b3c4-d5e6-7000-8000-${series.padStart(6, "0")}${String(i).padStart(6, "0")}`,
      tenant_id: pick(["acme", "globex", "initech"]),
      node: `G2A-0${integer(10, 47)}-0${integer(10, 99)}`,
      region: pick(["weur", "enam", "apac"]),
      model: pick(["scene-indices", "landcover", "drive-rss"]),
      class: "interactive" as const,
    };
    const at_ms = 1_795_500_000_000 + i;
    return {
      receipt: {
        ...shared,
        key_id: "01a2b3c4-d5e6-7000-8000-000000000001",
        model_version: "1",
        executed_at_ms: at_ms,
        operations: integer(1, 1e10),
        energy_mj: integer(0, 1e4),
        npu_us: integer(1, 1e4),
        bytes_up: integer(24, 1e7),
        bytes_down: integer(24, 1e5),
        charge_microcredits: integer(1, 1e4),
        price_list: "launch",
        lease_id: null,
      },
      placement: {
        ...shared,
        origin_lat: between(-60, 60),
        origin_lon: between(-180, 180),
        origin_node: null,
        sub_lat: between(-53, 53),
        sub_lon: between(-180, 180),
        sub_alt_km: 340.25,
        elevation_deg: between(25, 90),
        azimuth_deg: between(0, 360),
        slant_range_km: between(340, 800),
        sunlit: true,
        path: [shared.node],
        policy: null,
        attempts: 1,
        modelled_light_time_ms: between(1, 5),
        modelled_transfer_ms: 0.1,
        modelled_wait_ms: 0,
        modelled_npu_ms: 0.02,
        modelled_total_ms: between(1, 6),
        modelled_energy_mj: 10.5,
        measured_wall_ms: null,
        placed_at_ms: at_ms,
      },
    };
  });
}
