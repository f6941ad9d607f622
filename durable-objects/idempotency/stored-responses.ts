/**
 * Answers by the hash of the Idempotency-Key that asked for them: who may run a request, who gets
 * the answer of another's run, and who is refused. docs/idempotency.md has the reasons.
 *
 * One run at a time holds a key. A run that does not beat for a minute counts as crashed, and the
 * next request of the key runs under the same execution id, which the ledger bills once. Keys are
 * here as hashes and answers as text that was sealed elsewhere: neither in the clear.
 *
 * Knows nothing of Cloudflare: the disk is a port, the time an argument. Every method is one
 * synchronous turn, durable as a whole.
 * Not its job: waiting for a run to end (idempotency-store.ts), sealing
 * (functions/idempotency/sealed-response.ts).
 * @module
 */
import type { Sql } from "../shared/sql.ts";

/** How long an answer is given again. */
export const ANSWER_KEPT_MS = 24 * 3_600_000;

/**
 * A run that does not beat for this long counts as crashed; a live one beats four times as often.
 */
export const CRASHED_AFTER_MS = 60_000;

/**
 * SQLite in an object takes 2 MB a row; half of that leaves room, and bounds what one message
 * carries.
 */
export const PART_CHARS = 2 ** 20;

// One sweep deletes this many answers, of eleven rows at most: far below what an alarm may take.
const SWEEP_KEYS_MAX = 100;

/** The right to run a request; its run shows it when it beats and when it ends. */
export interface RunRight {
  key_hash: string;
  /** Chosen by the first run of the request, and kept by the runs that take it over. */
  execution_id: string;
  /** Counts the runs of the key, from 1: an earlier run has lost its right. */
  attempt: number;
}

/** A request that carries an Idempotency-Key. */
export interface KeyedRequest {
  /** SHA-256 of the scope and the key, hexadecimal. */
  key_hash: string;
  /** A digest of method, path and body. */
  fingerprint: string;
  /** Of the headers that decide the answer; a release that does not send it compares none. */
  headers_hash?: string;
  /** The execution's id if this is the first run of the request. */
  execution_id: string;
}

/** What becomes of a request: it runs, or why it does not. */
export type Begun =
  | { is: "run"; turn: RunRight }
  /**
   * The request is answered: `first` is the first part of the sealed answer, part() gives the
   * others.
   */
  | {
    is: "replay";
    execution_id: string;
    /** How many parts the answer has. */
    parts: number;
    first: string;
  }
  /** The request ran, but its answer was too large to keep. */
  | { is: "unkept" }
  /** The key was used for another request. */
  | { is: "other" }
  /** Another run of the request is under way. */
  | { is: "running" };

/** The answers of one object, in its SQLite. */
export class StoredResponses {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * Decides what becomes of a request.
   * @param now_ms real clock, as everywhere in this class
   */
  begin(ask: KeyedRequest, now_ms: number): Begun {
    const now = Math.floor(now_ms);
    const row = this.#row(ask.key_hash);
    if (!row) return this.#run({ ...ask, attempt: 1 }, now);
    // An answer that has expired does not count, whether it was swept or not.
    if (row.state !== "running" && row.expires_ms <= now) {
      this.#forget(ask.key_hash);
      return this.#run({ ...ask, attempt: row.attempt + 1 }, now);
    }
    const same = isSame(row, ask);
    switch (row.state) {
      case "answered":
        return same ? this.#replay(row) : { is: "other" };
      case "unkept":
        return same ? { is: "unkept" } : { is: "other" };
      case "released": {
        // The same id again: the released run may have run on a node whose answer was lost.
        const execution_id = same ? row.execution_id : ask.execution_id;
        return this.#run({ ...ask, execution_id, attempt: row.attempt + 1 }, now);
      }
      case "running":
        if (!same) return { is: "other" };
        if (!this.#isCrashed(row, now)) return { is: "running" };
        return this.#run(
          { ...ask, execution_id: row.execution_id, attempt: row.attempt + 1 },
          now,
        );
    }
  }

