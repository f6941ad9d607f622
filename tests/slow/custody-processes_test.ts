/**
 * Nodes that cross regions under load, on real processes, while workerd is killed ten times: one
 * battery has one history, whichever objects held it.
 *
 * The hardware is chosen so that a plain sum tells the battery: no array, no housekeeping, an NPU that
 * draws nothing at rest. A node begins full, and every joule that it lacks is an execution's.
 * @module
 */
import assert from "node:assert/strict";
import { seeded } from "../support/random.ts";
import { FILED } from "../unit/mesh/placement/oracle.ts";
import { type Json, send, sleep, within } from "../support/mesh.ts";
import { patience } from "../support/within.ts";
import {
  allDelivered,
  kill9,
  type MeshProcess,
  readFile,
  serves,
  startProcess,
  undelivered,
} from "../support/mesh-process.ts";
import { type ObjectOnDisk, readObjects } from "./object-files.ts";

const SEED = 20;
// Each costs three seconds of a core for another workerd; some fifty crossings happen meanwhile.
const KILLS = 10;
const NODES = 8;
const UNBILLED_MAX = 3;
// A low orbit crosses a border every few minutes: here, every few seconds.
// Slower on a slow machine: of half a day and more an object does not remember every crossing. A node
// crosses three times an hour, and in the minutes of this test each is to cross.
const clockNow = () => `2026-03-20T12:00:00Z@${Math.max(50, Math.round(150 / patience()))}`;
const BATTERY_J = 36e6;
const PROFILE = {
  // A small scene takes a second of the NPU and half a kilojoule.
  npu_tops: 1e-6,
  npu_active_w: 500,
  npu_idle_w: 0,
  npu_k_per_w: 0,
  solar_w: 0,
  housekeeping_w: 0,
  battery_wh: BATTERY_J / 3_600,
  // The body must not stop the NPU in an hour of this.
  radiator_m2: 100,
};
const SIZE = 64;
const BODY = {
  inputs: [{
    name: "reflectance",
    datatype: "FP32",
    shape: [1, 6, SIZE, SIZE],
    data: Array.from({ length: 6 * SIZE * SIZE }, () => 0.25),
  }],
};

interface Sent {
  node: string;
  /** The answer's parameters; null if none came, or another than 200. */
  answer: Json | null;
}

/** Asks each node again and again, one request at a time, until told to stop. */
class Load {
  readonly sent: Sent[] = [];
  #stopped = false;
  readonly #askers: Promise<void>[];

  constructor(mesh: MeshProcess, nodes: readonly string[]) {
    this.#askers = nodes.map(async (node) => {
      while (!this.#stopped) {
        const request: Sent = { node, answer: null };
        this.sent.push(request);
        request.answer = await ask(mesh, node);
        await sleep(request.answer ? 30 : 100);
      }
    });
  }

  get answered(): number {
    return this.sent.filter(({ answer }) => answer !== null).length;
  }

  async reaches(answered: number): Promise<void> {
    const done = () => this.answered >= answered || null;
    await within(60_000, `${answered} answers`, done);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#askers);
  }
}

async function ask({ url, key }: MeshProcess, node: string): Promise<Json | null> {
  const parameters = { origin_node: node, policy: JSON.stringify({ allow: [{ node }] }) };
  try {
    const body = { ...BODY, parameters };
    const reply = await send(`${url}/v2/models/scene-indices/infer`, { key, body });
    return reply.status === 200 ? reply.body.parameters : null;
  } catch {
    return null;
  }
}

const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
const grouped = <T>(rows: T[], key: (row: T) => string | number) => [
  ...Map.groupBy(rows, key).values(),
];

/** Every state that came was sealed by whom it came from, to the last bit, and went to one heir. */
function checkCrossings(objects: ObjectOnDisk[]): number {
  const name = objects[0].node;
  const rows = objects.flatMap(({ region, crossings }) =>
    crossings.map((row) => ({ ...row, region }))
  );
  const received = rows.filter(({ kind }) => kind === "received");
  const sealed = rows.filter(({ kind }) => kind === "sealed");
  for (const { of, epoch, peer, region, state } of received) {
    const where = `${name}, epoch ${of} of ${peer} to epoch ${epoch} of ${region}`;
    const from = sealed.filter((row) => row.region === peer && row.of === of);
    if (peer !== region) assert.equal(from.length, 1, `${where}: sealed ${from.length} times`);
    for (const row of from) assert.deepEqual(state, row.state, `${where}: another state came`);
    assert.ok(epoch > of, `${where}: epochs must rise`);
  }
  for (const heirs of grouped(received, ({ of }) => of)) {
    assert.equal(heirs.length, 1, `${name}: epoch ${heirs[0].of} has ${heirs.length} heirs`);
  }
  const holders = [
    ...objects.flatMap(({ region, held_epoch }) =>
      held_epoch === null ? [] : [{ region, epoch: held_epoch }]
    ),
    ...received,
    ...sealed.map(({ region, of }) => ({ region, epoch: of })),
  ];
  for (const same of grouped(holders, ({ epoch }) => epoch)) {
    const regions = new Set(same.map(({ region }) => region));
    assert.equal(regions.size, 1, `${name}, epoch ${same[0].epoch}: ${[...regions].join()}`);
  }
  return received.filter(({ peer, region }) => peer !== region).length;
}

