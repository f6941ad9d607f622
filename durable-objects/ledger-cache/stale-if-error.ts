/**
 * What the ledger last said, kept on disk: for keys and prices, which every request needs and which
 * must outlast a ledger that is away.
 *
 * A young record is the answer. For an older one the ledger is asked, with a short deadline: if it
 * does not answer, the record holds for up to a day, and the ledger is asked again some seconds
 * later. A record that the ledger says does not exist is forgotten at once, so a revoked key ends
 * with the first answer.
 *
 * A name outlasts its record, in a table of its own that holds nothing to serve: where made-up names
 * are kept from the ledger, one that existed is not taken for one of them.
 *
 * Knows nothing of Cloudflare: the disk is a port, the time an argument.
 * @module
 */
import type { Log } from "../../contract/log.ts";
import { withDeadline } from "../../contract/deadline.ts";
import type { Sql } from "../shared/sql.ts";
import { isReadable, stamped, unstamped, type Versioned } from "../shared/version.ts";

// An isolate keeps a key for 4 s more (functions/middleware/auth.ts): a revoked key must end within
// 10 s.
const FRESH_MS = 4_000;
// Where a record is known, a request waits no longer for a ledger that hangs.
const PATIENCE_MS = 1_000;
// After a failure the ledger is not asked for this long, so that not every request waits for it.
const AWAY_MS = 5_000;
/** How long a record holds while the ledger is away. */
export const RECORD_STALE_MS = 24 * 3_600_000;
/** How long a name is known after its record was last given. A key that is shown once a month is. */
export const NAME_KEPT_MS = 90 * 24 * 3_600_000;
/**
 * How many names are known at most, so that rotated keys cannot fill the disk: some 100 bytes each.
 * The one that was given longest ago goes first.
 */
export const NAMES_MAX = 10_000;
// A name's age need not be exact: with one write a day it costs no write of its own with each answer.
const NAME_NOTED_MS = RECORD_STALE_MS;

/** How a cache was asked since its object started, and what it holds now. */
export interface CacheCounts {
  /** Kept on disk. */
  records: number;
  /** Answers from a record that was young. */
  fresh: number;
  /** Answers from an older record, since the ledger did not answer. */
  stale: number;
  /** Questions to the ledger, and those of them that failed. */
  asked: number;
  failed: number;
}

interface Ports {
  sql: Sql;
  warn: Log["warn"];
}

type Row = { value: string; asked_ms: number };
/** What is asked for: one record, or a list of them. */
type Cached = object | readonly object[];

/** Records of the ledger by name, in an object's SQLite. */
export class StaleIfError {
  readonly #ports: Ports;
  readonly #asking = new Map<string, Promise<unknown>>();
  #away_until = -Infinity;
  readonly #counts = { fresh: 0, stale: 0, asked: 0, failed: 0 };
  /** Counts the changes in the ledger: an answer to a question from before a change is not kept. */
  #changes = 0;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /**
   * A record: the cached one, or what the ledger says now. Rejects if none of the last day is
   * cached and the ledger does not answer.
   * @param name of the record in the cache
   * @param ask asks the ledger; null: there is no such record
   * @param now the real clock, ms since 1970
   * @returns null if the ledger says that there is no such record
   */
  async of<T extends Cached>(
    name: string,
    ask: () => Promise<T | null>,
    now: () => number,
  ): Promise<T | null> {
    const row = this.#row(name);
    // By the absolute age: after a clock that jumped back, no record stays young for ever.
    const age = row ? Math.abs(now() - row.asked_ms) : Infinity;
    // Beyond AWAY_MS the clock has jumped back: it must not keep the ledger away for the whole
    // jump.
    const left = this.#away_until - now();
    const isAway = left > 0 && left <= AWAY_MS;
    if (row && (age < FRESH_MS || (isAway && age < RECORD_STALE_MS))) {
      this.#counts[age < FRESH_MS ? "fresh" : "stale"]++;
      return read<T>(row);
    }
    const asked = this.#ask(name, ask, now);
    if (!row || age >= RECORD_STALE_MS) return await asked;
    try {
      return await withDeadline(PATIENCE_MS, asked);
    } catch (error) {
      this.#away_until = now() + AWAY_MS;
      this.#ports.warn("The ledger does not answer; what is known holds", { error });
      this.#counts.stale++;
      return read<T>(row);
    }
  }

  /** What is kept, and how this object was asked. */
  counts(): CacheCounts {
    const [{ records }] = this.#ports.sql.exec<{ records: number }>(
      "SELECT count(*) AS records FROM known",
    ).toArray();
    return { records, ...this.#counts };
  }

  /**
   * Whether the ledger gave a record within the last NAME_KEPT_MS, and has not said since that there
   * is no such record. The record itself may be forgotten, or too old to be served.
   * @param name of the record in the cache
   */
  knows(name: string): boolean {
    return this.#row(name) !== undefined || this.#noted(name) !== undefined;
  }