  /**
   * Notes that a run is alive.
   * @returns whether it still has its right to run
   */
  beat(turn: RunRight, now_ms: number): boolean {
    if (!this.#has(turn)) return false;
    this.#mark(turn, "running", Math.floor(now_ms));
    return true;
  }

  /**
   * Ends a run with its answer.
   * @param sealed null: the answer is too large to keep
   * @returns false if the run had lost its right: nothing has changed then
   */
  finish(turn: RunRight, sealed: string | null, now_ms: number): boolean {
    if (!this.#has(turn)) return false;
    const { key_hash } = turn;
    for (let part = 0; sealed !== null && part * PART_CHARS < sealed.length; part++) {
      const text = sealed.slice(part * PART_CHARS, (part + 1) * PART_CHARS);
      this.#sql.exec(
        "INSERT INTO parts (key_hash, part, sealed) VALUES (?, ?, ?)",
        key_hash,
        part,
        text,
      );
    }
    this.#mark(turn, sealed === null ? "unkept" : "answered", Math.floor(now_ms));
    return true;
  }

  /**
   * Ends a run whose answer is not final: the key is free for the next run.
   * @returns false if the run had lost its right: nothing has changed then
   */
  release(turn: RunRight, now_ms: number): boolean {
    if (!this.#has(turn)) return false;
    this.#mark(turn, "released", Math.floor(now_ms));
    return true;
  }

  /**
   * A part of an answer.
   * @param part its number, from 0
   * @returns null if the answer is gone, or is another execution's
   */
  part({ key_hash, execution_id }: Omit<RunRight, "attempt">, part: number): string | null {
    const row = this.#row(key_hash);
    if (row?.execution_id !== execution_id || row.state !== "answered") return null;
    const [found] = this.#sql.exec<{ sealed: string }>(
      "SELECT sealed FROM parts WHERE key_hash = ? AND part = ?",
      key_hash,
      part,
    ).toArray();
    return found?.sealed ?? null;
  }

  /** Deletes up to SWEEP_KEYS_MAX of the answers that have expired. */
  sweep(now_ms: number): void {
    const gone = this.#sql.exec<{ key_hash: string }>(
      "SELECT key_hash FROM keys WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?",
      Math.floor(now_ms),
      SWEEP_KEYS_MAX,
    ).toArray();
    for (const { key_hash } of gone) this.#forget(key_hash);
  }

  /**
   * When the first answer expires, ms since 1970.
   * @returns null if there is none
   */
  nextExpiry(): number | null {
    const [row] = this.#sql.exec<{ at: number | null }>("SELECT min(expires_ms) AS at FROM keys")
      .toArray();
    return row.at;
  }

  #row(key_hash: string): Row | undefined {
    return this.#sql.exec<Row>(
      `SELECT keys.*, headers_hash FROM keys
       LEFT JOIN key_headers USING (key_hash, execution_id) WHERE key_hash = ?`,
      key_hash,
    ).toArray()[0];
  }

  #run(
    { key_hash, fingerprint, headers_hash, execution_id, attempt }: KeyedRequest & RunRight,
    now: number,
  ): Begun {
    this.#sql.exec(
      `INSERT OR REPLACE INTO keys
         (key_hash, fingerprint, execution_id, attempt, state, heard_ms, expires_ms)
       VALUES (?, ?, ?, ?, 'running', ?, ?)`,
      key_hash,
      fingerprint,
      execution_id,
      attempt,
      now,
      now + ANSWER_KEPT_MS,
    );
    this.#sql.exec("DELETE FROM key_headers WHERE key_hash = ?", key_hash);
    if (headers_hash !== undefined) {
      this.#sql.exec(
        "INSERT INTO key_headers (key_hash, execution_id, headers_hash) VALUES (?, ?, ?)",
        key_hash,
        execution_id,
        headers_hash,
      );
    }
    return { is: "run", turn: { key_hash, execution_id, attempt } };
  }

  #replay({ key_hash, execution_id }: Row): Begun {
    const [{ parts }] = this.#sql.exec<{ parts: number }>(
      "SELECT count(*) AS parts FROM parts WHERE key_hash = ?",
      key_hash,
    ).toArray();
    const first = this.part({ key_hash, execution_id }, 0);
    if (first === null) throw new Error("An answer is kept without its parts");
    return { is: "replay", execution_id, parts, first };
  }

  #isCrashed({ key_hash, heard_ms }: Row, now: number): boolean {
    if (now >= heard_ms) return now - heard_ms >= CRASHED_AFTER_MS;
    // The clock has jumped back. The minute counts from now, or the key would be held for the jump.
    this.#sql.exec("UPDATE keys SET heard_ms = ? WHERE key_hash = ?", now, key_hash);
    return false;
  }

  /** Whether a run has its right still: no other run has taken it over. */
  #has({ key_hash, execution_id, attempt }: RunRight): boolean {
    const row = this.#row(key_hash);
    return row?.state === "running" && row.execution_id === execution_id &&
      row.attempt === attempt;
  }

  #mark({ key_hash }: RunRight, state: Row["state"], now: number): void {
    this.#sql.exec(
      "UPDATE keys SET state = ?, heard_ms = ?, expires_ms = ? WHERE key_hash = ?",
      state,
      now,
      now + ANSWER_KEPT_MS,
      key_hash,
    );
  }

  #forget(key_hash: string): void {
    this.#sql.exec("DELETE FROM parts WHERE key_hash = ?", key_hash);
    this.#sql.exec("DELETE FROM key_headers WHERE key_hash = ?", key_hash);
    this.#sql.exec("DELETE FROM keys WHERE key_hash = ?", key_hash);
  }
}

/** Headers are compared where both say which they were. */
const isSame = (row: Row, { fingerprint, headers_hash }: KeyedRequest): boolean =>
  row.fingerprint === fingerprint &&
  (row.headers_hash === null || headers_hash === undefined || row.headers_hash === headers_hash);

type Row = {
  key_hash: string;
  fingerprint: string;
  /** Null where release 7ab9cf5 has written the row: then only the fingerprint is compared. */
  headers_hash: string | null;
  execution_id: string;
  attempt: number;
  state: "running" | "released" | "answered" | "unkept";
  heard_ms: number;
  expires_ms: number;
};
