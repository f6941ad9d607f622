/**
 * One seed of the simulation: asks come in bursts while everything goes wrong; then the faults stop, and
 * all must come right: what a client heard of is recorded once, nobody is charged beyond the budget, and
 * what is left of it can be used to the unit.
 * @module
 */
import assert from "node:assert/strict";
import type { Ledger } from "../../../ledger/client.ts";
import type { Drain } from "../custody/virtual-time.ts";
import { seeded } from "../../support/random.ts";
import type { Faults } from "./faults.ts";
import type { Ask, SimulatedIsolate, Told } from "./isolate.ts";
import { SimulatedLedger } from "./ledger.ts";
import type { Bug } from "./surroundings.ts";
import { World } from "./world.ts";

const MINUTES = 2;
const TENANTS = ["acme", "globex"];
const ASKS = 160;
const RUSH = 30;
const TRICKLE = 10;
// Two clocks may stand two hours apart when the last of them has jumped.
const CALM_MS_MAX = 3 * 3_600_000;
const CALM_STEP_MS = 10_000;

export interface Day {
  seed: number;
  /** What goes wrong; else as much as is promised, by the seed. */
  faults?: Faults;
  /** The real ledger, empty, to run beside the plain one. */
  real?: Ledger;
  drain?: Drain;
  bug?: Bug;
}

export interface Result {
  /** What asks were told, by how many. */
  told: Record<Told, number>;
  repeated: number;
  /** Served after more than one attempt. */
  hedged: number;
  poison: number;
  waived: number;
  /** Virtual time until all was settled. */
  settled_ms: number;
  hash: string;
}

export async function simulate({ seed, faults, real, drain, bug }: Day): Promise<Result> {
  const shape = seeded(seed ^ 0x5eed);
  const prices = ([[1, 1], [1, 40], [0, 120]] as const)[shape.integer(0, 2)];
  const budgets = new Map(TENANTS.map((name) => [name, shape.pick([300, 2_000, 20_000])]));
  const ledger = new SimulatedLedger(budgets, real ?? null);
  const world = new World({ seed, faults, tenants: TENANTS, ledger, drain, bug });
  for (const [name, tenant] of world.tenants) {
    tenant.setLimits({ budget_microcredits: budgets.get(name)!, requests_per_minute: null });
  }
  const clients = new Clients(world, prices);
  clients.schedule();
  await world.time.runUntil(MINUTES * 60_000 + 20_000);
  world.heal();
  const poison = await settle(world, clients);
  const settled_ms = world.time.now;
  check(world, clients);
  for (const [name, budget] of budgets) {
    await useUp(world, clients, { name, budget });
    assert.equal(ledger.charged(name), budget);
  }
  check(world, clients);
  await ledger.check();
  let waived = 0;
  for (const row of ledger.rows.values()) waived += row.waived;
  const { told, repeated, hedged } = clients;
  return { told, repeated, hedged, poison, waived, settled_ms, hash: world.time.traceHash };
}

/** Who asks, and what it was told. */
class Clients {
  readonly told: Record<Told, number> = {
    served: 0,
    refused: 0,
    exhausted: 0,
    held: 0,
    rate: 0,
    unavailable: 0,
    died: 0,
  };
  /** Of what was served, which node the client was told; null: nobody could tell for sure. */
  readonly acknowledged = new Map<string, string | null>();
  hedged = 0;
  repeated = 0;
  #asked = 0;
  #ended = 0;
  readonly #world: World;
  readonly #prices: readonly [number, number];

  constructor(world: World, prices: readonly [number, number]) {
    this.#world = world;
    this.#prices = prices;
  }

  get allTold(): boolean {
    return this.#asked === this.#ended;
  }

