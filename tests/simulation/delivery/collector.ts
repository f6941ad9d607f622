/**
 * A collector in a simulation: the real inbox over a disk that outlives it, and alarms as
 * collector.ts sets them.
 * @module
 */
import { commit, type Committed } from "../../../durable-objects/collector/commits.ts";
import { Inbox } from "../../../durable-objects/collector/inbox.ts";
import { PassThrough } from "../../../durable-objects/collector/pass-through.ts";
import { RecentExecutions } from "../../../durable-objects/collector/recent-executions.ts";
import { COLLECTOR_MIGRATIONS } from "../../../durable-objects/collector/migrations.ts";
import type { Execution } from "../../../ledger/execution.ts";
import { memorySql } from "../../support/memory-sql.ts";
import { Away, Refused } from "./away.ts";
import type { Clock, Surroundings } from "./surroundings.ts";

// Fewer than the ledger takes, so that what an outage has gathered is more than one batch.
const BATCH_MAX = 100;
const LOOK_MS = 1_000;
const DRAIN_AFTER_MS = 500;
const RETRY_MS_MAX = 30_000;
// As long as the ledger's client waits.
const PATIENCE_MS = 10_000;
const COMMIT_MS_MAX = 3_000;

export class SimulatedCollector {
  readonly name: string;
  readonly #world: Surroundings;
  readonly #clock: Clock;
  readonly #sql = memorySql(COLLECTOR_MIGRATIONS);
  #inbox: Inbox;
  #passing: PassThrough;
  #recent: RecentExecutions;
  #lives = 0;
  #alarm_at = Infinity;
  #failures = 0;
  /** Alarms of one object come one after the other. */
  #draining = false;

  constructor(world: Surroundings, name: string) {
    this.#world = world;
    this.name = name;
    this.#clock = world.clock();
    [this.#inbox, this.#passing, this.#recent] = this.#open();
    world.every(LOOK_MS, () => this.#look());
  }

  get isEmpty(): boolean {
    const { waiting, poison } = this.#inbox.backlog();
    return waiting + poison === 0;
  }

  async collect(executions: readonly Execution[]): Promise<void> {
    const inbox = this.#inbox;
    this.#mayDie();
    if (this.#world.bug !== "blind collector") {
      for (const execution of executions) this.#recent.note(execution);
    }
    const sound = inbox.notSetAside(executions);
    if (sound.length === 0) return;
    if (inbox.isEmpty() && await this.#passing.pass(sound)) return;
    // What died meanwhile writes nothing, and does not answer.
    if (inbox !== this.#inbox) throw new Away("it died");
    this.#inbox.add(sound);
    this.#drainWithin(DRAIN_AFTER_MS);
    this.#mayDie();
  }

  async commit(execution: Execution, mark: string | null): Promise<Committed> {
    this.#mayDie();
    const [inbox, recent] = [this.#inbox, this.#recent];
    const { ledger } = this.#world;
    const keep = (kept: Execution) => {
      inbox.add([kept]);
      this.#world.ran(kept);
      this.#drainWithin(DRAIN_AFTER_MS);
    };
    const record = (one: Execution) =>
      this.#world.call(
        this.name,
        "ledger",
        COMMIT_MS_MAX,
        () => ledger.recordOrFind(this.#world, one),
      );
    const known = this.#world.bug === "forgetful collector" ? recent.mark : mark;
    const kept = (id: string) => this.#world.bug === "forgetful disk" ? null : inbox.find(id);
    const committed = await commit({ recent, keep, kept, record }, execution, known);
    this.#mayDie();
    if (inbox !== this.#inbox) throw new Away("it died");
    return committed;
  }

  holding(lease_ids: readonly string[]): string[] {
    return this.#inbox.holding(lease_ids, this.#passing.executions);
  }

  /** An operator puts back all that was set aside. @returns how many */
  retryAll(): number {
    const aside = this.#inbox.poison("", 1_000);
    for (const { id } of aside) this.#inbox.retry(id);
    if (aside.length > 0) this.#drainWithin(0);
    return aside.length;
  }

  #open(): [Inbox, PassThrough, RecentExecutions] {
    const { ledger, time } = this.#world;
    const ports = {
      record: (executions: Execution[]) =>
        this.#world.call(
          this.name,
          "ledger",
          PATIENCE_MS,
          () => ledger.record(this.#world, executions),
        ),
      batch_max: BATCH_MAX,
    };
    const inbox = new Inbox({
      ...ports,
      sql: this.#sql,
      refusal: (error) => error instanceof Refused ? error.message : null,
      warn: () => {},
    });
    const wait = (ms: number) => new Promise<void>((resolve) => time.after(ms, () => resolve()));
    const within = <T>(ms: number, promise: PromiseLike<T>): Promise<T> =>
      Promise.race([
        promise,
        wait(ms).then((): never => {
          throw new Away("it takes long");
        }),
      ]);
    const recent = new RecentExecutions(`${this.name}-${this.#lives++}`);
    return [inbox, new PassThrough({ ...ports, wait, within }), recent];
  }

  #look(): void {
    if (this.#mayDie() || this.#draining || this.#clock.now() < this.#alarm_at) return;
    this.#alarm_at = Infinity;
    const inbox = this.#inbox;
    this.#draining = true;
    void inbox.drain(this.#clock.now()).then((more) => {
      if (inbox !== this.#inbox) return;
      this.#failures = 0;
      if (more) this.#drainWithin(0);
    }, () => {
      if (inbox !== this.#inbox) return;
      this.#drainWithin(Math.min(1_000 * 2 ** this.#failures++, RETRY_MS_MAX));
    }).finally(() => {
      if (inbox === this.#inbox) this.#draining = false;
    });
  }

  #drainWithin(ms: number): void {
    const now = this.#clock.now();
    if (this.#alarm_at <= now + RETRY_MS_MAX) return;
    this.#alarm_at = now + ms;
  }

  #mayDie(): boolean {
    if (!this.#world.random.chance(this.#world.faults.crash)) return false;
    [this.#inbox, this.#passing, this.#recent] = this.#open();
    this.#failures = 0;
    this.#draining = false;
    // The platform keeps alarms on disk, and repeats one that was cut off.
    this.#alarm_at = this.#clock.now() + LOOK_MS;
    return true;
  }
}
