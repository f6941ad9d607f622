/**
 * A node in a simulation: runs an ask or refuses it, and keeps what it ran in the real outbox, over a
 * disk that outlives it.
 * @module
 */
import { Outbox } from "../../../durable-objects/node/outbox.ts";
import { NODE_MIGRATIONS } from "../../../durable-objects/node/migrations.ts";
import type { Execution } from "../../../ledger/execution.ts";
import { memorySql } from "../../support/memory-sql.ts";
import { Away } from "./away.ts";
import type { Clock, Surroundings } from "./surroundings.ts";

const LOOK_MS = 1_000;
// As long as a caller of an object waits before its connection breaks.
const PATIENCE_MS = 5_000;
const REFUSES = 0.1;

export class SimulatedNode {
  readonly name: string;
  readonly #world: Surroundings;
  readonly #clock: Clock;
  readonly #sql = memorySql(NODE_MIGRATIONS);
  #outbox: Outbox;
  #alarm_at = Infinity;
  #life = 0;
  readonly #withdrawn = new Set<string>();
  #running = 0;
  /** Alarms of one object come one after the other. */
  #alarmed = false;

  constructor(world: Surroundings, name: string) {
    this.#world = world;
    this.name = name;
    this.#clock = world.clock();
    this.#outbox = this.#open();
    world.every(LOOK_MS, () => this.#look());
  }

  get isEmpty(): boolean {
    return this.#running === 0 &&
      this.#sql.exec("SELECT id FROM undelivered LIMIT 1").toArray().length === 0;
  }

  /** @returns whether it ran; rejects if it died meanwhile, having kept it or not */
  think(execution: Execution, tentative: boolean): Promise<boolean> {
    const { random, time } = this.#world;
    const life = this.#life;
    const takes_ms = random.chance(0.02)
      ? random.integer(1, this.#world.faults.run_ms_max)
      : random.integer(1, 300);
    this.#running++;
    return new Promise((resolve, reject) =>
      time.after(takes_ms, () => {
        this.#running--;
        if (this.#life !== life) return reject(new Away("it died"));
        if (random.chance(REFUSES) || this.#withdrawn.delete(execution.receipt.id)) {
          return resolve(false);
        }
        if (tentative && this.#world.bug !== "own receipt") return resolve(true);
        this.#outbox.keep(execution, this.#clock.now());
        this.#arm();
        this.#world.ran(execution);
        if (!this.#mayDie()) this.#deliver();
        resolve(true);
      })
    );
  }

  /** As if it had not begun: whether it had, only its time would tell. */
  withdraw(id: string): void {
    if (this.#world.random.chance(0.5)) this.#withdrawn.add(id);
  }

  #open(): Outbox {
    const collector = this.#world.collectorOf(this.name);
    return new Outbox({
      sql: this.#sql,
      collect: (executions) =>
        this.#world.call(
          this.name,
          collector.name,
          PATIENCE_MS,
          () => collector.collect(executions),
        ),
      warn: () => {},
      wait: (ms) => new Promise<void>((end) => this.#world.time.after(ms, end)),
    }, this.#clock.now());
  }

  #look(): void {
    if (this.#mayDie() || this.#alarmed || this.#clock.now() < this.#alarm_at) return;
    this.#alarm_at = Infinity;
    this.#alarmed = true;
    const outbox = this.#outbox;
    void this.#deliver().then(() => {
      if (outbox === this.#outbox) this.#alarmed = false;
    });
  }

  async #deliver(): Promise<void> {
    const outbox = this.#outbox;
    await outbox.deliver(() => this.#clock.now());
    if (outbox === this.#outbox) this.#arm();
  }

  #arm(): void {
    this.#alarm_at = Math.min(this.#alarm_at, this.#outbox.due_at ?? Infinity);
  }

  #mayDie(): boolean {
    if (!this.#world.random.chance(this.#world.faults.crash)) return false;
    this.#life++;
    this.#outbox = this.#open();
    this.#alarmed = false;
    // The platform keeps alarms on disk, and repeats one that was cut off.
    this.#alarm_at = this.#clock.now() + LOOK_MS;
    return true;
  }
}
