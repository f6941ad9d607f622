/**
 * Bounds the memory that large bodies take of an isolate at once: with their tensors and answers, a few
 * of them would fill it. A tenant has room for one at a time, so a tenant that sends slowly, or does
 * not read its answer, delays only itself. A request that finds no room waits for WAIT_MS_MAX, its body
 * unread, and is then refused with `overloaded`.
 * @module
 */
import { ProblemError } from "../contract/problem.ts";
import { retryAfter } from "./retry-after.ts";

/** A body of more than this takes room; a hundred smaller ones at once do no harm. */
export const LARGE_BYTES = 2 ** 18;
// An isolate has 128 MB; when idle, with its engine loaded, it takes some 50 of them. Where cores are busy,
// garbage waits beside what is held: four scenes at once took 129 MiB there, 59 on a quiet machine.
const ROOM_MB = 48;
/**
 * What a large request may take, MB: one of 512 x 512 that is read as it arrives holds its tensor and its
 * outputs, before and behind an RPC; one of a model whose tensors can be several times as large holds those;
 * one with an Idempotency-Key holds its text as well.
 */
export const TAKES_MB = { read: 16, wide: 48, keyed: 48 } as const;
// A scene is read, run and written in about a second.
const WAIT_MS_MAX = 10_000;
const LOOK_EVERY_MS = 25;
// A request that waits holds a connection. Those of one tenant must not take all the places.
const WAITING_MAX = 32;
const WAITING_MAX_A_TENANT = 8;
// A caller that drops its connection takes its request's timers along, and nothing of the request runs
// any more. So a request that holds room or waits for it says so again and again, or is forgotten.
const RENEW_MS = 1_000;
const FORGOTTEN_MS = 5_000;
// However alive: a request that sleeps must not keep the room for ever. Once somebody else has got it, an
// answer that is still being read is cut off (paced-stream.ts).
const HELD_MS_MAX = 120_000;

/** Until when each is taken for alive, real clock, ms. */
const held = new Map<BodyRoom, number>();
const waiting = new Map<BodyRoom, number>();

/** The room that one request takes, from its first large read until its response is done. */
export class BodyRoom {
  /**
   * Counts further requests for a body that turns out to be longer than its length told. Set by
   * authentication, which knows whose rate it is.
   */
  weigh: (requests: number) => Promise<void> = () => Promise.resolve();
  #borrowers = 0;
  readonly #tenantOf: () => string;
  #mb = 0;
  #entered = false;
  #renewing: ReturnType<typeof setInterval> | undefined;

  /** @param tenantOf tells whose request it is, once that is known */
  constructor(tenantOf: () => string) {
    this.#tenantOf = tenantOf;
  }

  /**
   * Takes room for a large body; does nothing if the request has it already. If there is none, it
   * waits. Whoever has waited longest is the first to get it, among those that fit.
   * @param takes which of TAKES_MB it may take
   * @throws ProblemError `overloaded` if there is none in time
   */
  async enter(takes: keyof typeof TAKES_MB): Promise<void> {
    if (held.has(this)) return;
    this.#mb = TAKES_MB[takes];
    forgetTheDead();
    const own = countOf(waiting.keys(), this.tenant);
    if (waiting.size >= WAITING_MAX || own >= WAITING_MAX_A_TENANT) throw full();
    const began = Date.now();
    try {
      do {
        waiting.set(this, Date.now() + FORGOTTEN_MS);
        if (this.#take()) return;
        // Each looks again by its own timer: in workerd a request cannot wait for another's promise.
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      } while (Math.abs(Date.now() - began) <= WAIT_MS_MAX);
      throw full();
    } finally {
      waiting.delete(this);
    }
  }

  /**
   * Keeps the room beyond the request's end, for who writes its response still. There may be several:
   * one that collects a stream holds the room when the stream has been read.
   * @returns to be called once: the last of them leaves the room
   */
  lend(): () => void {
    this.#borrowers++;
    return () => {
      if (--this.#borrowers === 0) this.leave();
    };
  }

  /** Whether somebody writes the response still, who leaves the room at its end. */
  get isLent(): boolean {
    return this.#borrowers > 0;
  }

  /** Whether another request has got the room that this one held too long: it must hold no memory on. */
  get isLost(): boolean {
    return this.#entered && !held.has(this);
  }

  /** Gives the room back; does nothing where none was taken. */
  leave(): void {
    this.#entered = false;
    clearInterval(this.#renewing);
    held.delete(this);
  }

  /** Whose request it is. */
  get tenant(): string {
    return this.#tenantOf();
  }

  #take(): boolean {
    forgetTheDead();
    for (const room of waiting.keys()) {
      if (!room.#fits()) continue;
      if (room !== this) return false;
      const last = Date.now() + HELD_MS_MAX;
      const renew = () => held.set(this, Math.min(last, Date.now() + FORGOTTEN_MS));
      renew();
      this.#entered = true;
      this.#renewing = setInterval(() => {
        if (held.has(this)) renew();
      }, RENEW_MS);
      return true;
    }
    return false;
  }

  #fits(): boolean {
    let taken = 0;
    for (const room of held.keys()) {
      if (room.tenant === this.tenant) return false;
      taken += room.#mb;
    }
    return taken + this.#mb <= ROOM_MB;
  }
}

function forgetTheDead(): void {
  const now = Date.now();
  for (const rooms of [held, waiting]) {
    for (const [room, until] of rooms) {
      // A clock that has jumped back must not keep anybody.
      if (now > until || until > now + HELD_MS_MAX) rooms.delete(room);
    }
  }
}

function countOf(rooms: Iterable<BodyRoom>, tenant: string): number {
  let count = 0;
  for (const room of rooms) if (room.tenant === tenant) count++;
  return count;
}

const full = (): ProblemError =>
  new ProblemError("overloaded", "Other large requests are under way: ask again", {
    headers: retryAfter(),
  });
