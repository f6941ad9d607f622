/**
 * An isolate in a simulation: the real wallets, driven as functions/billing/wallets.ts drives them, and asks that
 * go from node to node by the real attempts, hedged ones among them.
 * @module
 */
import type { Committed } from "../../../durable-objects/collector/commits.ts";
import {
  type Attempt,
  type AttemptPorts,
  Attempts,
  type Reply,
} from "../../../functions/infer/attempts.ts";
import { CollectorMarks } from "../../../functions/infer/collector-marks.ts";
import type { Execution } from "../../../ledger/execution.ts";
import type { WalletAnswer } from "../../../mesh/billing/lease.ts";
import type { SpendOutcome } from "../../../mesh/billing/lease-account.ts";
import { type SpendResult, Wallet } from "../../../mesh/billing/wallet.ts";
import { randomExecutions } from "../../support/random-executions.ts";
import type { Clock, Surroundings } from "./surroundings.ts";

const LOOK_MS = 100;
const RETURN_IDLE_MS = 500;
const CANDIDATES = 3;
// A node that says nothing for so long does not answer any more.
const PATIENCE_MS = 20_000;
// Of all asks: so many are realtime.
const HEDGEABLE = 0.5;
const COMMITS = 3;
const COMMIT_MS = 5_000;

const [MODEL] = randomExecutions(1, 1);

export type Told = "served" | "refused" | (SpendResult & { ok: false })["refusal"] | "died";

export interface Ask {
  /** What the execution is called, whoever runs it: a repetition has the same. */
  id: string;
  tenant: string;
  units: number;
  /** It may have run before. */
  repeated: boolean;
}

/** What a client hears: which node, if one is sure, and how many were asked. */
export interface Heard {
  told: Told;
  node: string | null;
  attempts: number;
}

type Party = Surroundings["nodes"][number];

export class SimulatedIsolate {
  readonly name: string;
  readonly #world: Surroundings;
  readonly #clock: Clock;
  #life = 0;
  #wallets = new Map<string, Wallet>();
  #marks = new CollectorMarks();

  constructor(world: Surroundings, name: string) {
    this.#world = world;
    this.name = name;
    this.#clock = world.clock();
    // What is idle goes back, and what runs is kept, as long as the isolate lives.
    world.every(RETURN_IDLE_MS, () => {
      this.#mayDie();
      for (const tenant of this.#wallets.keys()) this.#drive(tenant);
    });
  }

  get isEmpty(): boolean {
    return [...this.#wallets.values()].every((wallet) => wallet.isEmpty);
  }

  /** @returns what the client hears */
  async ask(ask: Ask): Promise<Heard> {
    const life = this.#life;
    const wallet = this.#walletOf(ask.tenant);
    const want = wallet.want(ask.units, this.#clock.now());
    for (;;) {
      const taken = wallet.take(want, this.#clock.now());
      if (taken && !taken.ok) return { told: taken.refusal, node: null, attempts: 0 };
      if (taken) {
        const settle = (outcome: SpendOutcome) =>
          wallet.settle(taken.reservation, outcome, this.#clock.now());
        return await this.#think(ask, { lease_id: taken.reservation.lease_id, settle, life });
      }
      this.#drive(ask.tenant);
      await this.#pause(LOOK_MS);
      if (this.#life !== life) return { told: "died", node: null, attempts: 0 };
    }
  }

  async #think(
    ask: Ask,
    payment: { lease_id: string; settle: (outcome: SpendOutcome) => void; life: number },
  ): Promise<Heard> {
    const { random, faults, nodes } = this.#world;
    const is_poison = random.chance(faults.poison);
    const candidates = shuffled(nodes, random).slice(0, CANDIDATES);
    const cut = Promise.withResolvers<Heard>();
    let is_cut = false;
    const ports = new Ports({
      world: this.#world,
      isolate: this.name,
      ask,
      marks: this.#marks,
      executionAt: (node) => executionOf(ask, { lease_id: payment.lease_id, is_poison, node }),
      goesOn: () => {
        // The whole request, not one of its attempts.
        is_cut ||= this.#life !== payment.life || random.chance(faults.cut_off);
        if (is_cut) cut.resolve({ told: "died", node: null, attempts: ports.sent });
        return !is_cut;
      },
    });
    const thinks = new Attempts(ports, ask.repeated).make(candidates).then((outcome): Heard => {
      if (outcome.ran === null) {
        payment.settle(outcome.unsure ? "unknown" : "free");
        return { told: "refused", node: null, attempts: ports.sent };
      }
      payment.settle(ask.repeated ? "unknown" : "charged");
      const node = ask.repeated && ports.in_doubt ? null : outcome.counts!.receipt.node;
      return { told: "served", node, attempts: ports.sent };
    });
    return await Promise.race([thinks, cut.promise]);
  }

  #drive(tenant: string): void {
    const wallet = this.#walletOf(tenant);
    const request = wallet.request(this.#clock.now());
    if (!request) return;
    const book = this.#world.tenants.get(tenant)!;
    const wire = asRead(request);
    this.#world.send(this.name, book.name, () => {
      const answer = book.exchange(asRead(wire));
      const back = (answer: WalletAnswer) => wallet.receive(answer, this.#clock.now());
      if (answer) this.#world.send(book.name, this.name, () => back(asRead(answer)));
    });
  }

  #mayDie(): void {
    const { random, faults, time } = this.#world;
    if (!random.chance(faults.crash)) return;
    time.trace(`${this.name} dies`);
    this.#life++;
    this.#wallets = new Map();
    this.#marks = new CollectorMarks();
  }

  #walletOf(tenant: string): Wallet {
    const known = this.#wallets.get(tenant);
    if (known) return known;
    const wallet = new Wallet(`${this.name}-${this.#life}-${tenant}`);
    this.#wallets.set(tenant, wallet);
    return wallet;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.time.after(ms, resolve));
  }
}

/** The attempts of one ask, over a network that does its worst. */
class Ports implements AttemptPorts<Party, string> {
  sent = 0;
  /** Whether a commit got no word. */
  in_doubt = false;
  readonly #of: PortsOf;
  readonly #since: number;

