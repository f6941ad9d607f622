/**
 * Gathers the executions of a region's nodes and brings them to the ledger in batches.
 * At least once on every hop: a row leaves the inbox only when the ledger has taken it, and the
 * ledger takes an id once.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { settingsOf } from "../contract/settings.ts";
import { openLedger } from "../ledger/client.ts";
import type { Execution } from "../ledger/execution.ts";
import { recordExecutions } from "../ledger/record-executions.ts";

// Rows of one transaction; more would make a failed one dear.
const BATCH = 100;
// One alarm's work: stays far below the 15 minutes that the platform gives an alarm.
const BATCHES_PER_ALARM = 50;
const DRAIN_AFTER_MS = 500;
// An outage is asked about gently: the wait doubles up to half a minute.
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;

export class Collector extends DurableObject<Env> {
  #failures = 0;
  #alarmSet = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(`CREATE TABLE IF NOT EXISTS inbox (
      id TEXT PRIMARY KEY,
      execution TEXT NOT NULL
    ) STRICT`);
  }

  /** Takes executions over: once this returns, they are on disk here. */
  collect(executions: Execution[]): void {
    for (const execution of executions) {
      this.ctx.storage.sql.exec(
        "INSERT INTO inbox VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
        execution.receipt.id,
        JSON.stringify(execution),
      );
    }
    this.#drainAfter(DRAIN_AFTER_MS);
  }

  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    try {
      for (let batch = 0; batch < BATCHES_PER_ALARM; batch++) {
        if (!await this.#drainOne()) return;
      }
      this.#drainAfter(0);
    } catch (error) {
      const wait = Math.min(RETRY_MS_MIN * 2 ** this.#failures, RETRY_MS_MAX);
      this.#failures++;
      console.warn(`The ledger did not take receipts, asking again in ${wait} ms: ${error}`);
      this.#drainAfter(wait);
    }
  }

  /** @returns whether there may be more */
  async #drainOne(): Promise<boolean> {
    const rows = this.ctx.storage.sql.exec<{ id: string; execution: string }>(
      "SELECT id, execution FROM inbox ORDER BY rowid LIMIT ?",
      BATCH,
    ).toArray();
    if (rows.length === 0) return false;
    const { url, token } = settingsOf(this.env).ledger;
    const executions = rows.map((row) => JSON.parse(row.execution) as Execution);
    await recordExecutions(openLedger({ url, authToken: token }), executions, Date.now());
    for (const { id } of rows) this.ctx.storage.sql.exec("DELETE FROM inbox WHERE id = ?", id);
    this.#failures = 0;
    return rows.length === BATCH;
  }

  #drainAfter(ms: number): void {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    void this.ctx.storage.setAlarm(Date.now() + ms);
  }
}
