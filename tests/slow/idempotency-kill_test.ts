/**
 * Idempotency-Key over kill -9: runs that a kill cut off, and runs whose answer was not kept, are taken
 * over under their own id, and billed once.
 * @module
 */
import assert from "node:assert/strict";
import Database from "libsql";
import { CRASHED_AFTER_MS } from "../../durable-objects/idempotency/stored-responses.ts";
import { send, within } from "../support/mesh.ts";
import {
  kill9,
  type MeshProcess,
  objectFiles,
  readFile,
  startProcess,
} from "../support/mesh-process.ts";

/** From a longitude of its own, so that a run can be told in the ledger. */
const inferBody = (lon: number) => ({
  parameters: { origin_lat: 20, origin_lon: lon },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
});

const RUNS = 180;
const CONNECTIONS = 12;
// On a clock that goes at a fiftieth light takes some 200 ms: who is seen in its middle is there still.
const PERIGEE_CLOCK = "2026-11-24T12:00:00Z@0.02";
const SLOW = { "Perigee-Emulate": "latency" };

Deno.test("After kill -9 in the middle every keyed request can be repeated until it is answered, and is billed once", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-kill-" });
  const answered = new Map<number, string>();
  const ask = (mesh: MeshProcess, run: number, headers: Record<string, string> = {}) =>
    send(`${mesh.url}/v2/models/drive-rss/infer`, {
      key: mesh.key,
      body: inferBody(run),
      headers: { "Idempotency-Key": `run ${run}`, ...headers },
    });
  const askAll = async (mesh: MeshProcess, connection: number) => {
    for (let run = connection; run < RUNS; run += CONNECTIONS) {
      if (answered.has(run)) continue;
      try {
        const { status, text, body } = await ask(mesh, run, SLOW);
        assert.ok([200, 503].includes(status), `${status} ${text}`);
        if (status === 200) answered.set(run, body.parameters.execution_id);
      } catch (error) {
        // What fetch() rejects with once nobody listens.
        if (!(error instanceof TypeError)) throw error;
      }
    }
  };
  let crashed = 0;
  for (const enough of [RUNS / 3, 2 * RUNS / 3, RUNS]) {
    const mesh = await startProcess({ PERIGEE_DATA: data, PERIGEE_CLOCK });
    const workerd = await within(10_000, "workerd", () => mesh.workerd());
    let connections: Promise<void>[] = [];
    try {
      connections = Array.from({ length: CONNECTIONS }, (_, i) => askAll(mesh, i));
      // A request may wait for disks before its run and after it: the kill waits for one in its middle.
      const reached = async () =>
        (answered.size >= enough && (enough === RUNS || await running(data) > 0)) || null;
      await within(60_000, `${enough} answers`, reached, 1);
      // At once: to look for all processes first takes as long as many a run.
      kill9(workerd);
    } finally {
      await mesh.killAll();
    }
    await Promise.all(connections);
    crashed += await afterAMinute(data);
  }
  assert.ok(crashed > 0, "no run was under way when it was killed");

  await asIfKilledEarlier(data);
  const mesh = await startProcess({ PERIGEE_DATA: data });
  try {
    for (const [run, id] of answered) {
      const { status, headers, text, body } = await ask(mesh, run, SLOW);
      assert.equal(status, 200, text);
      assert.equal(headers.get("Idempotency-Replayed"), null, `run ${run} did not run again`);
      assert.equal(body.parameters.execution_id, id, `run ${run}`);
    }
    const ledger = `${data}/ledger.db`;
    const missing = () => {
      const ids = new Set(readFile(ledger, "SELECT id FROM receipts").map(({ id }) => id));
      return [...answered.values()].filter((id) => !ids.has(id));
    };
    await within(30_000, "all receipts", () => Promise.resolve(missing().length === 0 || null));
    const placements = readFile(ledger, "SELECT id, origin_lon FROM placements");
    const byLon = Map.groupBy(placements, ({ origin_lon }) => origin_lon as number);
    for (const [run, id] of answered) {
      assert.deepEqual(byLon.get(run)?.map((row) => row.id), [id], `run ${run}`);
    }
  } finally {
    await mesh.killAll();
  }
  await Deno.remove(data, { recursive: true });
});

/** How many runs the keepers know to be under way. */
async function running(data: string): Promise<number> {
  let runs = 0;
  for (const path of await objectFiles(data, "AnswerKeeper")) {
    if (readFile(path, "SELECT 1 FROM sqlite_master WHERE name = 'keys'").length === 0) continue;
    runs += readFile(path, "SELECT 1 FROM keys WHERE state = 'running'").length;
  }
  return runs;
}

/** As if a minute had passed since the kill: runs that crashed may be taken over. @returns how many */
async function afterAMinute(data: string): Promise<number> {
  let crashed = 0;
  for (const path of await objectFiles(data, "AnswerKeeper")) {
    const database = new Database(path);
    crashed += database.prepare("UPDATE keys SET heard_ms = heard_ms - ? WHERE state = 'running'")
      .run(CRASHED_AFTER_MS).changes;
    database.close();
  }
  return crashed;
}

/** As if every run had been killed once it was billed, but before its answer was kept. */
async function asIfKilledEarlier(data: string): Promise<void> {
  for (const path of await objectFiles(data, "AnswerKeeper")) {
    const database = new Database(path);
    database.exec("DELETE FROM parts; UPDATE keys SET state = 'running'");
    database.close();
  }
  await afterAMinute(data);
}
