/**
 * Gathers the executions of a region's nodes and brings them to the ledger in batches.
 * A thin shell: what is held and how it gets there is in inbox.ts; here is when.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { openBatchWriter } from "../../ledger/batch-writer.ts";
import { type Ledger, openLedger } from "../../ledger/client.ts";
import type { Execution } from "../../ledger/execution.ts";
import { EXECUTIONS_MAX, recordExecutions } from "../../ledger/record-executions.ts";
import { recordOrFind } from "../../ledger/record-or-find.ts";
import { commit, type Committed } from "./commits.ts";
import { tracedWrite } from "./ledger-span.ts";
import { PassThrough } from "./pass-through.ts";
import { RecentExecutions } from "./recent-executions.ts";
import { reasonOf } from "../../ledger/reason.ts";
import { refusalOf } from "../../ledger/refusal.ts";
import { withDeadline } from "../../contract/deadline.ts";
import { stillRings } from "../shared/alarm.ts";
import { migrateObject } from "../shared/migrate.ts";
import { type CollectorBacklog, Inbox, type Poison } from "./inbox.ts";
import { COLLECTOR_MIGRATIONS } from "./migrations.ts";

const DRAIN_AFTER_MS = 500;
// During an outage the wait between attempts doubles, up to half a minute.
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;
// A caller waits for it.
const COMMIT_MS_MAX = 3_000;

const log = logger();

/**
 * The object that brings a share of a region's executions to the ledger; nodes get it from
 * collectorObject().
 */
export class Collector extends DurableObject<Env> {
  readonly #inbox: Inbox;
  readonly #passing: PassThrough;
  readonly #recent = new RecentExecutions(crypto.randomUUID());
  readonly #ledger: () => Ledger;
  #failures = 0;
  #delivered = 0;
  #alarm_at = Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrateObject(ctx.storage, COLLECTOR_MIGRATIONS);
    const { url, token } = settingsOf(env).ledger;
    const address = { url, authToken: token };
    this.#ledger = () => openLedger(address);
    const ledger = {
      record: async (executions: Execution[]) => {
        this.#delivered += await tracedWrite(
          env,
          executions,
          (headers) =>
            recordExecutions(
              { $client: openBatchWriter(address, headers) },
              executions,
              Date.now(),
            ),
          (work) => ctx.waitUntil(work),
        );
      },
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
    for (const execution of executions) this.#recent.note(execution);
    const sound = this.#inbox.notSetAside(executions);
    if (sound.length === 0) return;
    if (this.#inbox.isEmpty() && await this.#passing.pass(sound)) return;
    this.#inbox.add(sound);
    this.#drainWithin(DRAIN_AFTER_MS);
  }

  /**
   * Does as collect() for executions as text, which crosses to another object for a third of the work.
   * @param executions a list as JSON
   */
  collectText(executions: string): ReturnType<Collector["collect"]> {
    return this.collect(JSON.parse(executions));
  }

  /**
   * Commits a run, for the isolate of an ask that several nodes may have run.
   * @param execution of the run that the isolate is about to answer with
   * @param mark that this object gave before the ask began; null: it gave none
   * @returns which execution counts; rejects if nobody can tell now
   */
  commit(execution: Execution, mark: string | null): Promise<Committed> {
    return commit(
      {
        recent: this.#recent,
        keep: (kept) => {
          this.#inbox.add([kept]);
          this.#drainWithin(DRAIN_AFTER_MS);
        },
        kept: (id) => this.#inbox.find(id),
        record: (one) => withDeadline(COMMIT_MS_MAX, recordOrFind(this.#ledger(), one, Date.now())),
      },
      execution,
      mark,
    );
  }

  /**
   * What waits here for the ledger.
   * @returns `failures` counts the attempts in a row that the ledger has failed, `delivered` the receipts
   *   that were new to the ledger, since the object started
   */
  backlog(): CollectorBacklog & { failures: number; delivered: number } {
    const backlog = this.#inbox.backlog(this.#passing.executions);
    // An object that was just made does not know that the ledger was away, nor need it wait as long.
    if (backlog.waiting > 0) this.#drainWithin(DRAIN_AFTER_MS);
    return { ...backlog, failures: this.#failures, delivered: this.#delivered };
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
    if (this.#alarm_at <= now + RETRY_MS_MAX && stillRings(this.#alarm_at, now)) return;
    this.#alarm_at = now + ms;
    void this.ctx.storage.setAlarm(this.#alarm_at);
  }
}
