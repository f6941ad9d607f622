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
import { reasonOf } from "../../ledger/reason.ts";
import { refusalOf } from "../../ledger/refusal.ts";
import { migrate } from "../shared/migrate.ts";
import { Collection, type CollectorBacklog, type Poison } from "./inbox.ts";
import { COLLECTOR_MIGRATIONS } from "./migrations.ts";

const DRAIN_AFTER_MS = 500;
// An outage is asked about gently: the wait doubles up to half a minute.
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;

const log = logger();

export class Collector extends DurableObject<Env> {
  readonly #collection: Collection;
  #failures = 0;
  #alarm_at = Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, COLLECTOR_MIGRATIONS);
    const { url, token } = settingsOf(env).ledger;
    const writer = openBatchWriter({ url, authToken: token });
    this.#collection = new Collection({
      sql: ctx.storage.sql,
      record: (executions) => recordExecutions({ $client: writer }, executions, Date.now()),
      batch_max: EXECUTIONS_MAX,
      refusal: refusalOf,
      warn: log.error,
    });
  }

  /** Takes executions over: once this returns, they are on disk here. */
  collect(executions: Execution[]): void {
    this.#collection.add(executions);
    this.#drainWithin(DRAIN_AFTER_MS);
  }

  /** What waits here for the ledger, and whether the ledger failed when it was last asked. */
  backlog(): CollectorBacklog & { failures: number } {
    const backlog = this.#collection.backlog();
    // An object that was just made does not know that the ledger was away, nor need it wait as long.
    if (backlog.waiting > 0) this.#drainWithin(DRAIN_AFTER_MS);
    return { ...backlog, failures: this.#failures };
  }

  /** Those of these leases that receipts which wait here are charged to; they are on their way then. */
  holding(lease_ids: string[]): string[] {
    const held = this.#collection.holding(lease_ids);
    if (held.length > 0) this.#drainWithin(DRAIN_AFTER_MS);
    return held;
  }

  poison(after: string, limit: number): Poison[] {
    return this.#collection.poison(after, limit);
  }

  /** @returns whether an execution of this id was set aside here; it waits again now */
  retry(id: string): boolean {
    const found = this.#collection.retry(id);
    if (found) this.#drainWithin(0);
    return found;
  }

  override async alarm(): Promise<void> {
    this.#alarm_at = Infinity;
    try {
      const more = await this.#collection.drain(Date.now());
      this.#failures = 0;
      if (more) this.#drainWithin(0);
    } catch (error) {
      const wait = Math.min(RETRY_MS_MIN * 2 ** this.#failures, RETRY_MS_MAX);
      this.#failures++;
      log.warn("The ledger did not take receipts", { error: reasonOf(error), retry_ms: wait });
      this.#drainWithin(wait);
    }
  }

  /** One alarm at a time; one that lies further ahead than any wait was set before a clock jumped back. */
  #drainWithin(ms: number): void {
    const now = Date.now();
    if (this.#alarm_at <= now + RETRY_MS_MAX) return;
    this.#alarm_at = now + ms;
    void this.ctx.storage.setAlarm(this.#alarm_at);
  }
}
