/**
 * An isolate in a simulation: the real wallets, driven as functions/billing/wallets.ts drives them, and asks that
 * go from node to node as in functions/infer/think.ts.
 * @module
 */
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

export class SimulatedIsolate {
  readonly name: string;
  readonly #world: Surroundings;
  readonly #clock: Clock;
  #life = 0;
  #wallets = new Map<string, Wallet>();

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
  async ask(ask: Ask): Promise<Told> {
    const life = this.#life;
    const wallet = this.#walletOf(ask.tenant);
    const want = wallet.want(ask.units, this.#clock.now());
    for (;;) {
      const taken = wallet.take(want, this.#clock.now());
      if (taken && !taken.ok) return taken.refusal;
      if (taken) {
        const settle = (outcome: SpendOutcome) =>
          wallet.settle(taken.reservation, outcome, this.#clock.now());
        return await this.#think(ask, { lease_id: taken.reservation.lease_id, settle, life });
      }
      this.#drive(ask.tenant);
      await this.#pause(LOOK_MS);
      if (this.#life !== life) return "died";
    }
  }

  async #think(
    ask: Ask,
    payment: { lease_id: string; settle: (outcome: SpendOutcome) => void; life: number },
  ): Promise<Told> {
    const { random, faults, nodes } = this.#world;
    const execution = executionOf(ask, payment.lease_id, random.chance(faults.poison));
    let unsure = false;
    for (let tries = 0; tries < CANDIDATES; tries++) {
      const node = random.pick(nodes);
      const ran = await this.#world.callOnce(
        this.name,
        node.name,
        PATIENCE_MS,
        () => node.think(execution),
      ).catch(() => null);
      if (this.#life !== payment.life || random.chance(faults.cut_off)) return "died";
      if (ran === null) unsure = true;
      if (!ran) continue;
      payment.settle(ask.repeated ? "unknown" : "charged");
      return "served";
    }
    payment.settle(unsure ? "unknown" : "free");
    return "refused";
  }

  #drive(tenant: string): void {
    const wallet = this.#walletOf(tenant);
    const request = wallet.request(this.#clock.now());
    if (!request) return;
    const book = this.#world.tenants.get(tenant)!;
    const wire = structuredClone(request);
    this.#world.send(this.name, book.name, () => {
      const answer = book.exchange(structuredClone(wire));
      const back = (answer: WalletAnswer) => wallet.receive(answer, this.#clock.now());
      if (answer) this.#world.send(book.name, this.name, () => back(structuredClone(answer)));
    });
  }

  #mayDie(): void {
    const { random, faults, time } = this.#world;
    if (!random.chance(faults.crash)) return;
    time.trace(`${this.name} dies`);
    this.#life++;
    this.#wallets = new Map();
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

/** As the worker makes it; what does not matter here is the same for all. */
function executionOf(
  { id, tenant, units }: Ask,
  lease_id: string,
  isPoison: boolean,
): Execution {
  const { receipt, placement } = MODEL;
  return {
    receipt: {
      ...receipt,
      id,
      tenant_id: tenant,
      charge_microcredits: units,
      lease_id,
      model: isPoison ? "poison" : receipt.model,
    },
    placement: { ...placement, id, tenant_id: tenant },
  };
}
