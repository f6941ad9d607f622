/**
 * Isolates, one tenant's object and the ledger under one seeded scheduler.
 * @module
 */
import { VirtualTime } from "../custody/virtual-time.ts";
import { type Random, seeded } from "../random.ts";
import { type Faults, NONE } from "./faults.ts";
import { SimulatedIsolate } from "./simulated-isolate.ts";
import { SimulatedLedger } from "./simulated-ledger.ts";
import { SimulatedTenant } from "./simulated-tenant.ts";

export class SimulatedWorld {
  // Nothing here is a promise: there is nothing to drain.
  readonly time = new VirtualTime(() => Promise.resolve());
  readonly random: Random;
  readonly ledger = new SimulatedLedger();
  readonly tenant: SimulatedTenant;
  readonly isolates: SimulatedIsolate[];
  faults: Faults;

  constructor({ seed, faults, isolates }: { seed: number; faults: Faults; isolates: number }) {
    this.random = seeded(seed);
    this.faults = faults;
    this.tenant = new SimulatedTenant(this, this.ledger);
    this.isolates = Array.from({ length: isolates }, (_, i) => new SimulatedIsolate(this, `i${i}`));
  }

  /** From now on messages arrive, once and soon. What is on its way still comes as it does. */
  heal(): void {
    this.faults = NONE;
  }

  anyJump(): number {
    const { jump_ms_max } = this.faults;
    return this.random.integer(-jump_ms_max, jump_ms_max);
  }

  /** Brings one message to the other side: soon, late, never, more than once. */
  send(arrive: () => void): void {
    const { loss, late, late_ms_max, replay, replay_ms_max } = this.faults;
    const { random, time } = this;
    if (!random.chance(loss)) {
      time.after(
        random.chance(late) ? random.integer(1, late_ms_max) : random.integer(1, 60),
        arrive,
      );
    }
    if (random.chance(replay)) time.after(random.integer(1, replay_ms_max), arrive);
  }
}
