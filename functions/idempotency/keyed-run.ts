/**
 * A run that holds its Idempotency-Key. Until it ends it tells the store that it is alive; at its
 * end it tells what it answered, or frees the key. It ends once.
 * @module
 */
import {
  CRASHED_AFTER_MS,
  type RunRight,
} from "../../durable-objects/idempotency/stored-responses.ts";
import type { Stub } from "../../durable-objects/names.ts";
import { LARGE_BYTES } from "../body-room.ts";
import { pacedStream, piecesOf } from "../paced-stream.ts";
import type { Services } from "../services.ts";
import { seal, type SealKey } from "./sealed-response.ts";
import { collecting } from "./stored-stream.ts";

// A response of this size takes eleven rows of an object. A larger one is not stored: it is a tensor's,
// and a client can run the request anew under another key.
const STORED_BYTES_MAX = 8 * 2 ** 20;

// A larger problem is not stored, as it would fill the disk: it lists many faults of the request, and a
// repetition finds the same ones again.
const PROBLEM_BYTES_MAX = 4_096;

// A stored response keeps no header that belongs to the request that ran: each repetition gets its own
// id, timing, rate and date.
const NOT_STORED =
  /^(x-request-id|perigee-request-id|server-timing|date|vary|access-control-.*|(x-)?ratelimit.*)$/;

/** Where the responses of a key are stored, and what seals them. */
export interface KeyedStore {
  store: Stub<"IDEMPOTENCY">;
  seal_key: SealKey;
}

/** What a response is made of. */
export type SentBody = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** A body that is in memory, as it is sent: a large one in pieces, with a deadline for each. */
export const sentBody = (body: Uint8Array<ArrayBuffer>, services: Services): SentBody =>
  body.length > LARGE_BYTES ? pacedStream(piecesOf(body), services) : body;

/** One run under a key; it sends the store heartbeats from its construction on. */
export class KeyedRun {
  readonly #services: Services;
  readonly #keyed: KeyedStore;
  readonly #turn: RunRight;
  readonly #beating: ReturnType<typeof setInterval>;

  constructor(services: Services, keyed: KeyedStore, turn: RunRight) {
    this.#services = services;
    this.#keyed = keyed;
    this.#turn = turn;
    // Four times in the span after which the store takes a run for crashed, so that a lost heartbeat
    // does no harm.
    this.#beating = setInterval(
      () => void this.#tell((store) => store.beat(turn)),
      CRASHED_AFTER_MS / 4,
    );
  }

  /**
   * Reads and stores a response; a large problem frees the key instead. A large body holds the request's
   * room until the client has read it, as it is in memory until then.
   * @returns the body to send in its place
   */
  async finish(response: Response): Promise<SentBody> {
    // The stream that is read here gives its own hold on the room back at its end.
    const giveBack = this.#services.room.lend();
    try {
      const body = await this.#finished(response);
      return sentBody(body, this.#services);
    } finally {
      giveBack();
    }
  }

  async #finished(response: Response): Promise<Uint8Array<ArrayBuffer>> {
    const body = new Uint8Array(await response.arrayBuffer());
    if (!response.ok && body.length > PROBLEM_BYTES_MAX) {
      await this.release();
      return body;
    }
    await this.#store(response, body.length <= STORED_BYTES_MAX ? body : null);
    return body;
  }

  /**
   * Stores a response whose events are still to come.
   * @returns the stream to send in its place
   */
  finishStream(response: Response, events: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    return collecting(events, STORED_BYTES_MAX, {
      finish: (whole) => this.#store(response, whole),
      release: () => this.release(),
    });
  }

  /** Frees the key: the next request with it runs. */
  async release(): Promise<void> {
    clearInterval(this.#beating);
    await this.#tell((store) => store.release(this.#turn));
  }

  /** @param body null if it is too large to store */
  async #store(
    { status, headers }: Response,
    body: Uint8Array<ArrayBuffer> | null,
  ): Promise<void> {
    clearInterval(this.#beating);
    const stored = [...headers].filter(([name]) => !NOT_STORED.test(name));
    const sealed = body && await seal({ status, headers: stored, body }, this.#keyed.seal_key);
    await this.#tell((store) => store.finish(this.#turn, sealed));
  }

  /**
   * Tells the store something. If it does not answer, the response is sent all the same: a repetition
   * then runs under the same execution id.
   */
  async #tell(what: (store: KeyedStore["store"]) => PromiseLike<unknown>): Promise<void> {
    try {
      await what(this.#keyed.store);
    } catch (error) {
      this.#services.log.warn("The store of an Idempotency-Key did not answer", { error });
    }
  }
}
