/**
 * Keeps answers to requests that carry an Idempotency-Key: a share of one tenant's, or of the
 * admin's.
 * A thin shell: stored-responses.ts decides who runs and who is answered; this file lets requests
 * wait and deletes old answers.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { stillRings } from "../shared/alarm.ts";
import { migrateObject } from "../shared/migrate.ts";
import { IDEMPOTENCY_MIGRATIONS } from "./migrations.ts";
import {
  type Begun,
  type KeyedRequest,
  type RunRight,
  StoredResponses,
} from "./stored-responses.ts";

// How long a repeated request waits for the first one's run before it is told to come back.
const WAIT_MS = 10_000;
// Per key: a flood of repetitions must not fill the object's memory with waiting requests.
const WAITING_MAX = 256;
// One alarm deletes all that expires within a minute: an alarm for each answer would cost more.
const SWEEP_AFTER_MS = 60_000;
const SWEEP_AGAIN_MS = 1_000;

const log = logger();

/** The object that keeps a share of a scope's answers; callers get it from idempotencyObject(). */
export class IdempotencyStore extends DurableObject<Env> {
  readonly #answers: StoredResponses;
  readonly #waiting = new Map<string, Set<() => void>>();
  #alarm_at = Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrateObject(ctx.storage, IDEMPOTENCY_MIGRATIONS);
    this.#answers = new StoredResponses(ctx.storage.sql);
  }

  /**
   * Says whether to run a request, or gives its answer. While another run of the key is under way
   * it waits up to ten seconds.
   */
  async begin(ask: KeyedRequest): Promise<Begun> {
    // Not by the clock, which may jump: the timer runs out once, whatever happens.
    let patient = true;
    let wake = () => {};
    const timer = setTimeout(() => {
      patient = false;
      wake();
    }, WAIT_MS);
    try {
      for (;;) {
        const begun = this.#answers.begin(ask, Date.now());
        if (begun.is === "run") this.#arm();
        const waiting = this.#waiting.get(ask.key_hash);
        const crowded = (waiting?.size ?? 0) >= WAITING_MAX;
        if (begun.is !== "running" || !patient || crowded) return begun;
        await new Promise<void>((done) => {
          wake = done;
          if (waiting) waiting.add(done);
          else this.#waiting.set(ask.key_hash, new Set([done]));
        });
        this.#stopWaiting(ask.key_hash, wake);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Says that a run is alive; due at least once within CRASHED_AFTER_MS.
   * @returns false if the run has lost its right: another has taken it over
   */
  beat(turn: RunRight): boolean {
    return this.#answers.beat(turn, Date.now());
  }

  /**
   * Ends a run with its answer, on disk once the call resolves.
   * @param sealed the answer, encrypted by functions/idempotency; null: it is too large to keep
   * @returns false if the run had lost its right: nothing has changed then
   */
  finish(turn: RunRight, sealed: string | null): boolean {
    const had = this.#answers.finish(turn, sealed, Date.now());
    if (had) this.#wakeAll(turn.key_hash);
    return had;
  }

  /**
   * Ends a run whose answer is not final: the key is free for the next run.
   * @returns false if the run had lost its right: nothing has changed then
   */
  release(turn: RunRight): boolean {
    const had = this.#answers.release(turn, Date.now());
    if (had) this.#wakeAll(turn.key_hash);
    return had;
  }

  /**
   * A part of an answer, after the first, which begin() gives.
   * @param part its number, from 0
   * @returns null if the answer is gone, or another execution's by now
   */
  part(of: Omit<RunRight, "attempt">, part: number): string | null {
    return this.#answers.part(of, part);
  }

  /** Deletes expired answers. Never throws. */
  override alarm(): void {
    this.#alarm_at = Infinity;
    try {
      this.#answers.sweep(Date.now());
    } catch (error) {
      // Thrown alarms are repeated six times and then dropped; this one is set again below.
      log.warn("Old answers were not deleted", { error });
    }
    this.#arm();
  }

  #wakeAll(key_hash: string): void {
    const waiting = this.#waiting.get(key_hash);
    this.#waiting.delete(key_hash);
    for (const wake of waiting ?? []) wake();
  }

  #stopWaiting(key_hash: string, wake: () => void): void {
    const waiting = this.#waiting.get(key_hash);
    waiting?.delete(wake);
    if (waiting?.size === 0) this.#waiting.delete(key_hash);
  }

  /**
   * Sets the alarm by the rows, not by memory: an object that is evicted often must not put its
   * alarm off for ever.
   */
  #arm(): void {
    const now = Date.now();
    if (stillRings(this.#alarm_at, now)) return;
    const due = this.#answers.nextExpiry();
    if (due === null) return;
    this.#alarm_at = due <= now ? now + SWEEP_AGAIN_MS : due + SWEEP_AFTER_MS;
    void this.ctx.storage.setAlarm(this.#alarm_at);
  }
}
