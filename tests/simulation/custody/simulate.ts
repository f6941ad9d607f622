/**
 * Runs a day of a simulated mesh: asks in bursts, an admin now and then, faults until they stop.
 * Then every node that was touched must serve again, with the battery that its ledger has.
 * @module
 */
import assert from "node:assert/strict";
import type { ServiceStatus } from "../../../durable-objects/registrar/register.ts";
import type { Faults } from "./faults.ts";
import type { Flight } from "./flights.ts";
import { PATIENCE_MS_MAX, type RecordsOf, SimulatedMesh } from "./simulated-mesh.ts";
import type { Answer } from "./simulated-object.ts";
import type { Drain } from "./virtual-time.ts";

const HOPS_MAX = 4;
const BURST = [1, 6] as const;
const BURST_MS = 2 * 60_000;
const RECHARGE_MS = 45 * 60_000;
const ENERGY = [1, 500] as const;
const SERVICE_CHANCE = 0.05;
// After the faults: nobody waits any more for an answer that was lost.
const CALM_MS = 2 * PATIENCE_MS_MAX;
const TRIES_MAX = 10;
const TRY_AGAIN_MS = 15_000;

export interface Day {
  seed: number;
  flights: readonly Flight[];
  faults: Faults;
  hours: number;
  /** Bursts of asks for each node. */
  bursts: number;
  recharge_ms?: number;
  drain?: Drain;
  recordsOf?: RecordsOf;
}

export async function simulate(day: Day): Promise<SimulatedMesh> {
  const mesh = new SimulatedMesh({ recharge_ms: RECHARGE_MS, ...day });
  const duration_ms = day.hours * 3_600_000;
  const services = new Map<string, ServiceStatus>();
  for (const flight of day.flights) {
    for (let n = 0; n < day.bursts; n++) planBurst(mesh, flight, duration_ms);
    if (!mesh.random.chance(SERVICE_CHANCE)) continue;
    mesh.time.after(mesh.random.integer(0, duration_ms), async () => {
      services.set(flight.node, await drainNode(mesh, flight));
    });
  }
  await mesh.time.runUntil(duration_ms);
  mesh.heal();
  await mesh.time.runUntil(mesh.time.now + CALM_MS);
  const unserved = new Set(day.flights.map(({ node }) => node));
  for (const flight of day.flights) {
    mesh.time.after(0, async () => {
      const answer = await serveAgain(mesh, flight);
      if (!answer) return;
      unserved.delete(flight.node);
      if (services.has(flight.node) && answer.service !== services.get(flight.node)!.state) {
        mesh.time.fail(new Error(`${flight.node} has not heard that it is drained`));
      }
    });
  }
  await mesh.time.runUntil(mesh.time.now + 2 * TRIES_MAX * TRY_AGAIN_MS);
  assert.deepEqual([...unserved], [], "never served again");
  for (const { node } of day.flights) {
    assert.equal(mesh.ledger(node).newest.battery, mesh.ledger(node).balance, node);
    const sources = mesh.registerRow(node)?.sources ?? [];
    // One more where it has just crossed.
    assert.ok(sources.length <= 2, `${node} is not confirmed: ${JSON.stringify(sources)}`);
  }
  return mesh;
}

/** Asks come in bursts around a crossing: the later ones find the state where it has gone to. */
function planBurst(mesh: SimulatedMesh, flight: Flight, duration_ms: number): void {
  const { random, time } = mesh;
  const crossing = random.pick(flight.crossings.filter((at) => at < duration_ms));
  const asks = random.integer(...BURST);
  for (let n = 0; n < asks; n++) {
    time.after(crossing + random.integer(-BURST_MS, BURST_MS), () => void ask(mesh, flight));
  }
}

/** As an isolate asks: where its almanac says that the node is, then where it is told to go. */
async function ask(mesh: SimulatedMesh, flight: Flight): Promise<Answer | null> {
  const { stale, stale_ms_max } = mesh.faults;
  const age = mesh.random.chance(stale) ? mesh.random.integer(0, stale_ms_max) : 0;
  const energy = mesh.random.integer(...ENERGY);
  let { region } = flight.tenureAt(mesh.clockOf({ skew_ms: -age }));
  for (let hop = 0; hop < HOPS_MAX; hop++) {
    const to = { node: flight.node, region };
    const answer = await mesh.toObject(null, to, (object) => object.ask(energy)).catch(() => null);
    const what = !answer
      ? "silent"
      : answer.ok
      ? "served"
      : "moved" in answer
      ? "moved"
      : "unavailable";
    mesh.count(what);
    if (!answer || answer.ok || !("moved" in answer)) return answer;
    region = answer.moved;
  }
  return null;
}

async function serveAgain(
  mesh: SimulatedMesh,
  flight: Flight,
): Promise<Answer & { ok: true } | null> {
  for (let n = 0; n < TRIES_MAX; n++) {
    const answer = await ask(mesh, flight);
    if (answer?.ok) return answer;
    await mesh.sleep(null, TRY_AGAIN_MS);
  }
  return null;
}

/** An admin insists until the register and whoever holds the node have heard. */
async function drainNode(mesh: SimulatedMesh, { node }: Flight): Promise<ServiceStatus> {
  for (;;) {
    const heard = await mesh.toRegister(node, (register) => register.setService(node, "drained"))
      .then(async ({ service, holder }) => {
        if (!holder) return service;
        const to = { node, region: holder.region };
        await mesh.toObject(null, to, (object) => object.noteService(service));
        return service;
      }).catch(() => null);
    if (heard) return heard;
  }
}
