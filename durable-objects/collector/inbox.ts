/**
 * What a collector holds between its nodes and the ledger, and how it brings it there.
 *
 * At least once on every hop: a row leaves the inbox only when the ledger has taken it, and the
 * ledger takes an id once. A row whose content the ledger refuses would be refused for ever, and
 * would hold up all rows behind it. It is set aside with the reason, where an operator finds it,
 * and never dropped.
 *
 * Knows nothing of Cloudflare: disk and ledger are ports.
 * Not its job: when to drain (collector.ts).
 * @module
 */
import type { Log } from "../../contract/log.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Sql } from "../shared/sql.ts";
import { isReadable } from "../shared/version.ts";

// Text of one batch; an execution is 1,200 characters, and with the longest policy 12,000: the
// object shares 128 MB with others, and each of its lanes holds its batch several times over.
const BATCH_CHARS_MAX = 1_000_000;
// Batches on their way at once; the platform lets one alarm have six requests open.
const LANES = 4;
// One drain takes far less than the 15 minutes that the platform gives an alarm.
const BATCHES_MAX = 200;

/** What a collector holds. */
export interface CollectorBacklog {
  /** Executions that wait for the ledger. */
  waiting: number;
  /**
   * When the oldest that waits was made, by the real clock, as its id says, ms since 1970; null
   * where none waits.
   */
  since_ms: number | null;
  /** Executions that are set aside. */
  poison: number;
}

/** An execution that the ledger refuses for its content, set aside until an operator retries it. */
export interface Poison {
  id: string;
  /** Why, in the ledger's words, or what is wrong with the record itself. */
  reason: string;
  /** Real clock, ms since 1970. */
  set_aside_ms: number;
  /** As it came, JSON. */
  execution: string;
}

/** What an inbox needs of the outside. */
export interface InboxPorts {
  sql: Sql;
  /**
   * Brings executions to the ledger, all or none; rejects if the ledger is away or refuses them.
   */
  record(executions: Execution[]): Promise<unknown>;
  /** How many executions record() takes at once. */
  batch_max: number;
  /**
   * Why the ledger refuses the content of a batch, if record() rejected for that.
   * @returns null if the ledger may take the same batch later
   */
  refusal(error: unknown): string | null;
  /** Tells an operator's log that an execution was set aside. */
  warn: Log["warn"];
}

type Kept = { id: string; execution: string };
type Row = Kept & { number: number };

/** The inbox and what is set aside, in a collector's SQLite. */
export class Inbox {
  readonly #ports: InboxPorts;
  /** Whether it is known that nothing waits: each call of a collector asks. */
  #isKnownEmpty = false;
  /** Whether it is known that nothing is set aside: so does each call that brings executions. */
  #isKnownSound = false;

  constructor(ports: InboxPorts) {
    this.#ports = ports;
  }

  /**
   * Takes executions over as they come, with fields of a newer release, too. The same execution
   * twice is one row. Only `receipt.id` and `receipt.lease_id` are read here: they keep their place
   * in every version.
   */
  add(executions: readonly Execution[]): void {
    for (const execution of executions) {
      const { id, lease_id } = execution.receipt;
      this.#enter({ id, execution: JSON.stringify(execution) }, lease_id);
    }
  }

