/**
 * `Idempotency-Key`: a request that is sent twice with one key runs once. Without the header nothing
 * happens here. docs/idempotency.md says what is promised and why.
 *
 * Runs behind a route's authentication and before everything else of it (repeatable.ts).
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { type ProblemCode, ProblemError } from "../../contract/problem.ts";
import {
  type Begun,
  CRASHED_AFTER_MS,
  type RunRight,
} from "../../durable-objects/idempotency/stored-responses.ts";
import { idempotencyObject, type Stub } from "../../durable-objects/names.ts";
import { sha256 } from "../middleware/auth.ts";
import type { AppEnv, Ctx } from "../context.ts";
import { executionId } from "./execution-id.ts";
import { fingerprintBody } from "./fingerprint.ts";
import { open, seal, type SealKey } from "./sealed-response.ts";
import { withObject } from "../backends/with-object.ts";

// Eleven rows of an object; what is larger is a tensor that a client can ask for again.
const ANSWER_BYTES_MAX = 8 * 2 ** 20;

// Kept: 2xx and these. All others say something of now (a budget, a busy node), not of the request.
const FINAL = new Set([400, 404, 405, 409, 413, 415, 422]);

// Of those statuses, what the next minute may answer otherwise: nodes move.
const OF_NOW = new Set<ProblemCode>(["still_running", "deadline"]);

// Of the request that is answered now, not of the one that ran: set anew around every answer.
const NOT_KEPT =
  /^(x-request-id|perigee-request-id|server-timing|date|vary|access-control-.*|(x-)?ratelimit.*)$/;

/** One run or one replay of a keyed request. */
interface Keyed {
  keeper: Stub<"IDEMPOTENCY">;
  seal_key: SealKey;
}

/** @param asks for whose credential the route asks; it has been checked when this runs */
export function idempotency(asks: "key" | "admin"): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const key = c.req.header("Idempotency-Key");
    if (key === undefined) return await next();
    if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
      const detail = "Idempotency-Key must be 1 to 255 printable ASCII characters";
      throw new ProblemError("invalid_request", detail);
    }
    const scope = scopeOf(c, asks);
    const fingerprint = await fingerprintBody(c);
    // An admin's answers hold keys in the clear: a guessed Idempotency-Key must not open them.
    const secret = asks === "key" ? key : `${key}\n${c.req.header("Authorization")}`;
    const answered = once(c, next, { key, seal_key: { scope, fingerprint, secret } });
    // A caller who hangs up must not leave its key held: the run ends all the same.
    c.executionCtx.waitUntil(answered.then(() => {}, () => {}));
    return await answered;
  };
}

/** Whose keys these are: the same key of two tenants is two keys. */
function scopeOf(c: Ctx, asks: "key" | "admin"): string {
  if (asks === "admin") return "admin";
  const caller = c.get("caller") as { tenant_id: string } | undefined;
  if (!caller) throw new Error("A keyed request has come this far without its caller");
  return `tenant:${caller.tenant_id}`;
}

async function once(
  c: Ctx,
  next: () => Promise<void>,
  { key, seal_key }: { key: string; seal_key: SealKey },
): Promise<Response | void> {
  const { scope, fingerprint } = seal_key;
  const key_hash = await sha256(`${scope}\n${key}`);
  const keyed: Keyed = { keeper: idempotencyObject(c.env, { scope, key_hash }), seal_key };
  const ask = { key_hash, fingerprint, execution_id: executionId(Date.now()) };
  const begun = await withObject(c, AWAY, () => keyed.keeper.begin(ask) as Promise<Begun>);
  if (begun.is !== "run") return await answerOf(c, keyed, { begun, key_hash });
  c.set("execution_id", begun.turn.execution_id);
  c.set("repeated", begun.turn.attempt > 1);
  await runOnce(c, keyed, { turn: begun.turn, next });
}

async function answerOf(
  c: Ctx,
  { keeper, seal_key }: Keyed,
  { begun, key_hash }: { begun: Exclude<Begun, { is: "run" }>; key_hash: string },
): Promise<Response> {
  if (begun.is === "running") {
    throw new ProblemError(
      "still_running",
      "The first request with this Idempotency-Key is running still: ask again",
      { headers: { "Retry-After": "2" } },
    );
  }
  if (begun.is === "unkept") {
    throw new ProblemError(
      "conflict",
      "The request was done, but its answer was too large to keep: another key runs it again",
      { headers: { "x-should-retry": "false" } },
    );
  }
  if (begun.is === "other") {
    throw new ProblemError("key_reused", "This Idempotency-Key was used for another request");
  }
  const parts = [begun.first];
  for (let part = 1; part < begun.parts; part++) {
    const of = { key_hash, execution_id: begun.execution_id };
    const found = await withObject(c, AWAY, () => keeper.part(of, part) as Promise<string | null>);
    if (found === null) {
      throw new ProblemError(AWAY.code, AWAY.detail, { headers: { "Retry-After": "2" } });
    }
    parts.push(found);
  }
  const answer = await open(parts.join(""), seal_key);
  if (!answer) {
    const detail = "This Idempotency-Key was used with another admin credential";
    throw new ProblemError("key_reused", detail);
  }
  const headers = new Headers(answer.headers);
  headers.set("Idempotency-Replayed", "true");
  const empty = answer.status === 204 || answer.status === 205;
  return new Response(empty ? null : answer.body, { status: answer.status, headers });
}

