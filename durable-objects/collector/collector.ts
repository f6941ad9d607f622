/**
 * Gathers the executions of a region's nodes and brings them to the ledger in batches.
 * A thin shell: what is held and how it gets there is in inbox.ts; here is when.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { openBatchWriter } from "../../ledger/batch-writer.ts";
import type { Execution } from "../../ledger/execution.ts";
import { EXECUTIONS_MAX, recordExecutions } from "../../ledger/record-executions.ts";
import { PassThrough } from "./pass-through.ts";
import { reasonOf } from "../../ledger/reason.ts";
import { refusalOf } from "../../ledger/refusal.ts";
import { migrateObject } from "../shared/migrate.ts";
import { type CollectorBacklog, Inbox, type Poison } from "./inbox.ts";
import { COLLECTOR_MIGRATIONS } from "./migrations.ts";

const DRAIN_AFTER_MS = 500;
// During an outage the wait between attempts doubles, up to half a minute.
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;

const log = logger();

/**
 * The object that brings a share of a region's executions to the ledger; nodes get it from
 * collectorObject().
 */
export class Collector extends DurableObject<Env> {
  readonly #inbox: Inbox;
  readonly #passing: PassThrough;
  #failures = 0;
  #alarm_at = Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrateObject(ctx.storage, COLLECTOR_MIGRATIONS);
    const { url, token } = settingsOf(env).ledger;
    const writer = openBatchWriter({ url, authToken: token });
    const ledger = {
      record: (executions: Execution[]) =>
        recordExecutions({ $client: writer }, executions, Date.now()),
      batch_max: EXECUTIONS_MAX,
    };
    this.#inbox = new Inbox({
      ...ledger,
      sql: ctx.storage.sql,
      refusal: refusalOf,
      warn: log.error,
    });
    this.#passing = new PassThrough({ ...ledger, wait: (ms) => scheduler.wait(ms) });
  }

  /**
   * Takes executions over: they are in the ledger or on this object's disk once the call resolves.
   * What comes behind others that wait, waits behind them.
   */
  async collect(executions: Execution[]): Promise<void> {
    if (this.#inbox.isEmpty() && await this.#passing.pass(executions)) return;
    this.#inbox.add(executions);
    this.#drainWithin(DRAIN_AFTER_MS);
  }

  /**
   * Does as collect() for executions as text, which crosses to another object for a third of the work.
   * @param executions a list as JSON
   */
  collectText(executions: string): Promise<void> {
    return this.collect(JSON.parse(executions));
  }

  /**
   * What waits here for the ledger.
   * @returns `failures` counts the attempts in a row that the ledger has failed
   */
  backlog(): CollectorBacklog & { failures: number } {
    const backlog = this.#inbox.backlog(this.#passing.executions);
    // An object that was just made does not know that the ledger was away, nor need it wait as long.
    if (backlog.waiting > 0) this.#drainWithin(DRAIN_AFTER_MS);
    return { ...backlog, failures: this.#failures };
  }

  /**
   * Which of some leases have receipts that wait here. Their receipts are sent to the ledger at
   * once.
   * @param lease_ids ids of leases of budget
   * @returns those of `lease_ids` that a waiting receipt is charged to
   */
  holding(lease_ids: string[]): string[] {
    const held = this.#inbox.holding(lease_ids, this.#passing.executions);
    if (held.length > 0) this.#drainWithin(DRAIN_AFTER_MS);
    return held;
  }

  /**
   * Executions that were set aside, in the order of their ids.
   * @param after the id to go on after; empty: from the first
   * @param limit how many at most
   * @returns whole records, with the execution as JSON text
   */
  poison(after: string, limit: number): Poison[] {
    return this.#inbox.poison(after, limit);
  }

  /**
   * Puts an execution that was set aside back among those that wait.
   * @param id the execution's
   * @returns false if no execution of this id is set aside here
   */
  retry(id: string): boolean {
    const found = this.#inbox.retry(id);
    if (found) this.#drainWithin(0);
    return found;
  }

  /** Brings what waits to the ledger. Does not throw: after a failure it sets the next alarm. */
  override async alarm(): Promise<void> {
    this.#alarm_at = Infinity;
    try {
      const more = await this.#inbox.drain(Date.now());
      this.#failures = 0;
      if (more) this.#drainWithin(0);
    } catch (error) {
      const wait = Math.min(RETRY_MS_MIN * 2 ** this.#failures, RETRY_MS_MAX);
      this.#failures++;
      log.warn("The ledger did not take receipts", { error: reasonOf(error), retry_ms: wait });
      this.#drainWithin(wait);
    }
  }

  /**
   * Sets the alarm, unless one is set. An alarm that lies further ahead than any wait was set
   * before the clock jumped back, and is set anew.
   */
  #drainWithin(ms: number): void {
    const now = Date.now();
    if (this.#alarm_at <= now + RETRY_MS_MAX) return;
    this.#alarm_at = now + ms;
    void this.ctx.storage.setAlarm(this.#alarm_at);
  }
}
