/**
 * An isolate in a simulation: the real wallet, driven as functions/purse.ts drives it, and runs whose
 * receipts reach the ledger some time, whatever became of the isolate.
 * @module
 */
import type { WalletAnswer } from "../../mesh/budget/lease.ts";
import type { Reservation } from "../../mesh/budget/tab.ts";
import { type Taken, Wallet } from "../../mesh/budget/wallet.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

const LOOK_MS = 100;
const TIDY_MS = 500;

export type Told = "served" | "refused" | (Taken & { ok: false })["refusal"] | "died";

export class SimulatedIsolate {
  readonly #world: SimulatedWorld;
  readonly #name: string;
  #life = 0;
  #runs = 0;
  #skew_ms = 0;
  #wallet: Wallet;

  constructor(world: SimulatedWorld, name: string) {
    this.#world = world;
    this.#name = name;
    this.#wallet = this.#begin();
    this.#tidy();
  }

  get isEmpty(): boolean {
    return this.#wallet.isEmpty;
  }

  /** Asks for a run of this price. @param told what the client hears, once */
  ask(units: number, told: (told: Told) => void): void {
    const life = this.#life;
    const want = this.#wallet.want(units, this.#now());
    const look = () => {
      if (this.#life !== life) return told("died");
      const taken = this.#wallet.take(want, this.#now());
      if (!taken) {
        this.#drive();
        return this.#world.time.after(LOOK_MS, look);
      }
      if (!taken.ok) return told(taken.refusal);
      this.#run(taken.reservation, told);
    };
    look();
  }

  #begin(): Wallet {
    return new Wallet(`${this.#name}-${this.#life}`);
  }

  #now(): number {
    return this.#world.time.now + this.#skew_ms;
  }

  #run(reservation: Reservation, told: (told: Told) => void): void {
    const { random, faults, time, ledger } = this.#world;
    const life = this.#life;
    const id = `${this.#name}-${this.#runs++}`;
    const { lease_id, units } = reservation;
    const takes_ms = random.chance(0.02) ? random.integer(1, 90_000) : random.integer(1, 300);
    const deliver = () => {
      const late = random.chance(faults.late) ? faults.late_ms_max : 2_000;
      const record = () => ledger.record({ id, lease_id, units });
      time.after(random.integer(1, late), record);
      if (random.chance(faults.replay)) {
        time.after(random.integer(1, faults.replay_ms_max), record);
      }
    };
    const silent = random.chance(faults.silent);
    // Having run it or not; the next node may then serve it under the same id.
    const runs = !silent || random.chance(0.5);
    const again = silent && random.chance(0.5);
    const refused = !silent && random.chance(0.1);
    time.after(takes_ms, () => {
      if ((runs && !refused) || again) deliver();
      if (again && runs) deliver();
      if (this.#life !== life) return told("died");
      if (random.chance(faults.cut_off)) return told("died");
      const outcome = refused ? "free" : !silent || again ? "charged" : "unknown";
      this.#wallet.settle(reservation, outcome, this.#now());
      told(outcome === "charged" ? "served" : "refused");
    });
  }

  #drive(): void {
    const { random, faults, tenant } = this.#world;
    if (random.chance(faults.jump)) this.#skew_ms = this.#world.anyJump();
    if (random.chance(faults.crash)) {
      this.#life++;
      this.#wallet = this.#begin();
      return;
    }
    const request = this.#wallet.request(this.#now());
    if (!request) return;
    const life = this.#life;
    const wire = structuredClone(request);
    this.#world.send(() => {
      const answer = tenant.exchange(structuredClone(wire));
      const back = (answer: WalletAnswer) => {
        if (this.#life === life) this.#wallet.receive(answer, this.#now());
      };
      if (answer) this.#world.send(() => back(structuredClone(answer)));
    });
  }

  /** What is idle goes back, and what runs is kept, as long as the isolate lives. */
  #tidy(): void {
    this.#world.time.after(TIDY_MS, () => {
      this.#tidy();
      this.#drive();
    });
  }
}