/** Runs the route, and keeps its answer before it leaves: a repetition must never run what was answered. */
async function runOnce(
  c: Ctx,
  keyed: Keyed,
  { turn, next }: { turn: RunRight; next: () => Promise<void> },
): Promise<void> {
  const run = new KeyedRun(c, keyed, turn);
  try {
    await next();
  } catch (error) {
    await run.release();
    throw error;
  }
  const response = c.res;
  if (!isFinal(c, response)) return await run.release();
  const type = response.headers.get("Content-Type") ?? "";
  if (response.body && type.startsWith("text/event-stream")) {
    replace(c, run.keepingAsItStreams(response.body), response);
    return;
  }
  const body = new Uint8Array(await response.arrayBuffer());
  await run.finish(response, body.length <= ANSWER_BYTES_MAX ? body : null);
  replace(c, response.body ? body : null, response);
}

function isFinal(c: Ctx, { ok, status }: Response): boolean {
  if (c.error instanceof ProblemError && OF_NOW.has(c.error.code)) return false;
  return ok || FINAL.has(status);
}

function replace(c: Ctx, body: BodyInit | null, { status, headers }: Response): void {
  c.res = undefined;
  c.res = new Response(body, { status, headers });
}

/** A run that holds its key: beats until it ends, and ends once. */
class KeyedRun {
  readonly #c: Ctx;
  readonly #keyed: Keyed;
  readonly #turn: RunRight;
  readonly #beating: ReturnType<typeof setInterval>;

  constructor(c: Ctx, keyed: Keyed, turn: RunRight) {
    this.#c = c;
    this.#keyed = keyed;
    this.#turn = turn;
    // A beat that gets lost is followed by others before the run is taken for crashed.
    this.#beating = setInterval(
      () => void this.#tell((keeper) => keeper.beat(turn)),
      CRASHED_AFTER_MS / 4,
    );
  }

  /** @param body null if it is too large to keep */
  async finish(response: Response, body: Uint8Array<ArrayBuffer> | null): Promise<void> {
    clearInterval(this.#beating);
    const { status } = response;
    const headers = [...response.headers].filter(([name]) => !NOT_KEPT.test(name));
    const sealed = body && await seal({ status, headers, body }, this.#keyed.seal_key);
    await this.#tell((keeper) => keeper.finish(this.#turn, sealed));
  }

  async release(): Promise<void> {
    clearInterval(this.#beating);
    await this.#tell((keeper) => keeper.release(this.#turn));
  }

  /** Passes a stream of events on as it comes, and keeps it once it has ended well. */
  keepingAsItStreams(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const response = this.#c.res;
    const reader = stream.getReader();
    const collected = new Collected();
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            collected.add(value);
            return controller.enqueue(value);
          }
        } catch (error) {
          await this.release();
          return controller.error(error);
        }
        if (collected.isDone()) await this.finish(response, collected.whole());
        else await this.release();
        controller.close();
      },
      cancel: async (reason) => {
        await reader.cancel(reason);
        await this.release();
      },
    });
  }

  /** The answer goes out all the same: who has it need not repeat, and who repeats runs under its id. */
  async #tell(what: (keeper: Keyed["keeper"]) => PromiseLike<unknown>): Promise<void> {
    try {
      await what(this.#keyed.keeper);
    } catch (error) {
      console.warn(this.#c.get("request_id"), `Its answer's keeper did not answer: ${error}`);
    }
  }
}

/** The bytes of a stream, up to what is kept. */
class Collected {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #end = "";

  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= ANSWER_BYTES_MAX) this.#chunks.push(chunk.slice());
    else this.#chunks.length = 0;
    this.#end = (this.#end + new TextDecoder().decode(chunk.slice(-32))).slice(-32);
  }

  /** A stream that ends otherwise was broken off, and is no answer. */
  isDone(): boolean {
    return this.#end.trimEnd().endsWith("[DONE]");
  }

  whole(): Uint8Array<ArrayBuffer> | null {
    if (this.#bytes > ANSWER_BYTES_MAX) return null;
    const whole = new Uint8Array(this.#bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}

/** Without its keeper a keyed request must not run: it might be the second time. */
const AWAY = {
  code: "answers_unavailable",
  detail: "What this Idempotency-Key stands for is not at hand",
} as const;
