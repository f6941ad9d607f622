/**
 * A collector in a simulation: the real collection over a disk that outlives it, and alarms as
 * collector.ts sets them.
 * @module
 */
import { Collection } from "../../../durable-objects/collector/inbox.ts";
import { COLLECTOR_MIGRATIONS } from "../../../durable-objects/collector/migrations.ts";
import type { Execution } from "../../../ledger/execution.ts";
import { memorySql } from "../../support/memory-sql.ts";
import { Refused } from "./away.ts";
import type { Clock, Surroundings } from "./surroundings.ts";

// Fewer than the ledger takes, so that what an outage has gathered is more than one batch.
const BATCH_MAX = 100;
const LOOK_MS = 1_000;
const DRAIN_AFTER_MS = 500;
const RETRY_MS_MAX = 30_000;
// As long as the ledger's client waits.
const PATIENCE_MS = 10_000;

export class SimulatedCollector {
  readonly name: string;
  readonly #world: Surroundings;
  readonly #clock: Clock;
  readonly #sql = memorySql(COLLECTOR_MIGRATIONS);
  #collection: Collection;
  #alarm_at = Infinity;
  #failures = 0;
  /** Alarms of one object come one after the other. */
  #draining = false;

  constructor(world: Surroundings, name: string) {
    this.#world = world;
    this.name = name;
    this.#clock = world.clock();
    this.#collection = this.#open();
    world.every(LOOK_MS, () => this.#look());
  }

  get isEmpty(): boolean {
    const { waiting, poison } = this.#collection.backlog();
    return waiting + poison === 0;
  }

  collect(executions: readonly Execution[]): void {
    this.#collection.add(executions);
    this.#drainWithin(DRAIN_AFTER_MS);
    this.#mayDie();
  }

  holding(lease_ids: readonly string[]): string[] {
    return this.#collection.holding(lease_ids);
  }

  /** An operator puts back all that was set aside. @returns how many */
  retryAll(): number {
    const aside = this.#collection.poison("", 1_000);
    for (const { id } of aside) this.#collection.retry(id);
    if (aside.length > 0) this.#drainWithin(0);
    return aside.length;
  }

  #open(): Collection {
    const { ledger } = this.#world;
    return new Collection({
      sql: this.#sql,
      record: (executions) =>
        this.#world.call(
          this.name,
          "ledger",
          PATIENCE_MS,
          () => ledger.record(this.#world, executions),
        ),
      batch_max: BATCH_MAX,
      refusal: (error) => error instanceof Refused ? error.message : null,
      warn: () => {},
    });
  }

  #look(): void {
    if (this.#mayDie() || this.#draining || this.#clock.now() < this.#alarm_at) return;
    this.#alarm_at = Infinity;
    const collection = this.#collection;
    this.#draining = true;
    void collection.drain(this.#clock.now()).then((more) => {
      if (collection !== this.#collection) return;
      this.#failures = 0;
      if (more) this.#drainWithin(0);
    }, () => {
      if (collection !== this.#collection) return;
      this.#drainWithin(Math.min(1_000 * 2 ** this.#failures++, RETRY_MS_MAX));
    }).finally(() => {
      if (collection === this.#collection) this.#draining = false;
    });
  }

  #drainWithin(ms: number): void {
    const now = this.#clock.now();
    if (this.#alarm_at <= now + RETRY_MS_MAX) return;
    this.#alarm_at = now + ms;
  }

  #mayDie(): boolean {
    if (!this.#world.random.chance(this.#world.faults.crash)) return false;
    this.#collection = this.#open();
    this.#failures = 0;
    this.#draining = false;
    // The platform keeps alarms on disk, and repeats one that was cut off.
    this.#alarm_at = this.#clock.now() + LOOK_MS;
    return true;
  }
}
