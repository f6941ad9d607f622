/**
 * kill -9 in the middle of a run: what was answered is billed once, what was not at most once.
 *
 * Every request comes from a longitude of its own, so that its row can be told in the ledger even
 * if its answer was never seen.
 * @module
 */
import assert from "node:assert/strict";
import { send, sleep, within } from "../support/mesh.ts";
import {
  allDelivered,
  forgetAlarms,
  kill9,
  type MeshProcess,
  readFile,
  startProcess,
  undelivered,
} from "../support/mesh-process.ts";

const CONNECTIONS = 16;
// Longitudes: a hundred thousandth of a degree each, a degree for each run.
const LONS_PER_RUN = 100_000;

interface Sent {
  lon: number;
  /** The execution's id; null if no answer came, or another than 200. */
  id: string | null;
}

/** Requests under way: sent one after the other on every connection until told to stop. */
class Run {
  readonly sent: Sent[] = [];
  #stopped = false;
  readonly #connections: Promise<void>[];

  constructor(process: MeshProcess, number: number) {
    this.#connections = Array.from({ length: CONNECTIONS }, async (_, connection) => {
      for (let i = connection; !this.#stopped; i += CONNECTIONS) {
        const request: Sent = { lon: number + i / LONS_PER_RUN, id: null };
        this.sent.push(request);
        request.id = await infer(process, request.lon);
        // While nobody listens there is no use in asking at once.
        if (request.id === null) await sleep(20);
      }
    });
  }

  get answered(): number {
    return this.sent.filter(({ id }) => id !== null).length;
  }

  async reaches(answered: number): Promise<void> {
    await within(60_000, `${answered} answers`, () => this.answered >= answered || null, 10);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#connections);
  }
}

async function infer({ url, key }: MeshProcess, lon: number): Promise<string | null> {
  const body = {
    parameters: { origin_lat: 20, origin_lon: lon },
    inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
  };
  try {
    const reply = await send(`${url}/v2/models/drive-rss/infer`, { key, body });
    return reply.status === 200 ? reply.body.parameters.execution_id : null;
  } catch {
    return null;
  }
}

/** Waits for the receipt of every answered request. @param ms how long */
async function receiptsArrive(data: string, sent: Sent[], ms: number): Promise<void> {
  const answered = sent.flatMap(({ id }) => id ?? []);
  await within(ms, "a receipt for every answered request", () => {
    const ids = new Set(readFile(`${data}/ledger.db`, "SELECT id FROM receipts").map((r) => r.id));
    return Promise.resolve(answered.every((id) => ids.has(id)) || null);
  });
}

/** Waits until every answered request is in the ledger, ends the mesh, and counts what is left. */
async function settle(process: MeshProcess, data: string, sent: Sent[]): Promise<void> {
  await receiptsArrive(data, sent, 30_000);
  // Of unanswered ones some may still be on their way: an outbox is asked again within 5 s.
  await within(30_000, "empty outboxes", () => allDelivered(data));
  assert.equal(await process.interrupt(), 0, process.printed());
  assert.equal(await undelivered(data), 0, "executions have not reached the ledger");
}

function checkLedger(data: string, sent: Sent[]): void {
  const ledger = `${data}/ledger.db`;
  assert.equal(readFile(ledger, "PRAGMA integrity_check")[0].integrity_check, "ok");
  const receipts = readFile(ledger, "SELECT id FROM receipts");
  const placements = readFile(ledger, "SELECT id, origin_lon FROM placements");
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
  assert.deepEqual(ids(receipts), ids(placements));
  assert.equal(new Set(ids(receipts)).size, receipts.length);

  const byLon = Map.groupBy(placements, ({ origin_lon }) => origin_lon as number);
  for (const { lon, id } of sent) {
    const rows = byLon.get(lon) ?? [];
    const at = `the request from ${lon} E`;
    assert.ok(rows.length <= 1, `${at} was billed ${rows.length} times`);
    if (id !== null) assert.deepEqual(rows.map((row) => row.id), [id], `${at} was answered`);
  }
  const known = new Set(sent.map(({ lon }) => lon));
  assert.ok(placements.every(({ origin_lon }) => known.has(origin_lon)));
}

Deno.test("After kill -9 of workerd in the middle of a run it is back by itself, and every answered request has one receipt", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-kill-" });
  const mesh = await startProcess({ PERIGEE_DATA: data });
  try {
    const run = new Run(mesh, 1);
    for (const answered of [200, 400]) {
      await run.reaches(answered);
      const workerd = await mesh.workerd();
      assert.ok(workerd);
      kill9(workerd);
    }
    await run.reaches(600);
    await run.stop();
    assert.ok(run.answered < run.sent.length, "nothing was under way when workerd was killed");
    await settle(mesh, data, run.sent);
    checkLedger(data, run.sent);
  } finally {
    await mesh.killAll();
  }
  await Deno.remove(data, { recursive: true });
});

Deno.test("After kill -9 of everything in the middle of a run and a new start, every answered request has one receipt", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-kill-" });
  const sent: Sent[] = [];
  for (const number of [1, 2]) {
    const mesh = await startProcess({ PERIGEE_DATA: data });
    const run = new Run(mesh, number);
    try {
      await run.reaches(300);
    } finally {
      await mesh.killAll();
    }
    await run.stop();
    sent.push(...run.sent);
  }
  const mesh = await startProcess({ PERIGEE_DATA: data });
  try {
    await settle(mesh, data, sent);
    checkLedger(data, sent);
  } finally {
    await mesh.killAll();
  }
  await Deno.remove(data, { recursive: true });
});

Deno.test("Where workerd has forgotten the nodes' alarms when it is killed, their receipts are delivered after a restart and after a new start", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-kill-" });
  let mesh = await startProcess({ PERIGEE_DATA: data });
  try {
    const killed = new Run(mesh, 1);
    await killed.reaches(300);
    const workerd = await mesh.workerd();
    assert.ok(workerd);
    // Whoever asks the node after the restart would have it deliver, so nobody goes on asking.
    const ending = killed.stop();
    assert.ok(forgetAlarms(data) > 0);
    kill9(workerd);
    await ending;
    assert.ok(await undelivered(data) > 0, "every receipt had been delivered");
    await receiptsArrive(data, killed.sent, 10_000);

    const ended = new Run(mesh, 2);
    await ended.reaches(300);
    await mesh.killAll();
    await ended.stop();
    assert.ok(await undelivered(data) > 0, "every receipt had been delivered");
    assert.ok(forgetAlarms(data) > 0);
    mesh = await startProcess({ PERIGEE_DATA: data });
    const sent = [...killed.sent, ...ended.sent];
    await receiptsArrive(data, sent, 10_000);
    await settle(mesh, data, sent);
    checkLedger(data, sent);
  } finally {
    await mesh.killAll();
  }
  await Deno.remove(data, { recursive: true });
});