  /**
   * Forgets the records that have a value in a field, since the ledger has changed there; their names
   * stay known.
   * @param value compared with the record's own `id` or `tenant_id`
   */
  forget(field: "id" | "tenant_id", value: string): void {
    this.#change();
    this.#ports.sql.exec(
      "DELETE FROM known WHERE json_extract(value, ?) = ?",
      `$.${field}`,
      value,
    );
  }

  /**
   * Asks the ledger anew for a cached record, since it has changed. Rejects if the ledger does not
   * answer: then the cached record holds.
   * @param name of the record in the cache
   */
  async renew<T extends Cached>(
    name: string,
    ask: () => Promise<T | null>,
    now: () => number,
  ): Promise<void> {
    this.#change();
    if (!this.#row(name)) return;
    // Something else may change before the answer comes, which is not kept then: what is old by now must not
    // pass for young meanwhile.
    const { sql } = this.#ports;
    sql.exec("UPDATE known SET asked_ms = asked_ms - ? WHERE name = ?", FRESH_MS, name);
    await this.#ask(name, ask, now);
  }

  #change(): void {
    this.#changes++;
    this.#asking.clear();
  }

  /** Asks the ledger once for all callers that want the same record. */
  #ask<T extends Cached>(
    name: string,
    ask: () => Promise<T | null>,
    now: () => number,
  ): Promise<T | null> {
    const known = this.#asking.get(name) as Promise<T | null> | undefined;
    if (known) return known;
    const [asked_ms, changes] = [now(), this.#changes];
    this.#counts.asked++;
    const asking = ask().then((value) => {
      // "There is no such record" is safe to keep, whatever has changed meanwhile.
      if (value === null || changes === this.#changes) this.#keep(name, value, asked_ms);
      this.#away_until = -Infinity;
      return value;
    }).finally(() => {
      if (this.#asking.get(name) === asking) this.#asking.delete(name);
    });
    this.#asking.set(name, asking);
    // Every caller may have stopped waiting before the ledger fails: without a handler that would
    // be logged as an unhandled rejection.
    asking.catch(() => this.#counts.failed++);
    return asking;
  }

  #keep(name: string, value: Cached | null, asked_ms: number): void {
    const { sql } = this.#ports;
    const at = Math.floor(asked_ms);
    if (value === null) {
      sql.exec("DELETE FROM known WHERE name = ?", name);
      sql.exec("DELETE FROM names WHERE name = ?", name);
    } else {
      sql.exec(
        "INSERT OR REPLACE INTO known (name, value, asked_ms) VALUES (?, ?, ?)",
        name,
        written(value),
        at,
      );
      this.#note(name, at);
    }
    sql.exec("DELETE FROM known WHERE abs(? - asked_ms) > ?", at, RECORD_STALE_MS);
  }

  #note(name: string, at: number): void {
    const noted_ms = this.#noted(name);
    if (noted_ms !== undefined && Math.abs(at - noted_ms) < NAME_NOTED_MS) return;
    const { sql } = this.#ports;
    sql.exec("INSERT OR REPLACE INTO names (name, noted_ms) VALUES (?, ?)", name, at);
    const [from, until] = [at - NAME_KEPT_MS, at + NAME_KEPT_MS];
    // Two comparisons, so that the index finds them: a difference would be worked out for every name.
    sql.exec("DELETE FROM names WHERE noted_ms < ? OR noted_ms > ?", from, until);
    sql.exec(
      "DELETE FROM names WHERE name IN (SELECT name FROM names ORDER BY noted_ms DESC LIMIT -1 OFFSET ?)",
      NAMES_MAX,
    );
  }

  #noted(name: string): number | undefined {
    return this.#ports.sql.exec<{ noted_ms: number }>(
      "SELECT noted_ms FROM names WHERE name = ?",
      name,
    ).toArray()[0]?.noted_ms;
  }

  /**
   * The cached row; one that a newer release has written does not count, and the ledger is asked.
   */
  #row(name: string): Row | undefined {
    return this.#ports.sql.exec<Row>("SELECT value, asked_ms FROM known WHERE name = ?", name)
      .toArray().find(isKnown);
  }
}

// The version stands in each record, not around a list: after a rollback release 7ab9cf5 reads the
// list, and knows no envelope.
const written = (value: Cached): string =>
  JSON.stringify(
    Array.isArray(value) ? value.map((one) => stamped("cached", one)) : stamped("cached", value),
  );

const isKnown = ({ value }: Row): boolean =>
  ([JSON.parse(value)].flat() as Versioned[]).every((one) => isReadable("cached", one));

function read<T extends Cached>({ value }: Row): T {
  const held = JSON.parse(value);
  const records = Array.isArray(held)
    ? held.map((one) => unstamped("cached", one))
    : unstamped("cached", held);
  return records as T;
}
