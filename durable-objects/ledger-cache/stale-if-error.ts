/**
 * What the ledger last said, kept on disk: for keys and prices, which every request needs and which
 * must outlast a ledger that is away.
 *
 * Young enough, it is the answer. Older, the ledger is asked, and not waited for long: if it does not
 * answer, what is known holds for a day, and it is asked again some seconds later. What it says does not
 * exist is forgotten at once, so that a revoked key ends with the first answer.
 *
 * Knows nothing of Cloudflare: the disk is a port, the time an argument.
 * @module
 */
import type { Log } from "../../contract/log.ts";
import { withDeadline } from "../shared/deadline.ts";
import type { Sql } from "../shared/sql.ts";
import { isReadable, stamped, unstamped, type Versioned } from "../shared/version.ts";

// An isolate keeps a key for 4 s more (functions/middleware/auth.ts), and all of it must stay below 10 s.
const FRESH_MS = 4_000;
// A ledger that hangs holds up nobody for longer, where something is known.
const PATIENCE_MS = 1_000;
const AWAY_MS = 5_000;
/** So long what is known holds while the ledger is away. */
export const STALE_MS = 24 * 3_600_000;

interface Ports {
  sql: Sql;
  warn: Log["warn"];
}

type Row = { value: string; asked_ms: number };
/** What is asked for: one record, or a list of them. */
type Answer = object | readonly object[];

export class StaleIfError {
  readonly #ports: Ports;
  readonly #asking = new Map<string, Promise<unknown>>();
  #away_until = -Infinity;
  /** How often something has changed: what was asked before is not kept. */
  #changes = 0;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /**
   * @param ask asks the ledger; null: there is no such thing
   * @returns what holds; rejects if that is not known and the ledger is away
   */
  async of<T extends Answer>(
    name: string,
    ask: () => Promise<T | null>,
    now: () => number,
  ): Promise<T | null> {
    const row = this.#row(name);
    // A clock that jumps back makes nothing young for ever.
    const age = row ? Math.abs(now() - row.asked_ms) : Infinity;
    // At most so far ahead: a clock that jumps back must not keep the ledger away.
    const left = this.#away_until - now();
    const isAway = left > 0 && left <= AWAY_MS;
    if (row && (age < FRESH_MS || (isAway && age < STALE_MS))) {
      return read<T>(row);
    }
    const asked = this.#ask(name, ask, now);
    if (!row || age >= STALE_MS) return await asked;
    try {
      return await withDeadline(PATIENCE_MS, asked);
    } catch (error) {
      this.#away_until = now() + AWAY_MS;
      this.#ports.warn("The ledger does not answer; what is known holds", { error });
      return read<T>(row);
    }
  }

  /** Whether the ledger has ever said what it is, and not since that there is no such thing. */
  knows(name: string): boolean {
    return this.#row(name) !== undefined;
  }

  /** Forgets what has this value in a field, as that has changed. */
  forget(field: "id" | "tenant_id", value: string): void {
    this.#change();
    this.#ports.sql.exec(
      "DELETE FROM known WHERE json_extract(value, ?) = ?",
      `$.${field}`,
      value,
    );
  }

  /** Asks anew for what is known, as that has changed; rejects if the ledger is away: then it holds. */
  async renew<T extends Answer>(
    name: string,
    ask: () => Promise<T | null>,
    now: () => number,
  ): Promise<void> {
    this.#change();
    if (this.#row(name)) await this.#ask(name, ask, now);
  }

  #change(): void {
    this.#changes++;
    this.#asking.clear();
  }

  /** Asks once for all who want the same. */
  #ask<T extends Answer>(
    name: string,
    ask: () => Promise<T | null>,
    now: () => number,
  ): Promise<T | null> {
    const known = this.#asking.get(name) as Promise<T | null> | undefined;
    if (known) return known;
    const [asked_ms, changes] = [now(), this.#changes];
    const asking = ask().then((value) => {
      // That there is no such thing is safe to keep, whatever it is that has changed.
      if (value === null || changes === this.#changes) this.#keep(name, value, asked_ms);
      this.#away_until = -Infinity;
      return value;
    }).finally(() => {
      if (this.#asking.get(name) === asking) this.#asking.delete(name);
    });
    this.#asking.set(name, asking);
    // Every caller may have stopped waiting before the ledger fails: without a handler that would be
    // logged as an unhandled rejection.
    asking.catch(() => {});
    return asking;
  }

  #keep(name: string, value: Answer | null, asked_ms: number): void {
    const { sql } = this.#ports;
    const at = Math.floor(asked_ms);
    if (value === null) sql.exec("DELETE FROM known WHERE name = ?", name);
    else {
      sql.exec(
        "INSERT OR REPLACE INTO known (name, value, asked_ms) VALUES (?, ?, ?)",
        name,
        written(value),
        at,
      );
    }
    sql.exec("DELETE FROM known WHERE abs(? - asked_ms) > ?", at, STALE_MS);
  }

  /** What a newer release has kept is not known here: the ledger is asked. */
  #row(name: string): Row | undefined {
    return this.#ports.sql.exec<Row>("SELECT value, asked_ms FROM known WHERE name = ?", name)
      .toArray().find(isKnown);
  }
}

// In each record, not around them: release 7ab9cf5 reads them after a rollback, and takes no envelope.
const written = (value: Answer): string =>
  JSON.stringify(
    Array.isArray(value) ? value.map((one) => stamped("cached", one)) : stamped("cached", value),
  );

const isKnown = ({ value }: Row): boolean =>
  ([JSON.parse(value)].flat() as Versioned[]).every((one) => isReadable("cached", one));

function read<T extends Answer>({ value }: Row): T {
  const held = JSON.parse(value);
  const records = Array.isArray(held)
    ? held.map((one) => unstamped("cached", one))
    : unstamped("cached", held);
  return records as T;
}