  /**
   * The execution of an id that waits here or is set aside.
   * @throws SyntaxError if it is none: an operator must see to it
   */
  find(id: string): Execution | null {
    const [row] = this.#ports.sql.exec<{ execution: string }>(
      `SELECT execution FROM inbox WHERE id = ?1
       UNION ALL SELECT execution FROM poison WHERE id = ?1`,
      id,
    ).toArray();
    return row ? JSON.parse(row.execution) as Execution : null;
  }

  /**
   * Those of some executions of whose ids none is set aside: that one was here first, and is charged
   * once an operator has seen to it.
   */
  notSetAside(executions: readonly Execution[]): readonly Execution[] {
    if (this.#isSound()) return executions;
    const aside = new Set(
      this.#ports.sql.exec<{ id: string }>(
        "SELECT id FROM poison WHERE id IN (SELECT value FROM json_each(?))",
        JSON.stringify(executions.map(({ receipt }) => receipt.id)),
      ).toArray().map(({ id }) => id),
    );
    return aside.size === 0
      ? executions
      : executions.filter(({ receipt }) => !aside.has(receipt.id));
  }

  #enter({ id, execution }: Kept, lease_id: string | null): void {
    this.#isKnownEmpty = false;
    this.#ports.sql.exec(
      "INSERT INTO inbox (id, execution, lease_id) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
      id,
      execution,
      lease_id,
    );
  }

  /**
   * Which of some leases have receipts that wait here.
   * @param lease_ids ids of leases of budget
   * @param passing executions that wait, too, and are not on this disk
   * @returns those of `lease_ids` that a waiting receipt is charged to
   */
  holding(lease_ids: readonly string[], passing: readonly Execution[] = []): string[] {
    const kept = this.#ports.sql.exec<{ lease_id: string }>(
      `SELECT DISTINCT lease_id FROM inbox
       WHERE lease_id IN (SELECT value FROM json_each(?)) AND lease_id IS NOT NULL`,
      JSON.stringify(lease_ids),
    ).toArray();
    const held = new Set(
      [...kept, ...passing.map(({ receipt }) => receipt)].map(({ lease_id }) => lease_id),
    );
    return [...new Set(lease_ids)].filter((id) => held.has(id));
  }

  /** Whether nothing waits here. */
  isEmpty(): boolean {
    return this.#isKnownEmpty ||=
      this.#ports.sql.exec("SELECT 1 AS one FROM inbox LIMIT 1").toArray().length === 0;
  }

  /**
   * Brings what waits to the ledger, several batches at a time, so that the ledger has the next one
   * while another is on its way. Rejects if the ledger is away: nothing is lost then, and batches
   * that it has taken already may be sent again.
   * @param now_ms real clock, for what is set aside
   * @returns whether more waits
   */
  async drain(now_ms: number): Promise<boolean> {
    let after = 0;
    let left = BATCHES_MAX;
    const lane = async () => {
      while (left-- > 0) {
        const rows = this.#next(after);
        if (rows.length === 0) return;
        after = rows[rows.length - 1].number;
        try {
          await this.#bring(rows, now_ms);
        } catch (error) {
          left = 0;
          throw error;
        }
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
    const failed = lanes.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
    return this.#next(0).length > 0;
  }

  /**
   * Counts what is held.
   * @param passing executions that wait, too, and are not on this disk
   */
  backlog(passing: readonly Execution[] = []): CollectorBacklog {
    const [{ waiting }] = this.#count("inbox");
    const [{ waiting: poison }] = this.#count("poison");
    const [first] = this.#ports.sql.exec<{ id: string | null }>("SELECT min(id) AS id FROM inbox")
      .toArray();
    const ids = [first.id ?? [], passing.map(({ receipt }) => receipt.id)].flat(2);
    return {
      waiting: waiting + passing.length,
      since_ms: ids.length === 0 ? null : Math.min(...ids.map(timeOf)),
      poison,
    };
  }

  /**
   * What was set aside, in the order of ids.
   * @param after the id to go on after; empty: from the first
   * @param limit how many at most
   * @returns at most `limit` records
   */
  poison(after: string, limit: number): Poison[] {
    return this.#ports.sql.exec<{ [K in keyof Poison]: Poison[K] }>(
      "SELECT id, reason, set_aside_ms, execution FROM poison WHERE id > ? ORDER BY id LIMIT ?",
      after,
      limit,
    ).toArray();
  }

  /**
   * Puts an execution that was set aside back among those that wait.
   * @param id the execution's
   * @returns false if no execution of this id is set aside
   */
  retry(id: string): boolean {
    const [row] = this.#ports.sql.exec<Kept>("SELECT id, execution FROM poison WHERE id = ?", id)
      .toArray();
    if (!row) return false;
    const execution = read(row);
    this.#enter(row, typeof execution === "string" ? null : execution.receipt.lease_id);
    this.#ports.sql.exec("DELETE FROM poison WHERE id = ?", id);
    return true;
  }

  #isSound(): boolean {
    return this.#isKnownSound ||=
      this.#ports.sql.exec("SELECT 1 AS one FROM poison LIMIT 1").toArray().length === 0;
  }

  #next(after: number): Row[] {
    const rows = this.#ports.sql.exec<Row>(
      "SELECT rowid AS number, id, execution FROM inbox WHERE rowid > ? ORDER BY rowid LIMIT ?",
      after,
      this.#ports.batch_max,
    ).toArray();
    let chars = 0;
    const over = rows.findIndex(({ execution }) => (chars += execution.length) > BATCH_CHARS_MAX);
    return over < 0 ? rows : rows.slice(0, Math.max(over, 1));
  }

  /**
   * Brings rows to the ledger; halves a batch that the ledger refuses until the row that it refuses
   * is alone: some 19 calls for one row of 500.
   */
  async #bring(rows: readonly Row[], now_ms: number): Promise<void> {
    const executions: Execution[] = [];
    for (const row of rows) {
      const execution = read(row);
      if (typeof execution === "string") this.#setAside(row, execution, now_ms);
      else executions.push(execution);
    }
    const sound = rows.length === executions.length
      ? rows
      : rows.filter(({ id }) => executions.some(({ receipt }) => receipt.id === id));
    if (sound.length === 0) return;
    try {
      await this.#ports.record(executions);
      return this.#forget(sound);
    } catch (error) {
      const reason = this.#ports.refusal(error);
      if (reason === null) throw error;
      if (sound.length === 1) return this.#setAside(sound[0], reason, now_ms);
    }
    const middle = sound.length >> 1;
    await this.#bring(sound.slice(0, middle), now_ms);
    await this.#bring(sound.slice(middle), now_ms);
  }

  #setAside({ id, execution }: Kept, reason: string, now_ms: number): void {
    this.#isKnownSound = false;
    this.#ports.sql.exec(
      "INSERT OR REPLACE INTO poison (id, reason, set_aside_ms, execution) VALUES (?, ?, ?, ?)",
      id,
      reason,
      Math.floor(now_ms),
      execution,
    );
    this.#forget([{ id }]);
    this.#ports.warn("An execution is set aside", { execution_id: id, reason });
  }

  #forget(rows: readonly Pick<Kept, "id">[]): void {
    // As one argument: an object's SQLite takes 100 a statement.
    this.#ports.sql.exec(
      "DELETE FROM inbox WHERE id IN (SELECT value FROM json_each(?))",
      JSON.stringify(rows.map(({ id }) => id)),
    );
  }

  #count(table: "inbox" | "poison"): { waiting: number }[] {
    return this.#ports.sql.exec<{ waiting: number }>(`SELECT count(*) AS waiting FROM ${table}`)
      .toArray();
  }
}

/** The execution of a row, or what is wrong with it. */
function read({ id, execution }: Kept): Execution | string {
  try {
    const held = JSON.parse(execution) as Execution;
    if (!isReadable("execution", held)) {
      return `It is of version ${held.v}, of a newer release: retry it once that is back`;
    }
    return held.receipt.id === id && held.placement.id === id
      ? held
      : "It holds another id than its row";
  } catch (error) {
    return `It is no execution: ${(error as Error).message}`;
  }
}

/** The instant that a UUID of version 7 begins with (RFC 9562). */
const timeOf = (id: string): number => parseInt(id.replaceAll("-", "").slice(0, 12), 16);