/** Each execution lies within the time in which its region had the state. */
function checkTenures(objects: ObjectOnDisk[], receipts: Json[]): void {
  for (const { id, node, region, executed_at_ms } of receipts) {
    const object = objects.find((object) => object.region === region);
    assert.ok(object, `${id}: ${node} has no object in ${region}`);
    const { crossings, held_epoch } = object;
    const epochs = new Set(crossings.map((row) => row.kind === "sealed" ? row.of : row.epoch));
    if (held_epoch !== null) epochs.add(held_epoch);
    const served = [...epochs].some((epoch) => {
      const came = crossings.find((row) => row.kind === "received" && row.epoch === epoch);
      const went = crossings.find((row) => row.kind === "sealed" && row.of === epoch);
      // Receipts count whole milliseconds.
      return executed_at_ms + 1 >= (came?.state?.at ?? -Infinity) &&
        executed_at_ms <= (went?.state?.at ?? Infinity);
    });
    assert.ok(served, `${id}: ${region} had no custody of ${node} when it served`);
  }
}

/**
 * What is missing in the newest state is what the receipts say. A state and its receipt are written
 * together, so that a run which a kill cut off is in neither; but a state that left while it ran took it
 * along, and then its receipt may be lost with the kill: one for each state that was sealed, at most, as
 * a node is asked once at a time, and one for each kill.
 */
function checkBattery(objects: ObjectOnDisk[], receipts: Json[]): number {
  const sealed = objects.flatMap(({ crossings }) =>
    crossings.filter((row) => row.kind === "sealed")
  );
  const unbilled_max = Math.min(KILLS, sealed.length);
  const newest = objects.filter(({ held_epoch }) => held_epoch !== null)
    .reduce((a, b) => b.held_epoch! > a.held_epoch! ? b : a);
  // A run that has begun drains the battery until it ends, and its answer may leave before.
  const ahead = newest.state.work.reduce(
    (sum: number, { from, until, draw }: Json) =>
      sum + draw * (until - Math.max(from, newest.state.at)) / 1e3,
    0,
  );
  const drained = BATTERY_J - newest.state.battery + ahead;
  const billed = receipts.reduce((sum, { energy_mj }) => sum + energy_mj, 0) / 1e3;
  const most = Math.max(...receipts.map(({ energy_mj }) => energy_mj)) / 1e3;
  const where = `${newest.node}: ${drained} J drained, ${billed} J billed`;
  // Each receipt is rounded up to the millijoule, and instants are doubles of ms since 1970.
  const rounding = receipts.length * 1e-3 + billed * 1e-5;
  assert.ok(drained >= billed - rounding, `${where}: energy came from nowhere`);
  assert.ok(drained <= billed + unbilled_max * most + rounding, `${where}: energy is lost`);
  return (drained - billed) / most;
}

Deno.test("Over ten kill -9 of workerd, nodes cross regions with one battery each, and no two objects serve one epoch", async () => {
  const random = seeded(SEED);
  const nodes = Array.from({ length: NODES }, () => FILED.id(random.integer(0, FILED.count - 1)));
  const data = await Deno.makeTempDir({ prefix: "perigee-custody-" });
  const env = { PERIGEE_CLOCK: clockNow(), PERIGEE_PROFILE: JSON.stringify(PROFILE) };
  const mesh = await startProcess({ PERIGEE_DATA: data, ...env });
  let load: Load;
  try {
    load = new Load(mesh, nodes);
    const killed = new Set<number>();
    for (let kill = 0; kill < KILLS; kill++) {
      await load.reaches(load.answered + NODES);
      await sleep(random.between(0, 500));
      const workerd = await within(60_000, "another workerd that serves", async () => {
        const pid = await mesh.workerd();
        // One that is killed before it serves is a failed start to its host, which gives up.
        return pid !== null && !killed.has(pid) && await serves(mesh.url) ? pid : null;
      });
      killed.add(workerd);
      kill9(workerd);
    }
    await load.reaches(load.answered + 10 * NODES);
    await load.stop();
    const answered = load.sent.flatMap(({ answer }) => answer?.execution_id ?? []);
    await within(60_000, "a receipt for every answer", () => {
      const known = new Set(ids(readFile(`${data}/ledger.db`, "SELECT id FROM receipts")));
      return Promise.resolve(answered.every((id) => known.has(id)) || null);
    });
    // Of unanswered ones some may still be on their way.
    await within(60_000, "empty outboxes", () => allDelivered(data));
    assert.equal(await mesh.interrupt(), 0, mesh.printed());
  } finally {
    await mesh.killAll();
  }

  assert.equal(await undelivered(data), 0, "executions have not reached the ledger");
  const receipts = readFile(`${data}/ledger.db`, "SELECT * FROM receipts");
  assert.equal(new Set(ids(receipts)).size, receipts.length);
  const objects = await readObjects(data);
  let crossings = 0;
  const unbilled: number[] = [];
  for (const ofNode of grouped(objects, ({ node }) => node)) {
    const { node } = ofNode[0];
    const own = receipts.filter((receipt) => receipt.node === node);
    crossings += checkCrossings(ofNode);
    checkTenures(ofNode, own);
    unbilled.push(checkBattery(ofNode, own));
  }
  const regions = Map.groupBy(objects, ({ node }) => node);
  assert.equal(regions.size, NODES);
  console.log(
    `${load.sent.length} asks, ${load.answered} answers, ${receipts.length} receipts, ${crossings} crossings;` +
      ` runs beyond those billed: ${unbilled.map((runs) => runs.toFixed(2)).join(" ")}`,
  );
  // For that a kill must fall within the milliseconds between a seal and a receipt, of all nodes.
  const total = unbilled.reduce((sum, runs) => sum + runs, 0);
  assert.ok(total < UNBILLED_MAX, `${total} runs are in batteries and in no receipt`);
  assert.ok(crossings >= NODES, `${crossings} crossings are too few to tell anything`);
  await Deno.remove(data, { recursive: true });
});
