/**
 * Keeps answers to requests that carry an Idempotency-Key: a share of one tenant's, or of the admin's.
 * A thin shell: who runs and who is answered is decided in stored-responses.ts; here is who waits, and when old
 * answers are deleted.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { migrate } from "../shared/migrate.ts";
import { IDEMPOTENCY_MIGRATIONS } from "./migrations.ts";
import {
  type Begun,
  type KeyedRequest,
  type RunRight,
  StoredResponses,
} from "./stored-responses.ts";

// So long an asker waits for another's run before it is told to come back.
const WAIT_MS = 10_000;
// Of one key: a flood of repetitions must not fill the object's memory with those who wait.
const WAITING_MAX = 256;
// One alarm deletes what a minute has let expire: an alarm for each answer would cost more.
const SWEEP_AFTER_MS = 60_000;
const SWEEP_AGAIN_MS = 1_000;

const log = logger();

export class IdempotencyStore extends DurableObject<Env> {
  readonly #answers: StoredResponses;
  readonly #waiting = new Map<string, Set<() => void>>();
  #alarm_at = Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, IDEMPOTENCY_MIGRATIONS);
    this.#answers = new StoredResponses(ctx.storage.sql);
  }

  /** Says whether to run, or gives the answer; waits a while for one that is being made. */
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

  beat(turn: RunRight): boolean {
    return this.#answers.beat(turn, Date.now());
  }

  /** Once this returns the answer is on disk, or its run has lost its turn. */
  finish(turn: RunRight, sealed: string | null): boolean {
    const had = this.#answers.finish(turn, sealed, Date.now());
    if (had) this.#wakeAll(turn.key_hash);
    return had;
  }

  release(turn: RunRight): boolean {
    const had = this.#answers.release(turn, Date.now());
    if (had) this.#wakeAll(turn.key_hash);
    return had;
  }

  part(of: Omit<RunRight, "attempt">, part: number): string | null {
    return this.#answers.part(of, part);
  }

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

  /** Asks the rows, not memory: an object that is evicted often must not put its alarm off for ever. */
  #arm(): void {
    if (Number.isFinite(this.#alarm_at)) return;
    const due = this.#answers.nextExpiry();
    if (due === null) return;
    const now = Date.now();
    this.#alarm_at = due <= now ? now + SWEEP_AGAIN_MS : due + SWEEP_AFTER_MS;
    void this.ctx.storage.setAlarm(this.#alarm_at);
  }
}