  /** Bursts from anywhere, and rushes to one isolate that ebb to a trickle: its leases outlast them. */
  schedule(): void {
    const { random, time, isolates } = this.#world;
    const burstAt = () => random.integer(0, MINUTES * 6) * 10_000;
    for (let n = 0; n < ASKS / 2; n++) {
      time.after(burstAt() + random.integer(0, 1_500), () => this.#ask(random.pick(isolates)));
    }
    for (let n = 0; n < ASKS / 2; n += RUSH + TRICKLE) {
      const [at, isolate] = [burstAt(), random.pick(isolates)];
      for (let i = 0; i < RUSH; i++) time.after(at + i * 10, () => this.#ask(isolate));
      for (let i = 0; i < TRICKLE; i++) time.after(at + 500 + i * 800, () => this.#ask(isolate));
    }
  }

  #ask(isolate: SimulatedIsolate): void {
    const { random } = this.#world;
    const id = `ask-${String(this.#asked++).padStart(4, "0")}`;
    const units = random.integer(...this.#prices);
    const ask = { id, tenant: random.pick(TENANTS), units, repeated: false };
    void this.#follow(ask, isolate).catch((error) => this.#world.time.fail(error));
  }

  /** One who heard nothing good may ask again under the same id, wherever that leads. */
  async #follow(ask: Ask, isolate: SimulatedIsolate): Promise<void> {
    const { random, time, isolates } = this.#world;
    const { told, node, attempts } = await isolate.ask(ask);
    if (attempts > 1 && told === "served") this.hedged++;
    this.told[told]++;
    time.trace(`${ask.id} ${told}`);
    if (told === "served") this.acknowledged.set(ask.id, node);
    else if ((told === "died" || told === "refused") && random.chance(0.5)) {
      this.repeated++;
      await new Promise<void>((resolve) => time.after(random.integer(1, 20_000), resolve));
      return await this.#follow({ ...ask, repeated: true }, random.pick(isolates));
    }
    this.#ended++;
  }
}

/** Runs on until nothing is on its way. @returns how many rows an operator had to put back */
async function settle(world: World, clients: Clients): Promise<number> {
  let poison = 0;
  const until = world.time.now + CALM_MS_MAX;
  do {
    assert.ok(world.time.now < until, "something is held back, or somebody told nothing, for ever");
    await world.time.runUntil(world.time.now + CALM_STEP_MS);
    for (const collector of world.collectors) poison += collector.retryAll();
  } while (!clients.allTold || !world.isSettled);
  return poison;
}

function check({ ledger, executed, tenants }: World, clients: Clients): void {
  for (const [id, node] of clients.acknowledged) {
    const row = ledger.rows.get(id);
    assert.ok(row, `${id} is lost`);
    assert.ok(node === null || row.node === node, `${id}: told ${node}, charged by ${row.node}`);
  }
  assert.deepEqual([...ledger.rows.keys()].sort(), [...executed].sort());
  for (const [name, tenant] of tenants) {
    const { spent, leased } = tenant.balance();
    assert.deepEqual({ name, spent, leased }, { name, spent: ledger.charged(name), leased: 0 });
  }
}

/** What is left can be used by anybody, to the unit; nodes refuse now and then, so that it takes some asks. */
async function useUp(
  world: World,
  clients: Clients,
  { name, budget }: { name: string; budget: number },
): Promise<void> {
  const { isolates, random, time, ledger } = world;
  for (let tries = 0; ledger.charged(name) < budget; tries++) {
    const left = budget - ledger.charged(name);
    assert.ok(tries < 80, `${left} units are left, and nobody can have them`);
    const units = Math.min(left, random.integer(1, Math.ceil(budget / 3)));
    const ask = { id: `rest-${name}-${tries}`, tenant: name, units, repeated: false };
    let told: Told | undefined;
    void random.pick(isolates).ask(ask).then((answer) => told = answer.told);
    await settle(world, clients);
    assert.ok(told === "served" || told === "refused", `${units} of ${left} units: ${told}`);
  }
  for (const isolate of isolates) {
    let told: Told | undefined;
    void isolate.ask({ id: "over", tenant: name, units: 1, repeated: false })
      .then((answer) => told = answer.told);
    await time.runUntil(time.now + 5_000);
    assert.equal(told, "exhausted");
  }
}