  constructor(of: PortsOf) {
    this.#of = of;
    this.#since = of.marks.now;
  }

  send = async (node: Party, { tentative }: Attempt): Promise<Reply<string>> => {
    this.sent++;
    const { world, isolate, executionAt } = this.#of;
    const execution = executionAt(node.name);
    const ran = await world.callOnce(
      isolate,
      node.name,
      PATIENCE_MS,
      () => node.think(execution, tentative),
    ).catch(() => null);
    if (!this.#of.goesOn()) return await NEVER;
    return ran === null ? "silent" : ran ? { ran: node.name, execution } : "refused";
  };

  lateAfter = (): number | null => {
    const { random } = this.#of.world;
    return random.chance(HEDGEABLE) ? random.integer(20, 400) : null;
  };

  mayHedge = () => true;

  within = <T>(ms: number, promise: Promise<T>): Promise<T | null> =>
    Promise.race([
      promise,
      new Promise<null>((resolve) => this.#of.world.time.after(ms, () => resolve(null))),
    ]);

  commit = async (first: Party, execution: Execution): Promise<Execution | null> => {
    const { world, isolate, ask, marks } = this.#of;
    if (world.bug === "no commit") return execution;
    const collector = world.collectorOf(first.name);
    const mark = marks.of(collector.name, ask.repeated ? null : this.#since);
    for (let tries = 0; tries < COMMITS; tries++) {
      const wire = asRead(execution);
      const committed: Committed | null = await world.call(
        isolate,
        collector.name,
        COMMIT_MS,
        () => collector.commit(wire, mark),
      ).catch(() => null);
      if (!this.#of.goesOn()) return await NEVER;
      if (!committed) continue;
      marks.learn(collector.name, committed.mark);
      return committed.counts;
    }
    this.in_doubt = true;
    return null;
  };

  withdraw = (node: Party): void => {
    const { world, isolate, ask } = this.#of;
    world.send(isolate, node.name, () => node.withdraw(ask.id));
  };
}

interface PortsOf {
  world: Surroundings;
  isolate: string;
  ask: Ask;
  marks: CollectorMarks;
  executionAt(node: string): Execution;
  /** Whether the request lives on; else nobody hears what it does. */
  goesOn(): boolean;
}

/** What a request that was cut off waits for. */
const NEVER = new Promise<never>(() => {});

function shuffled<T>(all: readonly T[], random: Surroundings["random"]): T[] {
  const left = [...all];
  return all.map(() => left.splice(random.integer(0, left.length - 1), 1)[0]);
}

/** As the worker makes it; what does not matter here is the same for all. */
function executionOf(
  { id, tenant, units }: Ask,
  { lease_id, is_poison, node }: { lease_id: string; is_poison: boolean; node: string },
): Execution {
  const { receipt, placement } = MODEL;
  return {
    receipt: {
      ...receipt,
      id,
      tenant_id: tenant,
      node,
      charge_microcredits: units,
      lease_id,
      model: is_poison ? "poison" : receipt.model,
    },
    placement: { ...placement, id, tenant_id: tenant, node },
  };
}

/** A message as the other side reads it: nothing of it is shared with who sent it. */
const asRead = <T>(message: T): T => JSON.parse(JSON.stringify(message));
